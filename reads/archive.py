"""The archive: which contents the records count on, which of them are gone or damaged, and what names each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tortoise.functions import Count
from tortoise.models import Model

from models.agreements import SanitaryLicense
from models.archive import ArchiveCheck
from models.batches import Batch, BatchItem
from models.centers import CenterEvent
from models.conventions import Commitment
from models.court import CourtFile, CourtNotice, CourtPaper
from models.drafts import Condition
from models.engine import FlowState
from models.flows import FlowName
from models.imports import SheetImport, SheetKind
from models.papers import OfficialDocument, StoredFile
from models.people import User
from models.permissions import RESERVED
from models.publications import IssuedReport
from models.renditions import Rendition
from models.reviews import Evidence
from models.signed_copies import SignedCopy
from models.signing import CouncilMinute, Signature, SignatureDelegation
from models.supervision import FindingFollowUp, SupervisionVisit
from models.templates import TemplateVersion

SHOWN = 100
"""Contents gone or damaged that are listed with their records; all are counted."""


@dataclass(frozen=True)
class Naming:
    """How the records of one model name a file: what to call them, and the columns that number them, the first filled.

    `court` is a column that is filled when the record is a court file's.
    """

    model: type[Model]
    column: str
    what: str
    numbers: tuple[str, ...]
    court: str = ""


NAMINGS = (
    Naming(OfficialDocument, "file_id", "Documento", ("number",), "court_file_id"),
    Naming(Rendition, "file_id", "PDF del documento", ("document__number",), "document__court_file_id"),
    Naming(SignedCopy, "file_id", "Copia firmada del documento", ("document__number",), "document__court_file_id"),
    Naming(CourtNotice, "file_id", "Notificación judicial", ("court_file__code", "court_number"), "id"),
    Naming(CourtPaper, "file_id", "Papel del expediente judicial", ("court_file__code",), "id"),
    Naming(Evidence, "file_id", "Requisito del expediente", ("requirement__review__code",)),
    Naming(Condition, "file_id", "Condición del expediente", ("review__code",)),
    Naming(CouncilMinute, "file_id", "Acta del Concejo, convenio", ("convention__number",)),
    Naming(Commitment, "file_id", "Compromiso del convenio", ("convention__number",)),
    Naming(SignatureDelegation, "file_id", "Delegación de firma", ("convention__number", "lease__number", "number")),
    Naming(Signature, "scan_id", "Firma", ("convention__number", "lease__number")),
    Naming(SanitaryLicense, "file_id", "Licencia sanitaria", ("number",)),
    Naming(TemplateVersion, "file_id", "Plantilla", ("title",)),
    Naming(SheetImport, "file_id", "Hoja importada", ("id",)),
    Naming(SheetImport, "errors_file_id", "Errores de la hoja importada", ("id",)),
    Naming(Batch, "file_id", "Lote", ("title",)),
    Naming(BatchItem, "file_id", "Documento del lote", ("batch__title",)),
    Naming(CenterEvent, "file_id", "Acto del centro", ("center__code",)),
    Naming(SupervisionVisit, "file_id", "Visita de supervisión del centro", ("center__code",)),
    Naming(FindingFollowUp, "file_id", "Seguimiento de un hallazgo del centro", ("finding__visit__center__code",)),
    Naming(IssuedReport, "word_id", "Informe emitido, edición", ("edition",)),
    Naming(IssuedReport, "workbook_id", "Hoja del informe emitido, edición", ("edition",)),
)
"""Everything that may name a file; a test compares it with the models."""


@dataclass(frozen=True)
class FileRecord:
    """A record that names a file. Of a court file's, who may not read those learns that it is one."""

    what: str
    number: str
    reserved: bool = False


@dataclass(frozen=True)
class Fault:
    """A content that the last whole check did not find, or found damaged."""

    sha256: str
    damaged: bool
    records: list[FileRecord]


async def hashes_after(after: str, limit: int) -> list[str]:
    """Return the next different contents that files name, in the order of their hashes."""
    files = StoredFile.filter(sha256__gt=after).order_by("sha256").distinct().limit(limit)
    return [str(sha256) for sha256 in await files.values_list("sha256", flat=True)]


async def named(hashes: Collection[str]) -> set[str]:
    """Return those of the contents that some file names."""
    return {str(one) for one in await StoredFile.filter(sha256__in=list(hashes)).values_list("sha256", flat=True)}


async def contents_named() -> int:
    """Return how many different contents files name."""
    [row] = await StoredFile.all().annotate(count=Count("sha256", distinct=True)).values("count")
    return int(row["count"])


async def last_checks(limit: int) -> list[ArchiveCheck]:
    """Return the last checks, the newest first, those that were interrupted among them."""
    return await ArchiveCheck.all().order_by("-id").limit(limit)


async def last_whole_check(*, but: int = 0) -> ArchiveCheck | None:
    """Return the newest check that ended, leaving out one."""
    return await ArchiveCheck.filter(ended_at__isnull=False).exclude(id=but).order_by("-id").first()


async def last_said() -> str:
    """Return what the engine's last check said of itself, also of contents that nobody names."""
    state = await FlowState.get_or_none(name=FlowName.ARCHIVE.value)
    return state.said if state else ""


async def faults_of(check: ArchiveCheck, actor: User) -> list[Fault]:
    """Return the first contents that a check found gone or damaged, each with the records that name it now."""
    damaged = set(check.damaged)
    hashes = sorted({*check.missing, *damaged})[:SHOWN]
    records = await records_naming(hashes, actor)
    return [Fault(sha256, sha256 in damaged, records[sha256]) for sha256 in hashes]


async def records_naming(hashes: Sequence[str], actor: User) -> dict[str, list[FileRecord]]:
    """Return by content the records that name a file of it; none for an upload that no record took up."""
    files = await StoredFile.filter(sha256__in=list(hashes)).values("id", "sha256")
    content = {file["id"]: str(file["sha256"]) for file in files}
    found: dict[str, list[FileRecord]] = {sha256: [] for sha256 in hashes}
    if not content:
        return found
    reads_court = actor.role in RESERVED[CourtFile]
    for naming in NAMINGS:
        columns = {naming.column, *naming.numbers, *([naming.court] if naming.court else [])}
        columns |= {"kind"} if naming.model is SheetImport else set()
        for row in await naming.model.filter(**{f"{naming.column}__in": list(content)}).values(*columns):
            of_court = bool(naming.court and row[naming.court]) or row.get("kind") == SheetKind.COURT_FILES
            number = next((str(row[name]) for name in naming.numbers if row[name]), "")
            record = FileRecord(naming.what, number, of_court)
            if of_court and not reads_court:
                record = FileRecord("Registro judicial (reservado)", "", True)
            if record not in found[content[row[naming.column]]]:
                found[content[row[naming.column]]].append(record)
    return found


async def papers_without_words(after: int, limit: int) -> list[tuple[int, str]]:
    """Return id and content of the next issued papers with a file whose words nobody has kept yet."""
    papers = OfficialDocument.filter(id__gt=after, file_id__isnull=False, texts__id__isnull=True).order_by("id")
    return [(row["id"], row["file__sha256"]) for row in await papers.limit(limit).values("id", "file__sha256")]
