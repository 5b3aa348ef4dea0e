"""What only the database can promise: uniqueness under conditions, and an audit chain that nobody can edit."""

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL

from models.dialects import RunChecks, RunSQLOn

_COUNTERPARTS = "({row}municipality_id IS NULL) <> ({row}institution_id IS NULL)"
_TERM = "{row}ends_on IS NULL OR {row}ends_on >= {row}starts_on"
_ONE_AGREEMENT = "({row}convention_id IS NULL) <> ({row}lease_id IS NULL)"
_SUBJECTS = (
    "(CASE WHEN {row}convention_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN {row}lease_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN {row}license_id IS NULL THEN 0 ELSE 1 END)"
)

CHECKS = {
    "convention_one_counterpart": ("conventions", _COUNTERPARTS),
    "convention_ends_after_start": ("conventions", _TERM),
    "lease_serves_one": ("leases", "({row}center_id IS NULL) <> ({row}office_id IS NULL)"),
    "lease_ends_after_start": ("leases", _TERM),
    "lease_rent_positive": ("leases", "{row}monthly_rent IS NULL OR {row}monthly_rent > 0"),
    "license_ends_after_start": ("sanitary_licenses", _TERM),
    "delegation_of_one_agreement": ("signature_delegations", _ONE_AGREEMENT),
    "signature_of_one_agreement": ("signatures", _ONE_AGREEMENT),
    "attendance_not_negative": ("attendance", "{row}men >= 0 AND {row}women >= 0"),
    "review_of_one_subject": ("legal_reviews", f"{_SUBJECTS} <= 1"),
    "reminder_of_one_agreement": ("reminders", f"{_SUBJECTS} = 1"),
}

UNIQUE = [
    # One renewal per convention: pending or perfected; a withdrawn one gives way to another.
    """CREATE UNIQUE INDEX one_renewal_per_convention ON conventions (renews_id)
       WHERE renews_id IS NOT NULL AND stage <> 'WITHDRAWN'""",
    """CREATE UNIQUE INDEX one_open_review_per_convention ON legal_reviews (convention_id)
       WHERE convention_id IS NOT NULL AND stage NOT IN ('CLOSED', 'WITHDRAWN')""",
    "CREATE UNIQUE INDEX one_current_evidence ON evidence (requirement_id, file_id) WHERE replaced_at IS NULL",
    "CREATE UNIQUE INDEX one_rung_convention ON reminders (convention_id, rung, due_on, recipient) WHERE convention_id IS NOT NULL",
    "CREATE UNIQUE INDEX one_rung_lease ON reminders (lease_id, rung, due_on, recipient) WHERE lease_id IS NOT NULL",
    "CREATE UNIQUE INDEX one_rung_license ON reminders (license_id, rung, due_on, recipient) WHERE license_id IS NOT NULL",
    # What the relay and the sender look for many times a minute.
    "CREATE INDEX wakeups_owed ON wakeups (due_at) WHERE consumed_at IS NULL",
    "CREATE INDEX notices_owed ON notices (due_at) WHERE state = 'QUEUED'",
    "CREATE INDEX reviews_on_desk ON legal_reviews (due_on, id) WHERE stage IN ('RECEIVED', 'IN_ANALYSIS')",
]

GENESIS = "INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '')"

CENTERS_OF_CONVENTIONS = [
    # Tortoise ignores on_delete in the table between conventions and centers: written anew, before it holds anything.
    "DROP TABLE convention_centers",
    """CREATE TABLE convention_centers (
       convention_id INT NOT NULL REFERENCES conventions (id) ON DELETE RESTRICT,
       center_id INT NOT NULL REFERENCES centers (id) ON DELETE RESTRICT,
       UNIQUE (convention_id, center_id))""",
    "CREATE INDEX conventions_of_center ON convention_centers (center_id)",
]

SQLITE_SEAL = [
    # REPLACE deletes a row without asking the DELETE trigger.
    """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_entries
       WHEN EXISTS (SELECT 1 FROM audit_entries WHERE sequence = NEW.sequence)
       BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END""",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_entries
       BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_entries
       BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
]

POSTGRES_SEAL = [
    """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$""",
    """CREATE TRIGGER audit_sealed BEFORE UPDATE OR DELETE ON audit_entries
       FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
    """CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_entries
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
]


class Migration(Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        RunSQL(CENTERS_OF_CONVENTIONS, reverse_sql=""),
        RunSQL(UNIQUE, reverse_sql=""),
        RunChecks(CHECKS),
        RunSQL(GENESIS, reverse_sql=""),
        RunSQLOn("sqlite", SQLITE_SEAL),
        RunSQLOn("postgres", POSTGRES_SEAL),
    ]
