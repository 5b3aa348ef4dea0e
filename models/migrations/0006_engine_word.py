"""What only the database can promise of the engine's own records."""

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL

from models.dialects import RunChecks

CHECKS = {
    "contact_of_one_party": ("contacts", "({row}municipality_id IS NULL) <> ({row}institution_id IS NULL)"),
    "batch_item_of_one_agreement": (
        "batch_items",
        "(CASE WHEN {row}convention_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN {row}lease_id IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN {row}license_id IS NULL THEN 0 ELSE 1 END) = 1",
    ),
}

INDEXES = [
    # Two engines that see the same step fail note it once.
    """CREATE UNIQUE INDEX one_open_failure_per_file ON step_failures (flow, step, review_id)
       WHERE resolved_at IS NULL AND review_id IS NOT NULL""",
    """CREATE UNIQUE INDEX one_open_failure_per_batch ON step_failures (flow, step, batch_id)
       WHERE resolved_at IS NULL AND batch_id IS NOT NULL""",
    """CREATE UNIQUE INDEX one_open_failure_per_flow ON step_failures (flow, step)
       WHERE resolved_at IS NULL AND review_id IS NULL AND batch_id IS NULL""",
    "CREATE UNIQUE INDEX one_rung_per_day ON ladder_rungs (instrument, kind, days, unit) WHERE retired_at IS NULL",
    "CREATE INDEX notices_sent ON notices (sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX notices_held ON notices (recipient, id) WHERE state = 'HELD'",
]


class Migration(Migration):
    dependencies = [("models", "0005_engine")]

    initial = False

    operations = [RunSQL(INDEXES, reverse_sql=""), RunChecks(CHECKS)]
