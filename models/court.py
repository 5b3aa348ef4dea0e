"""Court files of the legal office: labor, criminal and administrative, with dates, notices and papers. Reserved."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.centers import Source
from models.fields import belongs_to, folded, one_of

LONGEST_SEARCH_TEXT = 700
"""Characters that both `search` columns of this file can hold."""


def searchable(*texts: str | None) -> str:
    """Return the words of texts as the column `search` keeps them: each once, in their order, as many as fit.

    A search asks for single words, so a word said twice need not be kept twice.
    """
    kept, length = [], 0
    for word in dict.fromkeys(folded(*texts).split()):
        length += len(word) + 1
        if length > LONGEST_SEARCH_TEXT:
            break
        kept.append(word)
    return " ".join(kept)


class CourtBranch(StrEnum):
    """Which of the report's tables a matter belongs to: Tabla 13 counts labor, Tabla 15 criminal matters."""

    LABOR = "LABOR"
    CRIMINAL = "CRIMINAL"
    ADMINISTRATIVE = "ADMINISTRATIVE"


BRANCH_LABELS = {
    CourtBranch.LABOR: "Laboral",
    CourtBranch.CRIMINAL: "Penal",
    CourtBranch.ADMINISTRATIVE: "Administrativa",
}
"""What people read for each branch."""


class CourtFileKind(StrEnum):
    """What is argued: the lines of Tablas 13 and 15 of the Memoria that are files, and administrative cases."""

    REINSTATEMENT = "REINSTATEMENT"
    ORDINARY_SUIT = "ORDINARY_SUIT"
    CAREGIVER_CLAIM = "CAREGIVER_CLAIM"
    LABOR_TERMINATION = "LABOR_TERMINATION"
    COMPLAINT = "COMPLAINT"
    CRIMINAL_CASE = "CRIMINAL_CASE"
    ADMINISTRATIVE_CASE = "ADMINISTRATIVE_CASE"


COURT_KIND_LABELS = {
    CourtFileKind.REINSTATEMENT: "Incidente de reinstalación",
    CourtFileKind.ORDINARY_SUIT: "Juicio ordinario",
    CourtFileKind.CAREGIVER_CLAIM: "Reclamo de madre cuidadora",
    CourtFileKind.LABOR_TERMINATION: "Incidente de terminación laboral",
    CourtFileKind.COMPLAINT: "Denuncia",
    CourtFileKind.CRIMINAL_CASE: "Causa penal",
    CourtFileKind.ADMINISTRATIVE_CASE: "Proceso administrativo",
}
"""What people read, and write in spreadsheets, for each kind."""

BRANCH_OF = {
    CourtFileKind.REINSTATEMENT: CourtBranch.LABOR,
    CourtFileKind.ORDINARY_SUIT: CourtBranch.LABOR,
    CourtFileKind.CAREGIVER_CLAIM: CourtBranch.LABOR,
    CourtFileKind.LABOR_TERMINATION: CourtBranch.LABOR,
    CourtFileKind.COMPLAINT: CourtBranch.CRIMINAL,
    CourtFileKind.CRIMINAL_CASE: CourtBranch.CRIMINAL,
    CourtFileKind.ADMINISTRATIVE_CASE: CourtBranch.ADMINISTRATIVE,
}
"""The branch follows from the kind."""


class CourtStage(StrEnum):
    """How far a case has come."""

    FILED = "FILED"
    IN_PROCEEDINGS = "IN_PROCEEDINGS"
    RULED = "RULED"
    APPEALED = "APPEALED"
    CLOSED = "CLOSED"


COURT_STAGE_LABELS = {
    CourtStage.FILED: "Presentado",
    CourtStage.IN_PROCEEDINGS: "En trámite",
    CourtStage.RULED: "Con sentencia o resolución",
    CourtStage.APPEALED: "En apelación",
    CourtStage.CLOSED: "Fenecido",
}
"""What people read, and write in spreadsheets, for each stage."""

COURT_MOVES: dict[CourtStage, tuple[CourtStage, ...]] = {
    CourtStage.FILED: (CourtStage.IN_PROCEEDINGS, CourtStage.RULED, CourtStage.CLOSED),
    CourtStage.IN_PROCEEDINGS: (CourtStage.RULED, CourtStage.CLOSED),
    CourtStage.RULED: (CourtStage.APPEALED, CourtStage.CLOSED),
    CourtStage.APPEALED: (CourtStage.IN_PROCEEDINGS, CourtStage.RULED, CourtStage.CLOSED),
    CourtStage.CLOSED: (),
}
"""Which stage may follow which."""


