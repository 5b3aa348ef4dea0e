"""Asking for a convention of any kind that follows no other: parties, centers, term, and its file."""

from dataclasses import dataclass, field

from actions.agreements import LONGEST_TERM, open_review
from actions.audited import Entry, audited
from actions.refusals import Checks, Forbidden
from actions.registry import convention_number
from models.agreements import CONVENTION_KIND_LABELS, Convention, ConventionKind
from models.audit import Verb
from models.centers import Center
from models.conventions import ConventionParty
from models.fields import folded
from models.people import Role, User
from models.permissions import within
from models.places import Institution, Municipality, ProgramCode
from models.reviews import LegalReview
from reads.matching import fitting
from reads.parties import listed, parties_of
from reads.people import told

MOST_PARTIES = 20
"""Counterparts beyond the first; more is a slip, or an agreement that names a federation instead."""
MOST_CENTERS = 100
MOST_SIGNATURES = 9
"""Signatures that one party may need."""


@dataclass(frozen=True)
class Counterpart:
    """A counterpart as it is asked for: a municipality or an institution, exactly one of the two."""

    municipality_code: str = ""
    institution_id: int | None = None
    signatures: int = 1
    """How many signatures it needs to give."""


@dataclass(frozen=True)
class ConventionRequest:
    """What a new convention is to be; its term is in whole months, or explicitly without an end date."""

    kind: ConventionKind
    program: ProgramCode
    title: str
    first: Counterpart
    further: list[Counterpart] = field(default_factory=list)
    center_ids: list[int] = field(default_factory=list)
    term_months: int | None = None
    without_end: bool = False
    sosep_signatures: int = 1
    note: str = ""


async def request_convention(*, actor: User, wanted: ConventionRequest) -> LegalReview:
    """Ask for a new convention; opens its file with the checklist of its kind.

    A municipality asks for itself alone, a direction for its program. Raises Forbidden otherwise.
    """
    _refuse_foreign(actor, wanted)
    checks = Checks()
    title = checks.text(wanted.title, "title", label="el objeto", most=240)
    note = checks.text(wanted.note, "note", label="la nota", most=2000, required=False)
    _check_term(checks, wanted)
    _check_signatures(checks, wanted)
    async with audited(Verb.REQUEST_CONVENTION, actor=actor) as entry:
        await _check_parties(checks, wanted)
        centers = await _centers(checks, actor, wanted)
        checks.done()
        made = await entry.create(
            Convention,
            number=await convention_number(entry),
            kind=wanted.kind,
            program=wanted.program,
            municipality_id=wanted.first.municipality_code or None,
            institution_id=wanted.first.institution_id,
            title=title,
            term_months=wanted.term_months,
            requested_by_id=actor.id,
            requested_on=entry.today,
            note=note,
            sosep_signatures=wanted.sosep_signatures,
            counterpart_signatures=wanted.first.signatures,
        )
        for position, party in enumerate(wanted.further, start=1):
            await entry.create(
                ConventionParty,
                convention_id=made.id,
                municipality_id=party.municipality_code or None,
                institution_id=party.institution_id,
                needed_signatures=party.signatures,
                position=position,
            )
        if centers:
            await made.centers.add(*centers)
        return entry.answers(await _open(entry, made, centers))


async def _open(entry: Entry, made: Convention, centers: list[Center]) -> LegalReview:
    """Open the file of a convention just asked for, make the convention findable, and tell its parties."""
    parties = (await parties_of([made.id]))[made.id]
    names = [party.name for party in parties]
    towns = Municipality.filter(code__in=[one.municipality_id for one in parties if one.municipality_id])
    departments = [row["department__name"] for row in await towns.values("department__name")]
    words = folded(made.number, made.title, *names, *departments, *(center.name for center in centers))
    await entry.note(made, search=words[:500])
    review = await open_review(entry, made)
    what = CONVENTION_KIND_LABELS[made.kind].lower()
    entry.about(made, f"{entry.actor.name} solicitó el {made.number}: {what} con {listed(names)}.")
    entry.tell(
        await told(convention=made.id, program=made.program, ids=[entry.actor.id]),
        key=f"convention-requested:{made.number}",
        subject=f"Solicitud {made.number}",
        body=(
            f"{review.title}\n\nSe abrió el expediente {review.code}. "
            "Reúna los requisitos de la lista y envíelo a revisión cuando estén completos."
        ),
        review_id=review.id,
    )
    return review


