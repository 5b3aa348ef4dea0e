"""Court files: registering one, and what changes in it until it is closed. Reserved, so no message names a party."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.audited import Entry, audited, reachable
from actions.court_agenda import add_notice_deadline, keep_next_date
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from actions.registry import court_file_code
from models.audit import Verb
from models.court import (
    BRANCH_OF,
    COURT_KIND_LABELS,
    COURT_MOVES,
    COURT_STAGE_LABELS,
    DATE_KIND_LABELS,
    CourtDate,
    CourtFile,
    CourtFileKind,
    CourtStage,
    searchable,
)
from models.people import User
from models.places import Department
from reads.court import court_twin, notices_awaiting
from reads.people import lawyers, told

OLDEST = date(1980, 1, 1)
"""No case that the office still keeps began earlier."""
LONGEST_PARTIES = 1500
"""Characters of all claimants, or all defendants, of a file."""


@dataclass(frozen=True)
class CourtFileInput:
    """What is known of a court file when it is registered; the parties one a line or one an element."""

    kind: CourtFileKind
    court: str
    opened_on: date
    court_number: str = ""
    claimants: Sequence[str] = ()
    defendants: Sequence[str] = ()
    subject: str = ""
    department_code: str | None = None
    lawyer_id: int | None = None
    note: str = ""


def in_one_line(text: str) -> str:
    """Return a text with single blanks, so that the same court or number is always written alike."""
    return " ".join(text.split())


def court_text(checks: Checks, text: str, path: str = "court") -> str:
    """Return the name of a court, checked."""
    return in_one_line(checks.text(text, path, label="el juzgado u órgano", most=200))


def number_text(checks: Checks, text: str, path: str = "courtNumber") -> str:
    """Return the number that a court gave, checked; it may be missing."""
    return in_one_line(checks.text(text, path, label="el número del juzgado", most=60, required=False))


def _parties(checks: Checks, given: Sequence[str], path: str, label: str) -> str:
    lines = [in_one_line(line) for text in given for line in text.splitlines()]
    joined = "\n".join(line for line in lines if line)
    return checks.text(joined, path, label=label, most=LONGEST_PARTIES, required=False)


async def register_court_file(*, actor: User, given: CourtFileInput) -> CourtFile:
    """Register a court file under the next code, with its branch by its kind.

    The same court and number twice is refused. Notices of that number that came before it are linked to it.
    """
    checks = Checks()
    court, number = court_text(checks, given.court), number_text(checks, given.court_number)
    claimants = _parties(checks, given.claimants, "claimants", "los actores o denunciantes")
    defendants = _parties(checks, given.defendants, "defendants", "los demandados o denunciados")
    checks.that(claimants or defendants, "claimants", "Escriba al menos una parte: quién demanda o contra quién.")
    subject = checks.text(given.subject, "subject", label="el asunto", most=300, required=False)
    note = checks.text(given.note, "note", label="la nota", most=4000, required=False)
    async with audited(Verb.REGISTER_COURT_FILE, actor=actor) as entry:
        checks.that(
            OLDEST <= given.opened_on <= entry.today,
            "openedOn",
            f"La fecha de inicio va del {OLDEST:%d/%m/%Y} a hoy.",
        )
        place = await _department(checks, given.department_code)
        await _lawyer(checks, given.lawyer_id)
        checks.done()
        await _refuse_twin(court, number)
        code = await court_file_code(entry)
        file = await entry.create(
            CourtFile,
            code=code,
            branch=BRANCH_OF[given.kind],
            kind=given.kind,
            court=court,
            court_number=number,
            claimants=claimants,
            defendants=defendants,
            subject=subject,
            department_id=place.code if place else None,
            lawyer_id=given.lawyer_id,
            opened_on=given.opened_on,
            note=note,
            search=court_file_search(code, number, court, place, claimants, defendants, subject),
        )
        linked = await _link_waiting(entry, file)
        kind = COURT_KIND_LABELS[given.kind].lower()
        entry.about(file, f"{actor.name} registró el expediente judicial {code} ({kind}).{linked}")
        await _tell_lawyer(entry, file)
        return entry.answers(file)


def court_file_search(
    code: str, number: str, court: str, place: Department | None, claimants: str, defendants: str, subject: str
) -> str:
    """Return what a court file is found by."""
    return searchable(code, number, court, place.name if place else "", claimants, defendants, subject)


async def _department(checks: Checks, code: str | None) -> Department | None:
    if not code:
        return None
    found = await Department.get_or_none(code=code) if len(code) == 2 else None
    checks.that(found, "departmentCode", f"No existe el departamento «{code[:40]}»: use el código del INE.")
    return found


async def _lawyer(checks: Checks, lawyer_id: int | None) -> None:
    if lawyer_id is not None:
        of_the_office = lawyer_id in {one.id for one in await lawyers()}
        checks.that(of_the_office, "lawyerId", "Elija a una persona de la Asesoría Jurídica con cuenta activa.")


async def _refuse_twin(court: str, number: str) -> None:
    twin = await court_twin(court, number)
    if twin:
        message = f"El expediente {twin.court_number} de «{twin.court}» ya está registrado: es el {twin.code}."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("courtNumber",)))


async def _link_waiting(entry: Entry, file: CourtFile) -> str:
    """Link the notices that came with the file's number before anybody registered it, and say how many."""
    waiting = await notices_awaiting(file)
    for notice in waiting:
        await entry.change(notice, court_file_id=file.id)
        await add_notice_deadline(entry, file, notice)
    if not waiting:
        return ""
    await keep_next_date(entry, file)
    many = f"vincularon {len(waiting)} notificaciones" if len(waiting) > 1 else "vinculó una notificación"
    return f" Se le {many}."


