"""What is asked for a convention, what a file was asked and has handed in, and what it still lacks."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from models.agreements import Convention, ConventionKind, LeaseForm, LeaseNature
from models.clock import today
from models.people import User
from models.permissions import within
from models.places import ProgramCode
from models.reviews import Evidence, LegalReview, Requirement, ReviewMatter, ReviewRequirement
from reads.calendar import legal_parameter
from reads.leases import matter_of
from reads.paging import Row
from reads.parties import parties_of, towns_of
from reads.reviews import reviews_by_id
from reads.signing import latest_minute


async def requirements_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the checklist of each file in its order."""
    columns = ("id", "review_id", "code", "title", "help", "legal_basis", "mandatory", "fulfilled")
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await ReviewRequirement.filter(review_id__in=ids).order_by("position", "id").values(*columns):
        grouped[row["review_id"]].append(row)
    return grouped


async def requirement_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return checklist lines by id, of files in reach."""
    columns = ("id", "review_id", "code", "title", "help", "legal_basis", "mandatory", "fulfilled")
    rows = await ReviewRequirement.filter(id__in=ids).values(*columns)
    reachable = await reviews_by_id([row["review_id"] for row in rows], actor)
    return {row["id"]: row for row in rows if row["review_id"] in reachable}


async def evidence_by_requirement(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what was handed in for each checklist line, newest first; the first is the one that counts."""
    columns = ("requirement_id", "note", "received_at", "replaced_at", "file_id")
    file = {name: f"file__{name}" for name in ("filename", "media_type", "size", "sha256")}
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await Evidence.filter(requirement_id__in=ids).order_by("-id").values(*columns, **file):
        grouped[row["requirement_id"]].append(row)
    return grouped


async def wanting(review: LegalReview) -> list[str]:
    """Say in Spanish what the lawyer should know is missing: optional lines, and the council's minute."""
    lines = await ReviewRequirement.filter(review_id=review.id, fulfilled=False).order_by("position", "id")
    found = [line.title for line in lines]
    return found + await _wanting_of_councils(review) if review.convention_id else found


async def _wanting_of_councils(review: LegalReview) -> list[str]:
    """Say of each municipal party what is missing of its council's minute; with several, whose it is."""
    parties = (await parties_of([review.convention_id or 0])).get(review.convention_id or 0, [])
    councils = [one for one in parties if one.municipality_id]
    found = []
    for party in councils:
        of = f" ({party.name})" if len(councils) > 1 else ""
        minute = await latest_minute(review.convention_id, party.party_id)
        if minute is None:
            found.append(f"Punto de acta del Concejo Municipal{of}, que todavía no está anotado")
        else:
            days = await legal_parameter("COUNCIL_MINUTE_DAYS", on=review.requested_on)
            found += [f"{text.removesuffix('.')}{of}." for text in minute.warnings(days=days)]
    return found


MINUTE = "Punto de acta del Concejo Municipal"


def proposed_observations(lines: Sequence[Row], missing: Sequence[str]) -> list[Row]:
    """Return an observation for each line not handed in and each remark of the engine, as a providencia words them.

    `lines` is a file's checklist, `missing` what the engine noted: titles of lines, and remarks about the minute.
    """
    titles = {line["title"] for line in lines}
    found = [
        {
            "subject": line["title"],
            "finding": "No consta en el expediente.",
            "legal_basis": line["legal_basis"],
            "cure": f"Entregue este requisito. {line['help']}".strip(),
        }
        for line in lines
        if not line["fulfilled"]
    ]
    for remark in missing:
        if remark not in titles:
            cure = "Anote o corrija el punto de acta con que el Concejo autoriza la firma, y suba su certificación."
            found.append({"subject": MINUTE, "finding": f"{remark.rstrip('.')}.", "legal_basis": "", "cure": cure})
    return [{**one, "cured_on": None} for one in found]


async def requirements_for(convention: Convention, *, on: date) -> list[Requirement]:
    """Return the checklist lines that a convention is asked for on a date."""
    kind = Q(Q(convention_kind__isnull=True) | Q(convention_kind=convention.kind), matter__isnull=True)
    if not await towns_of(convention.id):
        kind &= Q(municipal_only=False)
    return await _lines(kind, convention.program, on=on)


async def requirements_of(matter: ReviewMatter, program: ProgramCode, *, on: date) -> list[Requirement]:
    """Return the checklist lines that a lease, an assignment or a license of a program is asked for on a date."""
    return await _lines(Q(matter=matter), program, on=on)


async def _lines(wanted: Q, program: ProgramCode, *, on: date) -> list[Requirement]:
    current = Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    asking = Q(Q(program__isnull=True) | Q(program=program))
    return await Requirement.filter(current, wanted, asking).order_by("position", "id")


class Checklist:
    """The lines in force on a date, read once for many agreements; says of each what `requirements_for` would."""

    def __init__(self, lines: Sequence[Row]) -> None:
        self._lines = lines

    @classmethod
    async def on(cls, on: date) -> "Checklist":
        """Read the lines in force on a date, in one statement."""
        current = Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
        columns = ("title", "mandatory", "program", "convention_kind", "municipal_only", "matter")
        return cls(await Requirement.filter(current).order_by("position", "id").values(*columns))

    def _of(self, program: ProgramCode, matter: ReviewMatter | None) -> list[Row]:
        asking = (None, program)
        return [line for line in self._lines if line["matter"] == matter and line["program"] in asking]

    def of_convention(self, kind: ConventionKind, program: ProgramCode, *, municipal: bool) -> list[Row]:
        """Return what a convention is asked for; `municipal`: whether a municipality is a party."""
        lines = self._of(program, None)
        lines = [line for line in lines if line["convention_kind"] in (None, kind)]
        return [line for line in lines if municipal or not line["municipal_only"]]

    def of_lease(self, nature: LeaseNature, form: LeaseForm | None, program: ProgramCode) -> list[Row]:
        """Return what a lease or assignment is asked for, in the form that it had."""
        return self._of(program, matter_of(nature, form or LeaseForm.ACTA_NEGOCIACION))

    def of_license(self, program: ProgramCode) -> list[Row]:
        """Return what a sanitary license is asked for."""
        return self._of(program, ReviewMatter.SANITARY_LICENSE)


async def checklist_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what would be asked today for the renewal of each convention in reach."""
    columns = ("code", "title", "help", "legal_basis", "mandatory")
    found = {}
    for one in await Convention.filter(within(Convention, actor), id__in=ids):
        lines = await requirements_for(one, on=today())
        found[one.id] = [{column: getattr(line, column) for column in columns} for line in lines]
    return found