def _refuse_foreign(actor: User, wanted: ConventionRequest) -> None:
    """Refuse whoever would make a convention of another municipality or program."""
    towns = [one.municipality_code for one in wanted.further if one.municipality_code]
    foreign_town = wanted.first.municipality_code != actor.municipality_id or any(
        code != actor.municipality_id for code in towns
    )
    foreign_program = wanted.program != actor.program
    if (actor.role == Role.MUNICIPAL and foreign_town) or (actor.role == Role.DIRECTOR and foreign_program):
        raise Forbidden(Verb.REQUEST_CONVENTION.value)


def _check_term(checks: Checks, wanted: ConventionRequest) -> None:
    months = wanted.term_months
    if months is None:
        checks.that(wanted.without_end, "termMonths", "Escriba el plazo en meses, o marque que no tiene vencimiento.")
        return
    checks.that(1 <= months <= LONGEST_TERM, "termMonths", f"El plazo va de 1 a {LONGEST_TERM} meses.")
    checks.that(not wanted.without_end, "withoutEnd", "Deje el plazo en blanco, o quite «sin fecha de vencimiento».")


def _check_signatures(checks: Checks, wanted: ConventionRequest) -> None:
    asked: list[tuple[tuple[str, ...], int]] = [
        (("sosepSignatures",), wanted.sosep_signatures),
        (("counterpartSignatures",), wanted.first.signatures),
    ]
    asked += [(("parties", str(n), "neededSignatures"), party.signatures) for n, party in enumerate(wanted.further)]
    for path, count in asked:
        checks.that(1 <= count <= MOST_SIGNATURES, path, f"Las firmas van de 1 a {MOST_SIGNATURES}.")


async def _check_parties(checks: Checks, wanted: ConventionRequest) -> None:
    """Note every counterpart that is none, unknown or named twice."""
    checks.that(len(wanted.further) <= MOST_PARTIES, "parties", f"Nombre {MOST_PARTIES} contrapartes más o menos.")
    asked: list[tuple[tuple[str, ...], Counterpart]] = [((), wanted.first)]
    asked += [(("parties", str(n)), party) for n, party in enumerate(wanted.further[:MOST_PARTIES])]
    codes = fitting(Municipality, "code", [party.municipality_code for _, party in asked])
    towns = set(await Municipality.filter(code__in=codes).values_list("code", flat=True))
    keys = [party.institution_id for _, party in asked if party.institution_id]
    institutions = set(await Institution.filter(id__in=keys).values_list("id", flat=True))
    seen: set[tuple[str, int | None]] = set()
    for at, party in asked:
        code, key = party.municipality_code, party.institution_id
        where = (*at, "institutionId" if key and not code else "municipalityCode")
        if not checks.that(
            bool(code) != bool(key), where, "Elija una municipalidad o una institución, una de las dos."
        ):
            continue
        if code and not checks.that(code in towns, where, f"No existe el municipio «{code[:40]}»."):
            continue
        if key and not checks.that(key in institutions, where, "No se encontró la institución."):
            continue
        checks.that((code, key) not in seen, where, "Esta contraparte ya está en la lista.")
        seen.add((code, key))


async def _centers(checks: Checks, actor: User, wanted: ConventionRequest) -> list[Center]:
    """Return the centers asked for, in reach and of the program; note each that is not."""
    checks.that(len(wanted.center_ids) <= MOST_CENTERS, "centerIds", f"Elija {MOST_CENTERS} centros o menos.")
    ids = list(dict.fromkeys(wanted.center_ids[:MOST_CENTERS]))
    known = {center.id: center for center in await Center.filter(within(Center, actor), id__in=ids)}
    for n, key in enumerate(ids):
        center = known.get(key)
        if checks.that(center, ("centerIds", str(n)), "No se encontró el centro.") and center:
            other = f"El centro {center.name} es de otro programa."
            checks.that(center.program == wanted.program, ("centerIds", str(n)), other)
    return [known[key] for key in ids if key in known]