async def _tell_lawyer(entry: Entry, file: CourtFile) -> None:
    if file.lawyer_id and file.lawyer_id != entry.actor.id:
        entry.tell(
            await told(ids=[file.lawyer_id]),
            key=f"court-lawyer:{file.code}:{entry.sequence}",
            subject=f"Expediente judicial {file.code} a su cargo",
            body=f"{entry.actor.name} le asignó el expediente judicial {file.code}.",
            court_file_id=file.id,
        )


@dataclass(frozen=True)
class CourtFileChange:
    """What is to change in a court file; what is None stays as it is."""

    lawyer_id: int | None = None
    stage: CourtStage | None = None
    closed_on: date | None = None
    outcome: str | None = None
    court_number: str | None = None
    note: str | None = None


async def change_court_file(
    *, actor: User, court_file_id: int, change: CourtFileChange, expected_version: int | None = None
) -> CourtFile:
    """Change lawyer, stage, note or the court's number of an open file; closing needs date and outcome.

    A stage moves as COURT_MOVES says. Closing settles nothing in silence: a date without result is named and refused.
    """
    checks = Checks()
    number = number_text(checks, change.court_number or "")
    outcome = checks.text(change.outcome, "outcome", label="el resultado", most=4000, required=False)
    note = checks.text(change.note, "note", label="la nota", most=4000, required=False)
    closing = change.stage == CourtStage.CLOSED
    checks.that(not closing or outcome, "outcome", "Para fenecerlo escriba en qué terminó.")
    checks.that(not closing or change.closed_on, "closedOn", "Para fenecerlo escriba la fecha.")
    checks.that(closing or not change.closed_on, "closedOn", "La fecha de cierre solo va con la etapa «Fenecido».")
    decided = change.stage in (CourtStage.RULED, CourtStage.CLOSED)
    checks.that(decided or not outcome, "outcome", "El resultado se escribe al pasar a sentencia o al fenecerlo.")
    async with audited(Verb.CHANGE_COURT_FILE, actor=actor) as entry:
        file = await reachable(CourtFile, court_file_id, actor, expected_version=expected_version, path="courtFileId")
        refuse_closed(file)
        if closing and change.closed_on:
            checks.that(
                file.opened_on <= change.closed_on <= entry.today,
                "closedOn",
                f"La fecha de cierre va del inicio, {file.opened_on:%d/%m/%Y}, a hoy.",
            )
        await _lawyer(checks, change.lawyer_id)
        fixed = not file.court_number or not number or number == file.court_number
        checks.that(fixed, "courtNumber", f"El número {file.court_number} ya está anotado y no se cambia.")
        checks.done()
        if change.stage is not None:
            _refuse_impossible(file, change.stage)
        if closing:
            await _refuse_open_dates(file)
        values = {
            "lawyer_id": change.lawyer_id,
            "stage": change.stage,
            "closed_on": change.closed_on,
            "outcome": outcome or None,
            "court_number": number or None,
            "note": note if change.note is not None else None,
        }
        wanted: dict[str, Any] = {
            name: value for name, value in values.items() if value not in (None, getattr(file, name))
        }
        if not wanted:
            raise NotAllowedNow(f"El expediente {file.code} ya está así: indique qué cambia.")
        said = _words(wanted, {one.id: one.name for one in await lawyers()})
        linked = ""
        if "court_number" in wanted:
            await _refuse_twin(file.court, number)
            wanted["search"] = searchable(file.code, number, file.search)
        await entry.change(file, **wanted)
        if "court_number" in wanted:
            linked = await _link_waiting(entry, file)
        entry.about(file, f"{actor.name} actualizó el expediente judicial {file.code}: {said}.{linked}")
        if "lawyer_id" in wanted:
            await _tell_lawyer(entry, file)
        return entry.answers(file)


def refuse_closed(file: CourtFile) -> None:
    """Refuse a deed that a closed file takes no more."""
    if file.stage == CourtStage.CLOSED:
        when = f" desde el {file.closed_on:%d/%m/%Y}" if file.closed_on else ""
        raise NotAllowedNow(f"El expediente {file.code} está fenecido{when}: se consulta, pero ya no cambia.")


def _refuse_impossible(file: CourtFile, stage: CourtStage) -> None:
    possible = COURT_MOVES[file.stage]
    if stage not in possible:
        listed = " o ".join(f"«{COURT_STAGE_LABELS[one]}»" for one in possible)
        raise NotAllowedNow(
            f"El expediente {file.code} está «{COURT_STAGE_LABELS[file.stage]}» y no puede pasar a "
            f"«{COURT_STAGE_LABELS[stage]}». De ahí pasa a {listed}."
        )


async def _refuse_open_dates(file: CourtFile) -> None:
    dates = await CourtDate.filter(court_file_id=file.id, settled_on=None).order_by("on_date", "id")
    if dates:
        listed = ", ".join(f"{DATE_KIND_LABELS[one.kind].lower()} del {one.on_date:%d/%m/%Y}" for one in dates)
        raise NotAllowedNow(f"Antes de fenecer el {file.code} anote qué resultó de: {listed}.")


def _words(wanted: dict[str, Any], names: dict[int, str]) -> str:
    """Say what changed without saying what the file holds: the sentence may travel further than the file."""
    words = {
        "stage": lambda value: f"etapa «{COURT_STAGE_LABELS[value]}»",
        "lawyer_id": lambda value: f"a cargo de {names[value]}",
        "court_number": lambda value: "número del juzgado",
        "outcome": lambda value: "resultado",
        "note": lambda value: "nota",
    }
    return ", ".join(say(wanted[name]) for name, say in words.items() if name in wanted)
