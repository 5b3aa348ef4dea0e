"""Who appears in an agreement's paper: SOSEP and every counterpart, with whoever holds their offices on the day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

from documents.fields import Person
from documents.fields_parties import CouncilMinuteRef, FurtherParty, InstitutionParty, MunicipalParty
from models.agreements import Convention
from models.places import Municipality, OfficeHolder
from models.signing import CouncilMinute
from reads.parties import Party, parties_of
from reads.signing import latest_minute, office_holder

BLANK = "_" * 40
"""What a paper prints for a name that the directory of office holders lacks."""

MASCULINE = {
    "alto", "comité", "consejo", "cuerpo", "fondo", "instituto", "ministerio", "organismo", "programa", "refugio",
    "servicio", "sistema", "tribunal",
}  # fmt: skip
"""First words of institutions' names that take «el»; Fundación, Secretaría, Universidad, Asociación… take «la»."""


def article_of(name: str) -> Literal["el", "la"]:
    """Return the article that an institution's name takes: el Ministerio de Educación, la Fundación Contexto."""
    return "el" if name.split()[0].casefold() in MASCULINE else "la"


async def sosep_signers(convention: Convention, *, on: date) -> tuple[Person, tuple[Person, ...]]:
    """Return who signs for SOSEP on a day, and who signs besides when the convention needs more signatures."""
    return _person(await office_holder(on=on), "Secretaria"), _besides(convention.sosep_signatures)


async def parties_in_paper(convention: Convention, *, on: date) -> tuple[FurtherParty, ...]:
    """Return the counterparts as a paper of the day names them, in their order, each with its council's minute."""
    parties = (await parties_of([convention.id]))[convention.id]
    codes = [one.municipality_id for one in parties if one.municipality_id]
    towns = {town.code: town for town in await Municipality.filter(code__in=codes).select_related("department")}
    names = Counter(town.name for town in towns.values())
    return tuple([await _party(one, towns, names, on=on) for one in parties])


async def _party(party: Party, towns: dict[str, Municipality], names: Counter[str], *, on: date) -> FurtherParty:
    besides = _besides(party.needed_signatures)
    if not party.municipality_id:
        holder = await office_holder(institution=party.institution_id, on=on)
        representative = _person(holder, "Representante legal")
        article = article_of(party.name)
        return FurtherParty(
            institution=InstitutionParty(
                name=party.name, article=article, representative=representative, further_signers=besides
            )
        )
    town = towns[party.municipality_id]
    department = town.department.name
    # Two towns share a name in several departments: La Democracia is in Escuintla and in Huehuetenango.
    alias = f"LA MUNICIPALIDAD DE {town.name}, {department}".upper() if names[town.name] > 1 else ""
    mayor = _person(await office_holder(municipality=town.code, on=on), "Alcalde Municipal")
    return FurtherParty(
        municipality=MunicipalParty(
            name=town.name, department=department, mayor=mayor, alias=alias, further_signers=besides
        ),
        council_minute=_minute(await latest_minute(party.convention_id, party.party_id)),
    )


def _minute(minute: CouncilMinute | None) -> CouncilMinuteRef | None:
    if minute is None:
        return None
    return CouncilMinuteRef(
        act_number=minute.act_number,
        point_number=minute.point_number,
        session_date=minute.session_date,
        approved_date=minute.approved_date,
    )


def _besides(signatures: int) -> tuple[Person, ...]:
    """Return ruled blanks for the signatures beyond the first: the directory knows one holder of each office."""
    return tuple(Person(name=BLANK, position=BLANK, gender="M") for _ in range(signatures - 1))


def _person(holder: OfficeHolder | None, position: str) -> Person:
    """Return who signs as the paper names them; a ruled blank, to be filled by hand, when the directory has nobody."""
    if holder is None:
        return Person(name=BLANK, position=position, gender="M")
    return Person(
        name=holder.name,
        position=holder.position,
        gender="M" if holder.gender == "M" else "F",
        appointment=holder.appointment,
    )


def in_public(parties: Sequence[Party]) -> list[str]:
    """Return the parties as the public may read them: institutions, never persons."""
    return ["SOSEP", *(one.name for one in parties)]
