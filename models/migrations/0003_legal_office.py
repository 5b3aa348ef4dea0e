from tortoise import migrations
from tortoise.migrations import operations as ops
from models.agreements import LeaseNature, TerminationBasis
from models.centers import Source
from models.conventions import CommitmentKind
from models.court import CourtBranch, CourtDateKind, CourtFileKind, CourtStage
from models.drafts import DraftState
from models.fields import Money
from models.papers import DocumentKind
from models.reviews import ReviewMatter
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0002_last_word')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Condition',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('review', fields.ForeignKeyField('models.LegalReview', source_field='review_id', db_constraint=True, to_field='id', related_name='conditions', on_delete=OnDelete.RESTRICT)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', db_constraint=True, to_field='id', related_name='conditions', on_delete=OnDelete.RESTRICT)),
                ('position', fields.IntField()),
                ('text', fields.TextField(unique=False)),
                ('due_on', fields.DateField(null=True)),
                ('deferred_reason', fields.TextField(default='', unique=False)),
                ('met_on', fields.DateField(null=True)),
                ('note', fields.TextField(default='', unique=False)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='conditions', on_delete=OnDelete.RESTRICT)),
                ('met_by', fields.ForeignKeyField('models.User', source_field='met_by_id', null=True, db_constraint=True, to_field='id', related_name='met_conditions', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'conditions', 'app': 'models', 'indexes': [Index(fields=['review_id', 'position'])], 'pk_attr': 'id', 'table_description': 'A condition of a favorable dictamen, to be met before signing unless the legal office put it off to a date.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ConventionParty',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('convention', fields.ForeignKeyField('models.Convention', source_field='convention_id', db_constraint=True, to_field='id', related_name='further_parties', on_delete=OnDelete.RESTRICT)),
                ('municipality', fields.ForeignKeyField('models.Municipality', source_field='municipality_id', null=True, db_constraint=True, to_field='code', related_name='further_conventions', on_delete=OnDelete.RESTRICT)),
                ('institution', fields.ForeignKeyField('models.Institution', source_field='institution_id', null=True, db_constraint=True, to_field='id', related_name='further_conventions', on_delete=OnDelete.RESTRICT)),
                ('needed_signatures', fields.IntField(default=1)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'convention_parties', 'app': 'models', 'indexes': [Index(fields=['convention_id', 'position']), Index(fields=['municipality_id'])], 'pk_attr': 'id', 'table_description': 'A counterpart beyond the first, which the convention itself names, each signs for itself.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourtFile',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('branch', fields.CharEnumField(description='', enum_type=CourtBranch, max_length=16)),
                ('kind', fields.CharEnumField(description='', enum_type=CourtFileKind, max_length=24)),
                ('court', fields.CharField(max_length=200)),
                ('court_number', fields.CharField(default='', max_length=60)),
                ('claimants', fields.TextField(default='', unique=False)),
                ('defendants', fields.TextField(default='', unique=False)),
                ('subject', fields.CharField(default='', max_length=300)),
                ('department', fields.ForeignKeyField('models.Department', source_field='department_id', null=True, db_constraint=True, to_field='code', related_name='court_files', on_delete=OnDelete.RESTRICT)),
                ('lawyer', fields.ForeignKeyField('models.User', source_field='lawyer_id', null=True, db_constraint=True, to_field='id', related_name='court_files', on_delete=OnDelete.RESTRICT)),
                ('stage', fields.CharEnumField(default=CourtStage.FILED, description='', enum_type=CourtStage, max_length=16)),
                ('opened_on', fields.DateField()),
                ('closed_on', fields.DateField(null=True)),
                ('outcome', fields.TextField(default='', unique=False)),
                ('next_on', fields.DateField(null=True)),
                ('note', fields.TextField(default='', unique=False)),
                ('source', fields.CharEnumField(default=Source.SYSTEM, description='', enum_type=Source, max_length=10)),
                ('source_note', fields.CharField(default='', max_length=120)),
                ('search', fields.CharField(default='', max_length=900)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'court_files', 'app': 'models', 'indexes': [Index(fields=['next_on', 'id']), Index(fields=['branch', 'kind', 'opened_on']), Index(fields=['lawyer_id', 'stage'])], 'pk_attr': 'id', 'table_description': 'An expediente judicial as the legal office keeps it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourtDate',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('court_file', fields.ForeignKeyField('models.CourtFile', source_field='court_file_id', db_constraint=True, to_field='id', related_name='dates', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=CourtDateKind, max_length=10)),
                ('on_date', fields.DateField()),
                ('at_time', fields.CharField(default='', max_length=5)),
                ('title', fields.CharField(max_length=200)),
                ('place', fields.CharField(default='', max_length=200)),
                ('counted_from', fields.DateField(null=True)),
                ('counted_days', fields.IntField(null=True)),
                ('settled_on', fields.DateField(null=True)),
                ('result', fields.TextField(default='', unique=False)),
                ('source', fields.CharEnumField(default=Source.SYSTEM, description='', enum_type=Source, max_length=10)),
            ],
            options={'table': 'court_dates', 'app': 'models', 'indexes': [Index(fields=['court_file_id', 'on_date']), Index(fields=['on_date', 'id'])], 'pk_attr': 'id', 'table_description': 'A hearing, or a deadline in working days, settled when somebody notes what came of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourtNotice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('branch', fields.CharEnumField(description='', enum_type=CourtBranch, max_length=16)),
                ('court', fields.CharField(max_length=200)),
                ('court_number', fields.CharField(default='', max_length=60)),
                ('received_on', fields.DateField()),
                ('summary', fields.CharField(max_length=300)),
                ('court_file', fields.ForeignKeyField('models.CourtFile', source_field='court_file_id', null=True, db_constraint=True, to_field='id', related_name='notices', on_delete=OnDelete.RESTRICT)),
                ('due_on', fields.DateField(null=True)),
                ('answered_on', fields.DateField(null=True)),
                ('answer', fields.TextField(default='', unique=False)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', null=True, db_constraint=True, to_field='id', related_name='answered_notices', on_delete=OnDelete.RESTRICT)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='court_notices', on_delete=OnDelete.RESTRICT)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='court_notices', on_delete=OnDelete.RESTRICT)),
                ('source', fields.CharEnumField(default=Source.SYSTEM, description='', enum_type=Source, max_length=10)),
                ('source_note', fields.CharField(default='', max_length=120)),
                ('search', fields.CharField(default='', max_length=700)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'court_notices', 'app': 'models', 'indexes': [Index(fields=['received_on', 'id']), Index(fields=['court_file_id', 'id']), Index(fields=['branch', 'received_on'])], 'pk_attr': 'id', 'table_description': 'A notice received from a court, with the file it belongs to when that is known.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourtPaper',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('court_file', fields.ForeignKeyField('models.CourtFile', source_field='court_file_id', db_constraint=True, to_field='id', related_name='papers', on_delete=OnDelete.RESTRICT)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', db_constraint=True, to_field='id', related_name='court_papers', on_delete=OnDelete.RESTRICT)),
                ('title', fields.CharField(max_length=200)),
                ('dated_on', fields.DateField()),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='court_papers', on_delete=OnDelete.RESTRICT)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'court_papers', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A paper that came in or went out in a court file and was not issued here: memorials, resolutions.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PaperDraft',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('review', fields.ForeignKeyField('models.LegalReview', source_field='review_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=DocumentKind, max_length=28)),
                ('data', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharEnumField(default=DraftState.DRAFT, description='', enum_type=DraftState, max_length=10)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.RESTRICT)),
                ('comment', fields.TextField(default='', unique=False)),
                ('decided_by', fields.ForeignKeyField('models.User', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name='decided_drafts', on_delete=OnDelete.RESTRICT)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', null=True, db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.RESTRICT)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'paper_drafts', 'app': 'models', 'indexes': [Index(fields=['review_id', 'id']), Index(fields=['state', 'id'])], 'pk_attr': 'id', 'table_description': "A paper of a file as its lawyer writes it, waiting for the head's Vo.Bo., without a number."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SeriesPattern',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=28)),
                ('unit', fields.CharField(default='AJ', max_length=12)),
                ('pattern', fields.CharField(max_length=80)),
                ('valid_from', fields.DateField()),
            ],
            options={'table': 'series_patterns', 'app': 'models', 'unique_together': (('kind', 'unit', 'valid_from'),), 'pk_attr': 'id', 'table_description': "How a kind's numbers are written from a date on, with {kind}, {unit}, {serial} and {year}."},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Amendment',
            options={'table': 'amendments', 'app': 'models', 'unique_together': (('convention', 'ordinal'),), 'pk_attr': 'id', 'table_description': 'An adenda signed for a convention: changed clauses with old and new text, a new end, or both.'},
        ),
        ops.AddField(
            model_name='Amendment',
            name='changes',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Amendment',
            name='document',
            field=fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', null=True, db_constraint=True, to_field='id', related_name='amendments', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Amendment',
            name='new_ends_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Amendment',
            name='old_ends_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Amendment',
            name='recorded_by',
            field=fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', related_name='amendments', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Commitment',
            name='amount',
            field=Money(null=True),
        ),
        ops.AddField(
            model_name='Commitment',
            name='file',
            field=fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='commitments', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Commitment',
            name='fulfilled_by',
            field=fields.ForeignKeyField('models.User', source_field='fulfilled_by_id', null=True, db_constraint=True, to_field='id', related_name='fulfilled_commitments', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Commitment',
            name='fulfilled_note',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Commitment',
            name='kind',
            field=fields.CharEnumField(default=CommitmentKind.TASK, description='', db_default='TASK', enum_type=CommitmentKind, max_length=14),
        ),
        ops.AddField(
            model_name='Commitment',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name='CouncilMinute',
            name='party',
            field=fields.ForeignKeyField('models.ConventionParty', source_field='party_id', null=True, db_constraint=True, to_field='id', related_name='council_minutes', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='DepartmentalOffice',
            name='address',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='DepartmentalOffice',
            name='phone',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Holiday',
            name='recorded_by',
            field=fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', related_name='holidays', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Holiday',
            name='withdrawn_on',
            field=fields.DateField(null=True),
        ),
        ops.AlterModelOptions(
            name='Lease',
            options={'table': 'leases', 'app': 'models', 'indexes': [Index(fields=['ends_on', 'id'])], 'pk_attr': 'id', 'table_description': 'The use of premises for a center or a departmental office, rented or assigned (adscripción).'},
        ),
        ops.AddField(
            model_name='Lease',
            name='form_confirmed_by',
            field=fields.ForeignKeyField('models.User', source_field='form_confirmed_by_id', null=True, db_constraint=True, to_field='id', related_name='confirmed_lease_forms', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Lease',
            name='justification',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Lease',
            name='nature',
            field=fields.CharEnumField(default=LeaseNature.LEASE, description='', db_default='LEASE', enum_type=LeaseNature, max_length=20),
        ),
        ops.AddField(
            model_name='Lease',
            name='renews',
            field=fields.ForeignKeyField('models.Lease', source_field='renews_id', null=True, db_constraint=True, to_field='id', related_name='renewals', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Lease',
            name='requested_by',
            field=fields.ForeignKeyField('models.User', source_field='requested_by_id', null=True, db_constraint=True, to_field='id', related_name='requested_leases', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Lease',
            name='requested_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Lease',
            name='search',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Lease',
            name='termination_basis',
            field=fields.CharEnumField(null=True, description='', enum_type=TerminationBasis, max_length=20),
        ),
        ops.AddField(
            model_name='Lease',
            name='termination_reason',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Lease',
            name='use',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='LegalParameter',
            name='confirmed_by',
            field=fields.ForeignKeyField('models.User', source_field='confirmed_by_id', null=True, db_constraint=True, to_field='id', related_name='confirmed_parameters', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='LegalParameter',
            name='confirmed_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='LegalParameter',
            name='note',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='LegalReview',
            name='conclusion',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='LegalReview',
            name='due_days',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='LegalReview',
            name='due_from',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='LegalReview',
            name='folios',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='LegalReview',
            name='reference',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Notice',
            name='court_file',
            field=fields.ForeignKeyField('models.CourtFile', source_field='court_file_id', null=True, db_constraint=True, to_field='id', related_name='notices_sent', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficeHolder',
            name='recorded_by',
            field=fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', related_name='recorded_holders', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='addressee',
            field=fields.CharField(default='', db_default='', max_length=240),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='court_file',
            field=fields.ForeignKeyField('models.CourtFile', source_field='court_file_id', null=True, db_constraint=True, to_field='id', related_name='documents', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='license',
            field=fields.ForeignKeyField('models.SanitaryLicense', source_field='license_id', null=True, db_constraint=True, to_field='id', related_name='documents', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='search',
            field=fields.CharField(default='', db_default='', max_length=900),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='subject',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='voided_by',
            field=fields.ForeignKeyField('models.User', source_field='voided_by_id', null=True, db_constraint=True, to_field='id', related_name='voided_documents', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddIndex(
            model_name='OfficialDocument',
            index=Index(fields=['issued_on', 'id']),
        ),
        ops.AddIndex(
            model_name='OfficialDocument',
            index=Index(fields=['court_file_id', 'id']),
        ),
        ops.AddField(
            model_name='Requirement',
            name='matter',
            field=fields.CharEnumField(null=True, description='', enum_type=ReviewMatter, max_length=28),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='file',
            field=fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='licenses', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='license_number',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='note',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='renews',
            field=fields.ForeignKeyField('models.SanitaryLicense', source_field='renews_id', null=True, db_constraint=True, to_field='id', related_name='renewals', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='requested_by',
            field=fields.ForeignKeyField('models.User', source_field='requested_by_id', null=True, db_constraint=True, to_field='id', related_name='requested_licenses', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='requested_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='SanitaryLicense',
            name='search',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Signature',
            name='party',
            field=fields.ForeignKeyField('models.ConventionParty', source_field='party_id', null=True, db_constraint=True, to_field='id', related_name='signatures', on_delete=OnDelete.RESTRICT),
        ),
    ]
