from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0008_documents_word')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='OfficialDocument',
            index=Index(fields=['text_sha256']),
        ),
        ops.AddIndex(
            model_name='OfficialDocument',
            index=Index(fields=['file_id']),
        ),
        ops.AddIndex(
            model_name='Rendition',
            index=Index(fields=['file_id']),
        ),
        ops.AddIndex(
            model_name='SignedCopy',
            index=Index(fields=['file_id']),
        ),
    ]
