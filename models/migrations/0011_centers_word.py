"""What only the database can promise of centers, their alarms and what is given to them."""

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL

from models.dialects import RunChecks

CHECKS = {
    "attendance_corrected_with_reason": (
        "attendance_corrections",
        "{row}reason <> '' AND {row}men >= 0 AND {row}women >= 0",
    ),
    "center_event_annulled_with_reason": (
        "center_events",
        "{row}annulled_on IS NULL OR ({row}annulled_reason <> '' AND {row}annulled_by_id IS NOT NULL)",
    ),
    "contribution_until_after_since": ("center_contributions", "{row}until IS NULL OR {row}until >= {row}since"),
    "allowance_bracket": (
        "allowance_rates",
        "{row}amount >= 0 AND ({row}until IS NULL OR {row}until >= {row}since)",
    ),
    "silence_with_reason_and_end": ("alarm_silences", "{row}reason <> '' AND {row}until >= {row}since"),
    "feed_of_its_scope": (
        "calendar_feeds",
        "({row}scope = 'MUNICIPALITY') = ({row}municipality_id IS NOT NULL)"
        " AND ({row}scope = 'PROGRAM') = ({row}program IS NOT NULL)",
    ),
    "report_of_a_period": ("issued_reports", "{row}last_day >= {row}first_day AND {row}edition > 0"),
}

INDEXES = [
    "CREATE UNIQUE INDEX one_open_alarm ON alarm_records (key) WHERE ended_on IS NULL",
]


class Migration(Migration):
    dependencies = [("models", "0010_centers")]

    initial = False

    operations = [RunSQL(INDEXES, reverse_sql=""), RunChecks(CHECKS)]