class CourtFile(Model):
    """An expediente judicial as the legal office keeps it."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(20, unique=True)
    """Our own code: JUD-2024-0001."""
    branch = one_of(CourtBranch, max_length=16)
    kind = one_of(CourtFileKind, max_length=24)
    court = fields.CharField(200)
    court_number = fields.CharField(60, default="")
    """The number that the court gave it, empty while a complaint has none."""
    claimants = fields.TextField(default="")
    """Who claims or denounces, one a line."""
    defendants = fields.TextField(default="")
    """Who is sued or denounced, one a line."""
    subject = fields.CharField(300, default="")
    department = belongs_to("Department", "court_files", null=True)
    department_id: str | None
    lawyer = belongs_to("User", "court_files", null=True)
    lawyer_id: int | None
    stage = one_of(CourtStage, max_length=16, default=CourtStage.FILED)
    opened_on = fields.DateField()
    closed_on = fields.DateField(null=True)
    outcome = fields.TextField(default="")
    next_on = fields.DateField(null=True)
    """The earliest date that is not settled, kept in step by the deeds that add and settle dates."""
    note = fields.TextField(default="")
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    source_note = fields.CharField(120, default="")
    search = fields.CharField(900, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "court_files"
        indexes = (("next_on", "id"), ("branch", "kind", "opened_on"), ("lawyer_id", "stage"))


class CourtDateKind(StrEnum):
    """What a date in court is."""

    HEARING = "HEARING"
    DEADLINE = "DEADLINE"


DATE_KIND_LABELS = {CourtDateKind.HEARING: "Audiencia", CourtDateKind.DEADLINE: "Plazo"}
"""What people read, and write in spreadsheets, for each kind of date."""


class CourtDate(Model):
    """A hearing, or a deadline in working days, settled when somebody notes what came of it."""

    id = fields.IntField(primary_key=True)
    court_file = belongs_to("CourtFile", "dates")
    court_file_id: int
    kind = one_of(CourtDateKind, max_length=10)
    on_date = fields.DateField()
    at_time = fields.CharField(5, default="")
    """Hour as HH:MM, empty when none was set."""
    title = fields.CharField(200)
    place = fields.CharField(200, default="")
    counted_from = fields.DateField(null=True)
    counted_days = fields.IntField(null=True)
    """Working days from `counted_from` that gave the date, when it is a deadline that was counted."""
    settled_on = fields.DateField(null=True)
    result = fields.TextField(default="")
    source = one_of(Source, max_length=10, default=Source.SYSTEM)

    class Meta:
        table = "court_dates"
        indexes = (("court_file_id", "on_date"), ("on_date", "id"))


class CourtNotice(Model):
    """A notice received from a court, with the file it belongs to when that is known."""

    id = fields.IntField(primary_key=True)
    branch = one_of(CourtBranch, max_length=16)
    court = fields.CharField(200)
    court_number = fields.CharField(60, default="")
    received_on = fields.DateField()
    summary = fields.CharField(300)
    court_file = belongs_to("CourtFile", "notices", null=True)
    court_file_id: int | None
    due_on = fields.DateField(null=True)
    """Day by which it must be answered, when it must."""
    answered_on = fields.DateField(null=True)
    answer = fields.TextField(default="")
    document = belongs_to("OfficialDocument", "answered_notices", null=True)
    document_id: int | None
    file = belongs_to("StoredFile", "court_notices", null=True)
    file_id: int | None
    recorded_by = belongs_to("User", "court_notices")
    recorded_by_id: int
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    source_note = fields.CharField(120, default="")
    search = fields.CharField(700, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "court_notices"
        indexes = (("received_on", "id"), ("court_file_id", "id"), ("branch", "received_on"))


class CourtPaper(Model):
    """A paper that came in or went out in a court file and was not issued here: memorials, resolutions."""

    id = fields.IntField(primary_key=True)
    court_file = belongs_to("CourtFile", "papers")
    court_file_id: int
    file = belongs_to("StoredFile", "court_papers")
    file_id: int
    title = fields.CharField(200)
    dated_on = fields.DateField()
    recorded_by = belongs_to("User", "court_papers")
    recorded_by_id: int
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "court_papers"
