from tortoise import migrations
from tortoise.migrations import operations as ops
from models.imports import ImportState, SheetKind
from models.papers import DocumentKind
from models.renditions import RenditionState
from models.signed_copies import CopyKind
from models.templates import TemplateState
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0006_engine_word')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ArchiveCheck',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('files', fields.IntField(default=0)),
                ('size', fields.BigIntField(default=0)),
                ('missing', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('damaged', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'archive_checks', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One pass over all files of the records. Read again from the first file, it may be interrupted at any moment.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PaperText',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', unique=True, db_constraint=True, to_field='id', related_name='texts', on_delete=OnDelete.RESTRICT)),
                ('text', fields.TextField(unique=False)),
                ('stems', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'paper_texts', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The visible text of a paper, kept beside it for searches and comparisons. As reserved as the paper itself.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Rendition',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', unique=True, db_constraint=True, to_field='id', related_name='renditions', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharEnumField(default=RenditionState.PENDING, description='', enum_type=RenditionState, max_length=8)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='renditions', on_delete=OnDelete.RESTRICT)),
                ('sheets', fields.IntField(null=True)),
                ('made_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('said', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'renditions', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'])], 'pk_attr': 'id', 'table_description': 'The PDF of a paper. Its bytes cannot be made again: what was made is kept, its hash is that of the file.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SheetImport',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='', enum_type=SheetKind, max_length=16)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', db_constraint=True, to_field='id', related_name='imports', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharEnumField(default=ImportState.QUEUED, description='', enum_type=ImportState, max_length=10)),
                ('created_by', fields.ForeignKeyField('models.User', source_field='created_by_id', db_constraint=True, to_field='id', related_name='imports', on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('rows_total', fields.IntField(default=0)),
                ('rows_read', fields.IntField(default=0)),
                ('to_add', fields.IntField(default=0)),
                ('present', fields.IntField(default=0)),
                ('wrong', fields.IntField(default=0)),
                ('problems', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('sample', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('ignored', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('errors_file', fields.ForeignKeyField('models.StoredFile', source_field='errors_file_id', null=True, db_constraint=True, to_field='id', related_name='import_errors', on_delete=OnDelete.RESTRICT)),
                ('said', fields.TextField(default='', unique=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'sheet_imports', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at']), Index(fields=['created_by_id', 'id'])], 'pk_attr': 'id', 'table_description': 'One spreadsheet on its way in. What its dry run found is told row by row and kept as a workbook of errors.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SignedCopy',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('document', fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', db_constraint=True, to_field='id', related_name='signed_copies', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=CopyKind, max_length=10)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', db_constraint=True, to_field='id', related_name='signed_copies', on_delete=OnDelete.RESTRICT)),
                ('signed_on', fields.DateField()),
                ('note', fields.CharField(default='', max_length=300)),
                ('signatures', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('attached_by', fields.ForeignKeyField('models.User', source_field='attached_by_id', db_constraint=True, to_field='id', related_name='signed_copies', on_delete=OnDelete.RESTRICT)),
                ('attached_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_by', fields.ForeignKeyField('models.User', source_field='withdrawn_by_id', null=True, db_constraint=True, to_field='id', related_name='withdrawn_copies', on_delete=OnDelete.RESTRICT)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_reason', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'signed_copies', 'app': 'models', 'indexes': [Index(fields=['document_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A signed copy attached to its paper. A wrong one is withdrawn with a reason, never deleted.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='', enum_type=DocumentKind, max_length=28)),
                ('variant', fields.CharField(default='', max_length=20)),
                ('edition', fields.IntField()),
                ('title', fields.CharField(max_length=160)),
                ('state', fields.CharEnumField(default=TemplateState.DRAFT, description='', enum_type=TemplateState, max_length=8)),
                ('text', fields.TextField(unique=False)),
                ('file', fields.ForeignKeyField('models.StoredFile', source_field='file_id', db_constraint=True, to_field='id', related_name='templates', on_delete=OnDelete.RESTRICT)),
                ('sha256', fields.CharField(db_index=True, max_length=64)),
                ('note', fields.CharField(default='', max_length=500)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', null=True, db_constraint=True, to_field='id', related_name='templates', on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('approved_by', fields.ForeignKeyField('models.User', source_field='approved_by_id', null=True, db_constraint=True, to_field='id', related_name='approved_templates', on_delete=OnDelete.RESTRICT)),
                ('approved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('retired_by', fields.ForeignKeyField('models.User', source_field='retired_by_id', null=True, db_constraint=True, to_field='id', related_name='retired_templates', on_delete=OnDelete.RESTRICT)),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('retired_reason', fields.CharField(default='', max_length=500)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'template_versions', 'app': 'models', 'unique_together': (('kind', 'variant', 'edition'),), 'pk_attr': 'id', 'table_description': 'One wording of a kind of paper and variant. Papers are made from the approved one and remember it.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Batch',
            name='file',
            field=fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='batches', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='BatchItem',
            name='document',
            field=fields.ForeignKeyField('models.OfficialDocument', source_field='document_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='BatchItem',
            name='file',
            field=fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='batch_items', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='template',
            field=fields.ForeignKeyField('models.TemplateVersion', source_field='template_id', null=True, db_constraint=True, to_field='id', related_name='documents', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='OfficialDocument',
            name='variant',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
    ]
