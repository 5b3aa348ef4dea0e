"""Official documents and files as rows; verification for anybody, download for whom the paper is in reach."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import AuditEntry, Verb
from models.batches import Batch, BatchItem
from models.centers import Center, CenterEvent
from models.conventions import Commitment
from models.court import CourtFile, CourtNotice, CourtPaper
from models.drafts import Condition
from models.imports import SheetImport
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import User
from models.permissions import RESERVED, SEES_ALL, within
from models.renditions import Rendition
from models.reviews import Evidence, LegalReview
from models.signed_copies import SignedCopy
from models.signing import CouncilMinute, Signature, SignatureDelegation
from models.supervision import FindingFollowUp, SupervisionVisit
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page
from reads.paper_words import PaperWords, holding_words

DOCUMENT = (
    "id", "kind", "unit", "year", "serial", "number", "outcome", "subject", "addressee", "parties", "issued_on",
    "issued_by_id", "verification_code", "voided_on", "void_reason", "voided_by_id", "source", "review_id",
    "convention_id", "lease_id", "license_id", "court_file_id", "file_id",
)  # fmt: skip
FILE = ("id", "filename", "media_type", "size", "sha256", "uploaded_at")


@dataclass(frozen=True)
class DocumentQuery:
    """Which papers are wanted; what is empty does not narrow. `issued_from` and `issued_to` are included."""

    kind: list[DocumentKind] = field(default_factory=list)
    year: int | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    voided: bool | None = None
    review_code: str | None = None
    mine: bool = False
    search: str | None = None
    text: PaperWords = field(default_factory=PaperWords)


def documents_within(actor: User, query: DocumentQuery) -> QuerySet[OfficialDocument]:
    """Return the query for the papers in reach that are wanted."""
    rows = OfficialDocument.filter(within(OfficialDocument, actor))
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if query.year is not None:
        rows = rows.filter(year=query.year)
    if query.issued_from:
        rows = rows.filter(issued_on__gte=query.issued_from)
    if query.issued_to:
        rows = rows.filter(issued_on__lte=query.issued_to)
    if query.voided is not None:
        rows = rows.filter(voided_on__isnull=not query.voided)
    if query.review_code:
        rows = rows.filter(exactly(OfficialDocument, "review__code", query.review_code.strip().upper()))
    if query.mine:
        rows = rows.filter(issued_by_id=actor.id)
    return rows.filter(holding(query.search), holding_words(query.text))


async def document_page(actor: User, query: DocumentQuery, *, order: Order, first: int, after: str | None) -> Page:
    """Return a page of the papers in reach."""
    return await page(documents_within(actor, query), DOCUMENT, order, first=first, after=after)


NAMED: dict[str, tuple[type[Model], str]] = {
    "LegalReview": (LegalReview, "code"),
    "Convention": (Convention, "number"),
    "Lease": (Lease, "number"),
    "SanitaryLicense": (SanitaryLicense, "number"),
    "CourtFile": (CourtFile, "code"),
}
"""What a paper may hang on, by its type, with the column that names it."""


async def names_by_id(ids: Sequence[int], actor: User, *, kind: str) -> dict[int, str]:
    """Return the codes or numbers of the records in reach that papers hang on, all of one type."""
    model, column = NAMED[kind]
    rows = await model.filter(within(model, actor), id__in=ids).values("id", column)
    return {row["id"]: row[column] for row in rows}


async def documents_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the papers of each file, oldest first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await OfficialDocument.filter(review_id__in=ids).order_by("id").values(*DOCUMENT):
        grouped[row["review_id"]].append(row)
    return grouped


async def latest_document_by_review(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the last paper of each file that is not void."""
    rows = await OfficialDocument.filter(review_id__in=ids, voided_on=None).order_by("id").values(*DOCUMENT)
    return {row["review_id"]: row for row in rows}


async def documents_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the papers of each convention, oldest first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await OfficialDocument.filter(convention_id__in=ids).order_by("id").values(*DOCUMENT):
        grouped[row["convention_id"]].append(row)
    return grouped


