"""Opening centers, one by a form or many from a sheet: what a center must be, and the deeds that it begins with."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.audited import Entry, audited, refuse_beyond_reach
from actions.court import in_one_line
from actions.files import use_file
from actions.refusals import Checks, ErrorCode, Problem, Refusal
from models.audit import Verb
from models.centers import (
    KIND_LABELS,
    OF_THE_CENTER,
    Center,
    CenterEvent,
    CenterEventKind,
    CenterKind,
    CenterState,
    TenureBasis,
)
from models.fields import folded
from models.people import User
from models.permissions import SEES_ALL
from models.places import Municipality, ProgramCode
from reads.places import municipalities_meant, unclear_place

EARLIEST = date(1985, 1, 1)
"""No deed of a center that the office keeps is older; an earlier year is a slip of the keyboard."""

LARGEST_CENTER = 2000
"""People; a larger capacity is a slip of the keyboard."""

CODE = re.compile(r"[A-Z0-9][A-Z0-9._\-]*", re.ASCII)
"""Codes that an address can hold."""
CODE_RULE = "El código lleva solo letras sin tilde, números, puntos y guiones."
CODE_TAKEN = "Ese código ya es de otro centro."

KIND_WORDS = {kind: kind.value.replace("_", " ").title() if len(kind) > 4 else kind.value for kind in KIND_LABELS}
"""Each kind as people write it in a cell: «CAD», «Hogar Comunitario»."""

RUN_BY = {
    CenterKind.CAD: ProgramCode.MAD,
    CenterKind.CAP: ProgramCode.MAD,
    CenterKind.CADI: ProgramCode.HC,
    CenterKind.HOGAR_COMUNITARIO: ProgramCode.HC,
}
"""Which program runs each kind of center."""
FOREIGN_KIND = "Esa clase de centro es de otro programa."


def likely_code(text: str) -> str:
    """Return the code that somebody meant who typed one that cannot be."""
    return re.sub(r"[^A-Z0-9._\-]+", "-", folded(text).upper()).strip("-._")


def kinds_of(program: ProgramCode | None) -> str:
    """Say which kinds a program runs: «De su programa son: CAD y CAP.»; empty when it runs none."""
    own = " y ".join(KIND_WORDS[kind] for kind, of in RUN_BY.items() if of == program)
    return f"De su programa son: {own}." if own else ""


def center_words(code: str, name: str, town: str, department: str) -> str:
    """Return what a center is found by."""
    return folded(code, name, town, department)[:400]


def first_deeds(center: Center, opened_on: date | None) -> list[dict[str, Any]]:
    """Return the deeds that a new center begins with, as columns of CenterEvent; what has no date leaves none.

    A center that comes closed or suspended since a day was open before it.
    """
    deeds: list[dict[str, Any]] = []
    if opened_on:
        after = {
            "state": CenterState.OPEN.value,
            "state_since": opened_on.isoformat(),
            "capacity": center.capacity,
            "municipality_id": center.municipality_id,
            "settlement": center.settlement,
            "address": center.address,
            "premises": center.premises.value if center.premises else None,
        }
        before: dict[str, Any] = {"state_since": None, "premises": None}
        deeds.append({"kind": CenterEventKind.OPENING, "happened_on": opened_on, "before": before, "after": after})
    if center.state != CenterState.OPEN and center.state_since:
        before = {"state": CenterState.OPEN.value, "state_since": opened_on.isoformat() if opened_on else None}
        after = {"state": center.state.value, "state_since": center.state_since.isoformat()}
        suspended = center.state == CenterState.SUSPENDED
        kind = CenterEventKind.SUSPENSION if suspended else CenterEventKind.CLOSING
        deeds.append({"kind": kind, "happened_on": center.state_since, "before": before, "after": after})
    return deeds


@dataclass(frozen=True)
class NewCenter:
    """A center as the act that opens it says."""

    name: str
    kind: CenterKind
    municipality: str
    """Name or INE code."""
    opened_on: date
    act: str
    code: str = ""
    """Empty: the next one of the program in the municipality."""
    settlement: str = ""
    address: str = ""
    capacity: int | None = None
    premises: TenureBasis | None = None
    """Own building or assignment; empty when a convention or lease gives the premises, or nothing is on record."""
    reason: str = ""
    file_id: int | None = None


async def open_center(*, actor: User, given: NewCenter) -> Center:
    """Put a center on record with the deed of its opening.

    Refuses a code that is another center's, a kind of another program and a day that is still to come.
    """
    checks = Checks()
    code = checks.text(given.code, "code", label="el código", most=24, required=False).upper()
    near = likely_code(code)
    checks.that(not code or CODE.fullmatch(code), "code", f"{CODE_RULE} Pruebe con {near}." if near else CODE_RULE)
    name = in_one_line(checks.text(given.name, "name", label="el nombre", most=120))
    place = place_words(checks, given.settlement, given.address)
    act = act_of(checks, given.act)
    reason = checks.text(given.reason, "reason", label="el motivo", most=2000, required=False)
    check_capacity(checks, given.capacity)
    check_premises(checks, given.premises)
    program = RUN_BY[given.kind]
    if actor.role not in SEES_ALL and actor.program:
        foreign = f"{FOREIGN_KIND} {kinds_of(actor.program)}".strip()
        checks.that(program == actor.program, "kind", foreign)
    async with audited(Verb.OPEN_CENTER, actor=actor) as entry:
        check_day(checks, given.opened_on, entry, "openedOn")
        town = await town_of(checks, given.municipality)
        checks.done()
        assert town
        if code and await Center.filter(code=code).exists():
            raise Refusal(Problem(ErrorCode.CONFLICT, f"{CODE_TAKEN} Use otro.", ("code",)))
        code = code or await _next_code(program, town.code)
        center = await entry.create(
            Center,
            code=code,
            name=name,
            kind=given.kind,
            program=program,
            municipality_id=town.code,
            **place,
            capacity=given.capacity,
            premises=given.premises,
            state=CenterState.OPEN,
            state_since=given.opened_on,
            search=center_words(code, name, town.name, town.department.name),
        )
        await refuse_beyond_reach(center, actor, Verb.OPEN_CENTER)
        file = await use_file(entry, given.file_id, actor, "fileId") if given.file_id else None
        (deed,) = first_deeds(center, given.opened_on)
        await entry.create(
            CenterEvent,
            center_id=center.id,
            **deed,
            act=act,
            reason=reason,
            file_id=file.id if file else None,
            recorded_at=entry.at,
            recorded_by_id=actor.id,
        )
        entry.about(center, f"{actor.name} abrió el centro {name} desde el {given.opened_on:%d/%m/%Y} ({act}).")
        return entry.answers(center)


async def _next_code(program: ProgramCode, town: str) -> str:
    """Return the next code of a program in a municipality, as «MAD-1610-02»."""
    prefix = f"{program.value}-{town}-"
    codes = await Center.filter(code__startswith=prefix).values_list("code", flat=True)
    taken = [int(rest) for one in codes if (rest := str(one)[len(prefix) :]).isdecimal() and rest.isascii()]
    return f"{prefix}{max(taken, default=0) + 1:02d}"


# What the form of an opening and that of any other deed have in common ------------------------------------------------


def act_of(checks: Checks, act: str) -> str:
    """Return the paper that orders a deed, checked."""
    return in_one_line(checks.text(act, "act", label="el acto que lo ordena, como «Acuerdo Interno 12-2026»", most=160))


def place_words(checks: Checks, settlement: str | None, address: str | None) -> dict[str, str]:
    """Return where in a municipality a center is, checked."""
    label = "la zona, aldea o colonia"
    return {
        "settlement": in_one_line(checks.text(settlement, "settlement", label=label, most=80, required=False)),
        "address": in_one_line(checks.text(address, "address", label="la dirección", most=200, required=False)),
    }


def check_capacity(checks: Checks, capacity: int | None) -> None:
    """Note a capacity that no center has."""
    fits = capacity is None or 1 <= capacity <= LARGEST_CENTER
    checks.that(fits, "capacity", f"La capacidad va de 1 a {LARGEST_CENTER:,} personas.")


def check_premises(checks: Checks, premises: TenureBasis | None) -> None:
    """Note a basis that no record of a center holds: agreements have records of their own."""
    words = "Elija «inmueble propio» o «inmueble adscrito»; los convenios y arrendamientos se registran aparte."
    checks.that(premises is None or premises in OF_THE_CENTER, "premises", words)


def check_day(checks: Checks, day: date, entry: Entry, path: str) -> bool:
    """Note a day on which no deed can have happened; tell whether it may have."""
    span = f"La fecha va del {EARLIEST:%d/%m/%Y} a hoy, {entry.today:%d/%m/%Y}."
    return checks.that(EARLIEST <= day <= entry.today, path, span)


async def town_of(checks: Checks, written: str, path: str = "municipalityCode") -> Municipality | None:
    """Return the municipality, with its department, that a typed name or code means; note when it means none or two."""
    if not checks.that(written.strip(), path, "Escriba el municipio: su nombre o su código del INE."):
        return None
    found = await municipalities_meant(written)
    if not checks.that(len(found) == 1, path, unclear_place(written, found)):
        return None
    await found[0].fetch_related("department")
    return found[0]
