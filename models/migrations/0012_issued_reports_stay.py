"""An issued report never changes: the database refuses what no action does."""

from tortoise.migrations.migration import Migration

from models.dialects import RunSQLOn

SQLITE = [
    f"""CREATE TRIGGER issued_report_no_{event.lower()} BEFORE {event} ON issued_reports
       BEGIN SELECT RAISE(ABORT, 'an issued report never changes'); END"""
    for event in ("UPDATE", "DELETE")
] + [
    # REPLACE deletes a row without asking the DELETE trigger.
    """CREATE TRIGGER issued_report_no_replace BEFORE INSERT ON issued_reports
       WHEN EXISTS (SELECT 1 FROM issued_reports WHERE id = NEW.id OR (first_day = NEW.first_day
       AND last_day = NEW.last_day AND edition = NEW.edition))
       BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: an issued report never changes'); END""",
]

POSTGRES = [
    """CREATE FUNCTION issued_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'an issued report never changes'; END $$""",
    """CREATE TRIGGER issued_report_stays BEFORE UPDATE OR DELETE ON issued_reports
       FOR EACH ROW EXECUTE FUNCTION issued_report_stays()""",
    """CREATE TRIGGER issued_reports_not_emptied BEFORE TRUNCATE ON issued_reports
       FOR EACH STATEMENT EXECUTE FUNCTION issued_report_stays()""",
]


class Migration(Migration):
    dependencies = [("models", "0011_centers_word")]

    initial = False

    operations = [RunSQLOn("sqlite", SQLITE), RunSQLOn("postgres", POSTGRES)]
