"""What only the database can promise of templates, signed copies and the words of papers."""

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL

from models.dialects import RunChecks, RunSQLOn

CHECKS = {
    "template_not_approved_by_author": (
        "template_versions",
        "{row}approved_by_id IS NULL OR {row}approved_by_id <> {row}author_id",
    ),
    "signed_copy_withdrawn_with_reason": (
        "signed_copies",
        "{row}withdrawn_at IS NULL OR {row}withdrawn_reason <> ''",
    ),
}

INDEXES = [
    "CREATE UNIQUE INDEX one_template_in_use ON template_versions (kind, variant) WHERE state = 'APPROVED'",
    # Papers older than their PDF get it too.
    """INSERT INTO renditions (document_id, state, due_at, tries, said)
       SELECT id, 'PENDING', issued_at, 0, '' FROM official_documents WHERE file_id IS NOT NULL""",
]

SQLITE = [
    """CREATE TRIGGER template_text_stays BEFORE UPDATE OF kind, variant, edition, text, file_id, sha256, author_id
       ON template_versions BEGIN SELECT RAISE(ABORT, 'the text of a template version never changes'); END""",
    """CREATE VIRTUAL TABLE paper_words USING fts5(
       stems, content='paper_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER paper_words_added AFTER INSERT ON paper_texts
       BEGIN INSERT INTO paper_words (rowid, stems) VALUES (NEW.id, NEW.stems); END""",
    """CREATE TRIGGER paper_words_changed AFTER UPDATE ON paper_texts
       BEGIN INSERT INTO paper_words (paper_words, rowid, stems) VALUES ('delete', OLD.id, OLD.stems);
       INSERT INTO paper_words (rowid, stems) VALUES (NEW.id, NEW.stems); END""",
    """CREATE TRIGGER paper_words_removed AFTER DELETE ON paper_texts
       BEGIN INSERT INTO paper_words (paper_words, rowid, stems) VALUES ('delete', OLD.id, OLD.stems); END""",
]

POSTGRES = [
    """CREATE FUNCTION template_text_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the text of a template version never changes'; END $$""",
    """CREATE TRIGGER template_text_stays BEFORE UPDATE OF kind, variant, edition, text, file_id, sha256, author_id
       ON template_versions FOR EACH ROW EXECUTE FUNCTION template_text_stays()""",
    "CREATE INDEX paper_words ON paper_texts USING gin (to_tsvector('simple', stems))",
]


class Migration(Migration):
    dependencies = [("models", "0007_documents")]

    initial = False

    operations = [
        RunSQL(INDEXES, reverse_sql=""),
        RunChecks(CHECKS),
        RunSQLOn("sqlite", SQLITE),
        RunSQLOn("postgres", POSTGRES),
    ]
