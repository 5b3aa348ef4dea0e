"""What only the database can promise of the legal office's records."""

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL

from models.dialects import RunChecks

CHECKS = {
    "party_one_counterpart": (
        "convention_parties",
        "({row}municipality_id IS NULL) <> ({row}institution_id IS NULL) AND {row}needed_signatures > 0",
    ),
    "commitment_of_a_party": ("commitments", "{row}party IN ('SOSEP', 'COUNTERPART')"),
    "extension_lengthens": ("amendments", "{row}new_ends_on IS NULL OR {row}new_ends_on > {row}old_ends_on"),
    "condition_met_or_put_off": ("conditions", "{row}due_on IS NULL OR {row}deferred_reason <> ''"),
    "void_has_its_reason": ("official_documents", "({row}voided_on IS NULL) = ({row}void_reason = '')"),
    "court_file_closes_after_opening": (
        "court_files",
        "{row}closed_on IS NULL OR ({row}closed_on >= {row}opened_on AND {row}stage = 'CLOSED')",
    ),
    "court_date_settled_with_result": ("court_dates", "({row}settled_on IS NULL) = ({row}result = '')"),
}

UNIQUE = [
    "CREATE UNIQUE INDEX one_renewal_per_lease ON leases (renews_id) WHERE renews_id IS NOT NULL AND stage <> 'WITHDRAWN'",
    """CREATE UNIQUE INDEX one_renewal_per_license ON sanitary_licenses (renews_id)
       WHERE renews_id IS NOT NULL AND stage <> 'WITHDRAWN'""",
    """CREATE UNIQUE INDEX one_open_review_per_lease ON legal_reviews (lease_id)
       WHERE lease_id IS NOT NULL AND stage NOT IN ('CLOSED', 'WITHDRAWN')""",
    """CREATE UNIQUE INDEX one_open_review_per_license ON legal_reviews (license_id)
       WHERE license_id IS NOT NULL AND stage NOT IN ('CLOSED', 'WITHDRAWN')""",
    "CREATE UNIQUE INDEX one_draft_at_a_time ON paper_drafts (review_id, kind) WHERE state <> 'ISSUED'",
    "CREATE UNIQUE INDEX one_condition_per_place ON conditions (document_id, position)",
    # A court gives a number once; the same spreadsheet twice brings nothing new.
    "CREATE UNIQUE INDEX one_file_per_court_number ON court_files (court, court_number) WHERE court_number <> ''",
    "CREATE INDEX court_dates_open ON court_dates (on_date, id) WHERE settled_on IS NULL",
]


class Migration(Migration):
    dependencies = [("models", "0003_legal_office")]

    initial = False

    operations = [RunSQL(UNIQUE, reverse_sql=""), RunChecks(CHECKS)]
