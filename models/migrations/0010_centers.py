from tortoise import migrations
from tortoise.migrations import operations as ops
from models.alarms import AlarmCode, Severity
from models.centers import CenterEventKind
from models.contributions import AllowanceBasis, AllowancePeriod, ContributionKind, ContributionParty
from models.feeds import FeedScope
from models.fields import Money
from models.places import ProgramCode
from models.publications import PublicListing
from models.supervision import FindingSeverity
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0009_verification')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AlarmRecord',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(max_length=80)),
                ('code', fields.CharEnumField(description='', enum_type=AlarmCode, max_length=28)),
                ('severity', fields.CharEnumField(description='', enum_type=Severity, max_length=8)),
                ('center', fields.ForeignKeyField('models.Center', source_field='center_id', null=True, db_constraint=True, to_field='id', related_name='alarm_records', on_delete=OnDelete.RESTRICT)),
                ('convention', fields.ForeignKeyField('models.Convention', source_field='convention_id', null=True, db_constraint=True, to_field='id', related_name='alarm_records', on_delete=OnDelete.RESTRICT)),
                ('message', fields.TextField(unique=False)),
                ('seen_on', fields.DateField()),
                ('ended_on', fields.DateField(null=True)),
            ],
            options={'table': 'alarm_records', 'app': 'models', 'indexes': [Index(fields=['center_id', 'id']), Index(fields=['convention_id', 'id']), Index(fields=['ended_on', 'code'])], 'pk_attr': 'id', 'table_description': 'An alarm that a nightly pass saw for the first time, until the pass that saw it no more.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AlarmSilence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharEnumField(description='', enum_type=AlarmCode, max_length=28)),
                ('center', fields.ForeignKeyField('models.Center', source_field='center_id', null=True, db_constraint=True, to_field='id', related_name='silences', on_delete=OnDelete.RESTRICT)),
                ('convention', fields.ForeignKeyField('models.Convention', source_field='convention_id', null=True, db_constraint=True, to_field='id', related_name='silences', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.TextField(unique=False)),
                ('since', fields.DateField()),
                ('until', fields.DateField()),
                ('silenced_by', fields.ForeignKeyField('models.User', source_field='silenced_by_id', db_constraint=True, to_field='id', related_name='alarms_silenced', on_delete=OnDelete.RESTRICT)),
                ('lifted_on', fields.DateField(null=True)),
                ('lifted_by', fields.ForeignKeyField('models.User', source_field='lifted_by_id', null=True, db_constraint=True, to_field='id', related_name='silences_lifted', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'alarm_silences', 'app': 'models', 'indexes': [Index(fields=['center_id', 'code']), Index(fields=['convention_id', 'code']), Index(fields=['until'])], 'pk_attr': 'id', 'table_description': 'A person says that an alarm needs no telling until a day, and why. It stays on record after that day.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AllowanceRate',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('item', fields.CharField(max_length=40)),
                ('item_label', fields.CharField(max_length=120)),
                ('children_min', fields.IntField(null=True)),
                ('children_max', fields.IntField(null=True)),
                ('amount', Money()),
                ('basis', fields.CharEnumField(description='', enum_type=AllowanceBasis, max_length=10)),
                ('period', fields.CharEnumField(description='', enum_type=AllowancePeriod, max_length=6)),
                ('is_ceiling', fields.BooleanField(default=False)),
                ('since', fields.DateField()),
                ('until', fields.DateField(null=True)),
                ('source', fields.CharField(default='', max_length=160)),
            ],
            options={'table': 'allowance_rates', 'app': 'models', 'unique_together': (('item', 'children_min', 'since'),), 'pk_attr': 'id', 'table_description': 'What SOSEP allows a Hogar Comunitario or CADI for one thing, by number of children, between two days.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AttendanceCorrection',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('attendance', fields.ForeignKeyField('models.Attendance', source_field='attendance_id', db_constraint=True, to_field='id', related_name='corrections', on_delete=OnDelete.RESTRICT)),
                ('men_before', fields.IntField()),
                ('women_before', fields.IntField()),
                ('men', fields.IntField()),
                ('women', fields.IntField()),
                ('reason', fields.TextField(unique=False)),
                ('corrected_on', fields.DateField()),
                ('corrected_by', fields.ForeignKeyField('models.User', source_field='corrected_by_id', db_constraint=True, to_field='id', related_name='attendance_corrected', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'attendance_corrections', 'app': 'models', 'indexes': [Index(fields=['attendance_id', 'id']), Index(fields=['corrected_on'])], 'pk_attr': 'id', 'table_description': 'A month of attendance that was noted wrong: what it said before, what it says since, who changed it and why.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('owner', fields.ForeignKeyField('models.User', source_field='owner_id', db_constraint=True, to_field='id', related_name='feeds', on_delete=OnDelete.RESTRICT)),
                ('scope', fields.CharEnumField(description='', enum_type=FeedScope, max_length=14)),
                ('municipality', fields.ForeignKeyField('models.Municipality', source_field='municipality_id', null=True, db_constraint=True, to_field='code', related_name='feeds', on_delete=OnDelete.RESTRICT)),
                ('program', fields.CharEnumField(null=True, description='', enum_type=ProgramCode, max_length=20)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'calendar_feeds', 'app': 'models', 'indexes': [Index(fields=['owner_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A calendar by address. Whoever holds the address reads what its owner would, as long as the owner would.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CenterContribution',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('center', fields.ForeignKeyField('models.Center', source_field='center_id', db_constraint=True, to_field='id', related_name='contributions', on_delete=OnDelete.RESTRICT)),
                ('party', fields.CharEnumField(description='', enum_type=ContributionParty, max_length=12)),
                ('party_name', fields.CharField(default='', max_length=160)),
                ('kind', fields.CharEnumField(description='', enum_type=ContributionKind, max_length=10)),
                ('description', fields.CharField(max_length=200)),
                ('quantity', fields.IntField(null=True)),
                ('monthly_amount', Money(null=True)),
                ('since', fields.DateField()),
                ('until', fields.DateField(null=True)),
                ('convention', fields.ForeignKeyField('models.Convention', source_field='convention_id', null=True, db_constraint=True, to_field='id', related_name='contributions', on_delete=OnDelete.RESTRICT)),
                ('end_reason', fields.TextField(default='', unique=False)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='contributions_recorded', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'center_contributions', 'app': 'models', 'indexes': [Index(fields=['center_id', 'since', 'id']), Index(fields=['convention_id'])], 'pk_attr': 'id', 'table_description': 'What a party gives to a center from a day on, until another day or without an end.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CenterEvent',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('center', fields.ForeignKeyField('models.Center', source_field='center_id', db_constraint=True, to_field='id', related_name='events', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=CenterEventKind, max_length=12)),
                ('happened_on', fields.DateField()),
                ('act', fields.CharField(max_length=160)),
                ('reason', fields.TextField(default='', unique=False)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='center_events', on_delete=OnDelete.RESTRICT)),
                ('before', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('after', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='center_events', on_delete=OnDelete.RESTRICT)),
                ('annulled_on', fields.DateField(null=True)),
                ('annulled_reason', fields.TextField(default='', unique=False)),
                ('annulled_by', fields.ForeignKeyField('models.User', source_field='annulled_by_id', null=True, db_constraint=True, to_field='id', related_name='center_events_annulled', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'center_events', 'app': 'models', 'indexes': [Index(fields=['center_id', 'happened_on', 'id']), Index(fields=['happened_on'])], 'pk_attr': 'id', 'table_description': 'A dated deed in the life of a center, with the act that orders it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IssuedReport',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('first_day', fields.DateField()),
                ('last_day', fields.DateField()),
                ('edition', fields.IntField()),
                ('tables', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('note', fields.TextField(default='', unique=False)),
                ('word', fields.ForeignKeyField('models.StoredFile', source_field='word_id', null=True, db_constraint=True, to_field='id', related_name='issued_reports', on_delete=OnDelete.RESTRICT)),
                ('workbook', fields.ForeignKeyField('models.StoredFile', source_field='workbook_id', null=True, db_constraint=True, to_field='id', related_name='issued_report_workbooks', on_delete=OnDelete.RESTRICT)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('issued_by', fields.ForeignKeyField('models.User', source_field='issued_by_id', db_constraint=True, to_field='id', related_name='issued_reports', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'issued_reports', 'app': 'models', 'unique_together': (('first_day', 'last_day', 'edition'),), 'pk_attr': 'id', 'table_description': 'An annual report as it was issued: its tables, its Word chapter and its workbook never change.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Publication',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('listing', fields.CharEnumField(description='', enum_type=PublicListing, max_length=12)),
                ('rows', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_by', fields.ForeignKeyField('models.User', source_field='published_by_id', db_constraint=True, to_field='id', related_name='publications', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'publications', 'app': 'models', 'indexes': [Index(fields=['listing', 'id'])], 'pk_attr': 'id', 'table_description': 'A listing as it was published: the public reads the last one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupervisionVisit',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('center', fields.ForeignKeyField('models.Center', source_field='center_id', db_constraint=True, to_field='id', related_name='visits', on_delete=OnDelete.RESTRICT)),
                ('visited_on', fields.DateField()),
                ('supervisor_name', fields.CharField(max_length=120)),
                ('act', fields.CharField(default='', max_length=160)),
                ('summary', fields.TextField(unique=False)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='supervision_visits', on_delete=OnDelete.RESTRICT)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='supervision_visits', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'supervision_visits', 'app': 'models', 'indexes': [Index(fields=['center_id', 'visited_on', 'id']), Index(fields=['visited_on', 'id'])], 'pk_attr': 'id', 'table_description': 'A visit of supervision to a center.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupervisionFinding',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('visit', fields.ForeignKeyField('models.SupervisionVisit', source_field='visit_id', db_constraint=True, to_field='id', related_name='findings', on_delete=OnDelete.RESTRICT)),
                ('ordinal', fields.IntField()),
                ('text', fields.TextField(unique=False)),
                ('severity', fields.CharEnumField(default=FindingSeverity.MEDIUM, description='', enum_type=FindingSeverity, max_length=8)),
                ('party', fields.CharField(max_length=12)),
                ('due_on', fields.DateField(null=True)),
                ('resolved_on', fields.DateField(null=True)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'supervision_findings', 'app': 'models', 'unique_together': (('visit', 'ordinal'),), 'indexes': [Index(fields=['resolved_on', 'due_on'])], 'pk_attr': 'id', 'table_description': 'Something that a visit found and that a party has to mend, by a day when one was set.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FindingFollowUp',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('finding', fields.ForeignKeyField('models.SupervisionFinding', source_field='finding_id', db_constraint=True, to_field='id', related_name='follow_ups', on_delete=OnDelete.RESTRICT)),
                ('noted_on', fields.DateField()),
                ('text', fields.TextField(unique=False)),
                ('resolves', fields.BooleanField(default=False)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='finding_follow_ups', on_delete=OnDelete.RESTRICT)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='finding_follow_ups', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'finding_follow_ups', 'app': 'models', 'indexes': [Index(fields=['finding_id', 'id'])], 'pk_attr': 'id', 'table_description': 'What was done or seen about a finding on a day, the last one may say that it is mended.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Attendance',
            name='recorded_by',
            field=fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', related_name='attendance_recorded', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Attendance',
            name='recorded_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Attendance',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddIndex(
            model_name='Attendance',
            index=Index(fields=['month', 'center_id']),
        ),
    ]
