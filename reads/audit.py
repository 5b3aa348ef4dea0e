"""The audit trail as people read it, and the check that nobody has touched it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC

from models.audit import AuditEntry, AuditHead, seal
from models.court import CourtFile
from models.people import User
from models.permissions import within
from models.reviews import LegalReview
from reads.paging import Row


async def timeline_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what was done to each convention and to its files, in order: instant, actor, verb, sentence."""
    return await _timeline("Convention", "convention_id", ids)


async def timeline_by_lease(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the same of each lease or assignment."""
    return await _timeline("Lease", "lease_id", ids)


async def timeline_by_license(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the same of each sanitary license."""
    return await _timeline("SanitaryLicense", "license_id", ids)


async def _timeline(of: str, link: str, ids: Sequence[int]) -> dict[int, list[Row]]:
    """Return the entries about records of a kind and about the files that name them by `link`."""
    subjects = {(of, str(one)): one for one in ids}
    for review_id, named_id in await LegalReview.filter(**{f"{link}__in": ids}).values_list("id", link):
        subjects["LegalReview", str(review_id)] = named_id
    columns = ("sequence", "at", "actor_id", "verb", "summary", "subject_type", "subject_id")
    grouped: dict[int, list[Row]] = defaultdict(list)
    for kind in (of, "LegalReview"):
        named = [row_id for subject, row_id in subjects if subject == kind]
        if not named:
            continue
        for row in await AuditEntry.filter(subject_type=kind, subject_id__in=named).values(*columns):
            grouped[subjects[kind, row["subject_id"]]].append(row)
    return {one: sorted(rows, key=lambda row: row["sequence"]) for one, rows in grouped.items()}


async def timeline_by_court_file(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what was done to each court file, in order; to the few who reach court files."""
    reached = await CourtFile.filter(within(CourtFile, actor), id__in=ids).values_list("id", flat=True)
    rows = AuditEntry.filter(subject_type="CourtFile", subject_id__in=[str(one) for one in reached])
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.order_by("sequence").values("sequence", "at", "actor_id", "verb", "summary", "subject_id"):
        grouped[int(row["subject_id"])].append(row)
    return grouped


async def head() -> Row:
    """Return the last sequence and hash of the chain: the version of the whole database."""
    return (await AuditHead.filter(id=1).values("sequence", "hash"))[0]


async def broken_links(*, batch: int = 1000) -> list[int]:
    """Return the sequences of the entries that do not fit the chain; empty when nobody has touched it.

    A cut tail shows too: the head remembers the last sequence and hash.
    """
    broken: list[int] = []
    previous, sequence = "", 0
    while rows := await AuditEntry.filter(sequence__gt=sequence).order_by("sequence").limit(batch):
        for row in rows:
            body = {
                "at": row.at.astimezone(UTC).isoformat(),
                "actor": row.actor_id,
                "verb": row.verb.value,
                "subject": f"{row.subject_type}:{row.subject_id}",
                "summary": row.summary,
                "changes": row.changes,
                "request_id": row.request_id,
            }
            fits = row.sequence == sequence + 1 and row.previous_hash == previous
            if not fits or row.hash != seal(row.sequence, previous, body):
                broken.append(row.sequence)
            previous, sequence = row.hash, row.sequence
    last = await head()
    if (last["sequence"], last["hash"]) != (sequence, previous):
        broken.append(last["sequence"])
    return broken
