"""Official documents and files as rows; verification for anybody, download for whom the paper is in reach."""

from collections import defaultdict
from collections.abc import Sequence

from tortoise.expressions import Q

from models.agreements import Convention
from models.papers import OfficialDocument, StoredFile
from models.people import User
from models.permissions import SEES_ALL, within
from models.reviews import Evidence, LegalReview
from models.signing import CouncilMinute, Signature, SignatureDelegation
from reads.matching import exactly
from reads.paging import Row

DOCUMENT = (
    "id", "kind", "unit", "year", "serial", "number", "outcome", "issued_on", "verification_code", "voided_on",
    "void_reason", "source", "review_id", "convention_id", "file_id",
)  # fmt: skip
FILE = ("id", "filename", "media_type", "size", "sha256", "uploaded_at")


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


async def documents_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return papers by id whose file is in reach."""
    rows = await OfficialDocument.filter(id__in=ids).values(*DOCUMENT)
    reviews = LegalReview.filter(within(LegalReview, actor), id__in=[row["review_id"] for row in rows])
    reachable = set(await reviews.values_list("id", flat=True))
    return {row["id"]: row for row in rows if row["review_id"] in reachable}


async def files_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return files by id; the record that names them decided whether the person gets here."""
    return {row["id"]: row for row in await StoredFile.filter(id__in=ids).values(*FILE)}


async def document_by_code(code: str) -> Row | None:
    """Return what anybody may know of a paper by its verification code: no persons, no content."""
    columns = ("kind", "number", "issued_on", "parties", "voided_on")
    query = OfficialDocument.filter(exactly(OfficialDocument, "verification_code", code.strip().upper()))
    rows = await query.limit(1).values(*columns, sha256="file__sha256")
    return rows[0] if rows else None


async def file_in_reach(file_id: int, actor: User) -> StoredFile | None:
    """Return a file if the person sent it, or if a record in the person's reach names it."""
    file = await StoredFile.get_or_none(id=file_id)
    if file is None or file.uploaded_by_id == actor.id or actor.role in SEES_ALL:
        return file
    reviews = LegalReview.filter(within(LegalReview, actor))
    conventions = Convention.filter(within(Convention, actor))
    of_review = [await OfficialDocument.filter(file_id=file_id).values_list("review_id", flat=True)]
    of_review.append(await Evidence.filter(file_id=file_id).values_list("requirement__review_id", flat=True))
    if await reviews.filter(id__in=[one for found in of_review for one in found if one]).exists():
        return file
    of_convention = [
        await model.filter(named, convention_id__isnull=False).values_list("convention_id", flat=True)
        for model, named in (
            (CouncilMinute, Q(file_id=file_id)),
            (Signature, Q(scan_id=file_id)),
            (SignatureDelegation, Q(file_id=file_id)),
        )
    ]
    if await conventions.filter(id__in=[one for found in of_convention for one in found]).exists():
        return file
    return None


async def reachable_files(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the files among these that the person may download."""
    return await files_by_id([one for one in ids if await file_in_reach(one, actor)], actor)
