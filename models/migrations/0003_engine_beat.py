from tortoise import migrations
from tortoise.migrations import operations as ops
from models.outbox import EngineState
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0002_last_word')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EngineBeat',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=120)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharEnumField(default=EngineState.STARTING, description='STARTING: STARTING\nRUNNING: RUNNING\nSTOPPED: STOPPED', enum_type=EngineState, max_length=8)),
            ],
            options={'table': 'engine_beats', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A sign of life of one engine, renewed every few seconds; an old one means that it is gone.'},
            bases=['Model'],
        ),
    ]
