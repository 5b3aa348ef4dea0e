from tortoise import migrations
from tortoise.migrations import operations as ops
from models.batches import BatchItemState, BatchKind, BatchState
from models.ladders import DayUnit, Instrument
from models.messages import DeliveryMode, NoticeTopic
from models.webhooks import DeliveryState
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_legal_office_word')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Batch',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='', enum_type=BatchKind, max_length=16)),
                ('title', fields.CharField(max_length=200)),
                ('state', fields.CharEnumField(default=BatchState.QUEUED, description='', enum_type=BatchState, max_length=8)),
                ('created_by', fields.ForeignKeyField('models.User', source_field='created_by_id', db_constraint=True, to_field='id', related_name='batches', on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'batches', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at']), Index(fields=['created_by_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Many records chosen by one person for the same deed, which the engine does it in her or his name.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BatchItem',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('batch', fields.ForeignKeyField('models.Batch', source_field='batch_id', db_constraint=True, to_field='id', related_name='items', on_delete=OnDelete.RESTRICT)),
                ('position', fields.IntField()),
                ('convention', fields.ForeignKeyField('models.Convention', source_field='convention_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT)),
                ('lease', fields.ForeignKeyField('models.Lease', source_field='lease_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT)),
                ('license', fields.ForeignKeyField('models.SanitaryLicense', source_field='license_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharEnumField(default=BatchItemState.PENDING, description='', enum_type=BatchItemState, max_length=8)),
                ('review', fields.ForeignKeyField('models.LegalReview', source_field='review_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT)),
                ('said', fields.TextField(default='', unique=False)),
                ('tries', fields.IntField(default=0)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'batch_items', 'app': 'models', 'unique_together': (('batch', 'position'),), 'indexes': [Index(fields=['batch_id', 'state', 'position'])], 'pk_attr': 'id', 'table_description': 'One record of a batch and what became of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BouncedAddress',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('address', fields.CharField(unique=True, max_length=160)),
                ('bounced_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(max_length=300)),
                ('cleared_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'bounced_addresses', 'app': 'models', 'pk_attr': 'id', 'table_description': 'An address that mail servers refused for good: nothing more is sent to it until somebody clears the mark.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contact',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('email', fields.CharField(max_length=120)),
                ('name', fields.CharField(max_length=120)),
                ('position', fields.CharField(default='', max_length=160)),
                ('municipality', fields.ForeignKeyField('models.Municipality', source_field='municipality_id', null=True, db_constraint=True, to_field='code', related_name='contacts', on_delete=OnDelete.RESTRICT)),
                ('institution', fields.ForeignKeyField('models.Institution', source_field='institution_id', null=True, db_constraint=True, to_field='id', related_name='contacts', on_delete=OnDelete.RESTRICT)),
                ('stop_code', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.ForeignKeyField('models.User', source_field='created_by_id', db_constraint=True, to_field='id', related_name='contacts_added', on_delete=OnDelete.RESTRICT)),
                ('stopped_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'contacts', 'app': 'models', 'indexes': [Index(fields=['municipality_id', 'id']), Index(fields=['institution_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Somebody without an account who hears of the agreements of a municipality or of an institution by mail.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FlowState',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('said', fields.CharField(default='', max_length=200)),
                ('incident', fields.CharField(default='', max_length=16)),
                ('paused_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('paused_by', fields.ForeignKeyField('models.User', source_field='paused_by_id', null=True, db_constraint=True, to_field='id', related_name='paused_flows', on_delete=OnDelete.RESTRICT)),
                ('pause_reason', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'flow_states', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A flow of the engine: when it last ran, how that went, and since when somebody has it paused.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LadderRung',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('instrument', fields.CharEnumField(description='', enum_type=Instrument, max_length=12)),
                ('kind', fields.CharField(default='', max_length=28)),
                ('days', fields.IntField()),
                ('unit', fields.CharEnumField(default=DayUnit.CALENDAR, description='', enum_type=DayUnit, max_length=8)),
                ('tells_municipality', fields.BooleanField(default=True)),
                ('tells_program', fields.BooleanField(default=True)),
                ('tells_office', fields.BooleanField(default=True)),
                ('tells_legal', fields.BooleanField(default=True)),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'ladder_rungs', 'app': 'models', 'indexes': [Index(fields=['instrument', 'kind', 'days'])], 'pk_attr': 'id', 'table_description': 'One rung: so many days before the last day in force (negative: after it). Data of the office, not of a law.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='preferences', on_delete=OnDelete.RESTRICT)),
                ('topic', fields.CharEnumField(description='', enum_type=NoticeTopic, max_length=12)),
                ('mode', fields.CharEnumField(description='', enum_type=DeliveryMode, max_length=8)),
            ],
            options={'table': 'notice_preferences', 'app': 'models', 'unique_together': (('user', 'topic'),), 'pk_attr': 'id', 'table_description': 'When one person wants the messages of one topic, at once where there is no row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StepFailure',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('flow', fields.CharField(max_length=40)),
                ('step', fields.CharField(max_length=40)),
                ('review', fields.ForeignKeyField('models.LegalReview', source_field='review_id', null=True, db_constraint=True, to_field='id', related_name='step_failures', on_delete=OnDelete.RESTRICT)),
                ('batch', fields.ForeignKeyField('models.Batch', source_field='batch_id', null=True, db_constraint=True, to_field='id', related_name='step_failures', on_delete=OnDelete.RESTRICT)),
                ('incident', fields.CharField(max_length=16)),
                ('last_incident', fields.CharField(max_length=16)),
                ('kind', fields.CharField(max_length=80)),
                ('first_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=1)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'step_failures', 'app': 'models', 'indexes': [Index(fields=['review_id', 'id']), Index(fields=['resolved_at', 'id'])], 'pk_attr': 'id', 'table_description': 'A step of the engine that failed and has not succeeded since, the log tells why under that incident.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Webhook',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('url', fields.CharField(max_length=300)),
                ('label', fields.CharField(max_length=80)),
                ('secret', fields.CharField(max_length=120)),
                ('events', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.ForeignKeyField('models.User', source_field='created_by_id', db_constraint=True, to_field='id', related_name='webhooks', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'webhooks', 'app': 'models', 'pk_attr': 'id', 'table_description': 'An address of another system, and the events that it is called for.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('webhook', fields.ForeignKeyField('models.Webhook', source_field='webhook_id', db_constraint=True, to_field='id', related_name='deliveries', on_delete=OnDelete.RESTRICT)),
                ('event', fields.CharField(max_length=40)),
                ('key', fields.CharField(unique=True, max_length=160)),
                ('payload', fields.TextField(unique=False)),
                ('state', fields.CharEnumField(default=DeliveryState.QUEUED, description='', enum_type=DeliveryState, max_length=8)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('status', fields.IntField(null=True)),
                ('error', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'webhook_deliveries', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at']), Index(fields=['webhook_id', 'id'])], 'pk_attr': 'id', 'table_description': 'One call owed to one address, written with the deed that it tells of. Its key makes a second one impossible.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Notice',
            name='digest',
            field=fields.ForeignKeyField('models.Notice', source_field='digest_id', null=True, db_constraint=True, to_field='id', related_name='digested', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Notice',
            name='event',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Notice',
            name='passing',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Notice',
            name='topic',
            field=fields.CharEnumField(default=NoticeTopic.MOVES, description='', db_default='MOVES', enum_type=NoticeTopic, max_length=12),
        ),
        ops.AlterModelOptions(
            name='Reminder',
            options={'table': 'reminders', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A rung of the ladder, told to one recipient: `rung` days before the end, 0 that day, negative after.'},
        ),
        ops.AddField(
            model_name='Reminder',
            name='unit',
            field=fields.CharEnumField(default=DayUnit.CALENDAR, description='', db_default='CALENDAR', enum_type=DayUnit, max_length=8),
        ),
    ]