async def documents_by_lease(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the papers of each lease or assignment, oldest first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await OfficialDocument.filter(lease_id__in=ids).order_by("id").values(*DOCUMENT):
        grouped[row["lease_id"]].append(row)
    return grouped


async def documents_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the papers in reach among these."""
    rows = await OfficialDocument.filter(within(OfficialDocument, actor), id__in=ids).values(*DOCUMENT)
    return {row["id"]: row for row in rows}


async def files_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return files by id; the record that names them decided whether the person gets here."""
    return {row["id"]: row for row in await StoredFile.filter(id__in=ids).values(*FILE)}


async def file_in_reach(file_id: int, actor: User) -> StoredFile | None:
    """Return a file if the person sent it, or if a record in the person's reach names it.

    What no record names yet is its sender's alone: it may become a court file's.
    """
    file = await StoredFile.get_or_none(id=file_id)
    if file is None or file.uploaded_by_id == actor.id:
        return file
    if not file.used:
        return None
    brought = SheetImport.filter(Q(file_id=file_id) | Q(errors_file_id=file_id))
    if await brought.exists():
        return file if await brought.filter(within(SheetImport, actor)).exists() else None
    if batches := await _batches_of(file_id):
        return file if await Batch.filter(within(Batch, actor), id__in=batches).exists() else None
    if actor.role in SEES_ALL:
        return None if actor.role not in RESERVED[CourtFile] and await _of_court(file_id) else file
    named_by_paper = Q(Q(file_id=file_id), Q(renditions__file_id=file_id), join_type="OR")
    if await OfficialDocument.filter(within(OfficialDocument, actor), named_by_paper).exists():
        return file
    copied = list(await SignedCopy.filter(file_id=file_id).values_list("document_id", flat=True))
    if copied and await OfficialDocument.filter(within(OfficialDocument, actor), id__in=copied).exists():
        return file
    proofs = await Condition.filter(file_id=file_id).values_list("review_id", flat=True)
    of_review = await Evidence.filter(file_id=file_id).values_list("requirement__review_id", flat=True)
    if await LegalReview.filter(within(LegalReview, actor), id__in=[*of_review, *proofs]).exists():
        return file
    of_convention = [
        await model.filter(named, convention_id__isnull=False).values_list("convention_id", flat=True)
        for model, named in (
            (CouncilMinute, Q(file_id=file_id)),
            (Commitment, Q(file_id=file_id)),
            (Signature, Q(scan_id=file_id)),
            (SignatureDelegation, Q(file_id=file_id)),
        )
    ]
    named = [one for found in of_convention for one in found]
    if await Convention.filter(within(Convention, actor), id__in=named).exists():
        return file
    if await Lease.filter(
        within(Lease, actor),
        Q(signatures__scan_id=file_id) | Q(delegations__file_id=file_id),
    ).exists():
        return file
    if await SanitaryLicense.filter(within(SanitaryLicense, actor), file_id=file_id).exists():
        return file
    of_center = Q(
        Q(id__in=Subquery(CenterEvent.filter(file_id=file_id).values("center_id"))),
        Q(id__in=Subquery(SupervisionVisit.filter(file_id=file_id).values("center_id"))),
        Q(id__in=Subquery(FindingFollowUp.filter(file_id=file_id).values("finding__visit__center_id"))),
        join_type="OR",
    )
    return file if await Center.filter(within(Center, actor), of_center).exists() else None


async def _batches_of(file_id: int) -> list[int]:
    """Return the batches that made a file: their zip, or the project of a paper that has no number yet."""
    zips = await Batch.filter(file_id=file_id).values("id")
    projects = await BatchItem.filter(file_id=file_id, document_id__isnull=True).values("batch_id")
    return [*(row["id"] for row in zips), *(row["batch_id"] for row in projects)]


async def _of_court(file_id: int) -> bool:
    """Tell whether a file is a court file's, or a spreadsheet of them: its papers are as reserved as itself."""
    imported = AuditEntry.filter(subject_type="StoredFile", subject_id=str(file_id), verb=Verb.IMPORT_COURT_FILES)
    return (
        await OfficialDocument.exists(file_id=file_id, court_file_id__isnull=False)
        or await Rendition.exists(file_id=file_id, document__court_file_id__isnull=False)
        or await SignedCopy.exists(file_id=file_id, document__court_file_id__isnull=False)
        or await CourtNotice.exists(file_id=file_id)
        or await CourtPaper.exists(file_id=file_id)
        or await imported.exists()
    )


async def reachable_files(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the files among these that the person may download."""
    return await files_by_id([one for one in ids if await file_in_reach(one, actor)], actor)
