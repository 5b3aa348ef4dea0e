"""The checklist catalog as administrators keep it: lines are dated, and what a file was asked for never changes."""

import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from tortoise.expressions import Q

from actions.audited import Entry, audited
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal
from models.agreements import ConventionKind
from models.audit import Verb
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import Requirement, ReviewMatter, ReviewRequirement
from reads.people import told

CODE = re.compile(r"[A-Z][A-Z0-9_]{1,33}")
"""A code as administrators write it; «-2» and so on are added to the lines that follow under the same code."""

CONVENTION_MATTERS = frozenset(
    {
        ReviewMatter.CONVENTION_MAD,
        ReviewMatter.CONVENTION_CADI,
        ReviewMatter.CONVENTION_OTHER,
        ReviewMatter.CARTA_ENTENDIMIENTO,
        ReviewMatter.MEMORANDUM_ENTENDIMIENTO,
    }
)
"""Matters of conventions, whose lines go by kind and program."""

LAST_POSITION = 999


@dataclass(frozen=True)
class RequirementLine:
    """A line of the checklist as it should read, whole: what is empty is empty in the catalog too."""

    title: str
    help: str = ""
    legal_basis: str = ""
    mandatory: bool = False
    convention_kind: ConventionKind | None = None
    program: ProgramCode | None = None
    matter: ReviewMatter | None = None
    municipal_only: bool = False
    position: int | None = None


def family(code: str) -> str:
    """Return the code that a line shares with those it replaced: SOLICITUD of SOLICITUD-2."""
    return code.partition("-")[0]


async def save_requirement(
    *,
    actor: User,
    line: RequirementLine,
    requirement_id: int | None = None,
    code: str = "",
    valid_from: date | None = None,
) -> Requirement:
    """Add a line to the catalog, or change one; returns the line that holds from then on.

    A line that some file was asked for is not touched: it is retired on the eve of `valid_from` (today when empty), and
    a new line takes its place under the same code with the next number («SOLICITUD-2»). So it is with a change that
    begins on a later day. A line that no file was asked for is corrected where it stands. What reads otherwise than a
    lawyer confirmed is to be confirmed anew.
    """
    checks = Checks()
    wanted = _checked(checks, line)
    code = code.strip().upper()
    if requirement_id is None:
        shape = "El código lleva de 2 a 34 letras mayúsculas sin tilde, números o guiones bajos, como ACTA_CONCEJO."
        checks.that(CODE.fullmatch(code), "code", shape)
    checks.done()
    async with audited(Verb.SAVE_REQUIREMENT, actor=actor) as entry:
        day = valid_from or entry.today
        checks.that(day >= entry.today, "validFrom", "Un requisito rige desde hoy o desde un día que viene.")
        checks.done()
        if requirement_id is None:
            return await _add(entry, code, wanted, day)
        old = await _line(requirement_id)
        if old.valid_to is not None:
            message = f"El requisito {old.code} se pide hasta el {old.valid_to:%d/%m/%Y}: cambie el que lo sustituye."
            raise NotAllowedNow(message)
        return await _change(entry, old, wanted, valid_from, day)


def _checked(checks: Checks, line: RequirementLine) -> RequirementLine:
    """Return the line without outer blanks, noting what is wrong with it."""
    title = checks.text(line.title, "title", label="qué se pide", most=240)
    help = checks.text(line.help, "help", label="la explicación", most=4000, required=False)
    basis = checks.text(line.legal_basis, "legalBasis", label="el fundamento legal", most=240, required=False)
    fits = line.position is None or 0 <= line.position <= LAST_POSITION
    checks.that(fits, "position", f"El orden va de 0 a {LAST_POSITION}.")
    if line.matter:
        alone = not (line.convention_kind or line.program or line.municipal_only)
        of_others = (
            "El asunto es para lo que no es convenio: deje vacíos la clase, el programa y lo de municipalidades."
        )
        checks.that(alone, "matter", of_others)
        by_kind = "Para un convenio elija la clase y, si hace falta, el programa; deje vacío el asunto."
        checks.that(line.matter not in CONVENTION_MATTERS, "matter", by_kind)
    return RequirementLine(**asdict(line) | {"title": title, "help": help, "legal_basis": basis})


async def _add(entry: Entry, code: str, line: RequirementLine, day: date) -> Requirement:
    lines = await _lines_of(code)
    living = [one for one in lines if one.valid_to is None or one.valid_to >= day]
    if living:
        message = f"Ya hay un requisito {living[-1].code}: «{living[-1].title}». Cámbielo, o use otro código."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("code",)))
    made = await _create(entry, _next_code(code, lines), line, day)
    entry.about(made, f"{entry.actor.name} agregó al catálogo el requisito {made.code}, «{made.title}».")
    await _ask_for_confirmation(entry, made)
    return entry.answers(made)


async def _change(
    entry: Entry, old: Requirement, line: RequirementLine, valid_from: date | None, day: date
) -> Requirement:
    values = asdict(line)
    if line.position is None:
        values["position"] = old.position
    worded = any(getattr(old, name) != value for name, value in values.items() if name != "position")
    begun = old.valid_from <= entry.today
    lasting = begun and (day > entry.today or await ReviewRequirement.exists(requirement_id=old.id))
    if not worded or not lasting:
        if not begun and valid_from:
            values["valid_from"] = valid_from
        await entry.change(old, **values, **({"confirmed": False} if worded else {}))
        entry.about(old, f"{entry.actor.name} corrigió el requisito {old.code} del catálogo.")
        if worded:
            await _ask_for_confirmation(entry, old)
        return entry.answers(old)
    await entry.change(old, valid_to=day - timedelta(days=1))
    made = await _create(entry, _next_code(old.code, await _lines_of(old.code)), RequirementLine(**values), day)
    summary = f"{entry.actor.name} cambió el requisito {old.code}: desde el {day:%d/%m/%Y} se pide el {made.code}."
    entry.about(made, summary)
    await _ask_for_confirmation(entry, made)
    return entry.answers(made)


async def _ask_for_confirmation(entry: Entry, line: Requirement) -> None:
    entry.tell(
        await told(roles=[Role.LEGAL_HEAD]),
        key=f"requirement:{entry.sequence}",
        subject=f"Requisito por confirmar: {line.code}",
        body=f"{entry.summary}\n\n{line.title}\n\nConfírmelo en Administración › Requisitos, o diga qué corregir.",
    )


async def _create(entry: Entry, code: str, line: RequirementLine, day: date) -> Requirement:
    values = asdict(line)
    if line.position is None:
        last = await Requirement.all().order_by("-position").first()
        values["position"] = min(last.position + 1, LAST_POSITION) if last else 1
    return await entry.create(Requirement, code=code, valid_from=day, confirmed=False, **values)


async def _lines_of(code: str) -> list[Requirement]:
    """Return the line of a code and those that followed it, oldest first."""
    base = family(code)
    return await Requirement.filter(Q(code=base) | Q(code__startswith=f"{base}-")).order_by("id")


def _next_code(code: str, lines: list[Requirement]) -> str:
    numbers = [int(one.code.partition("-")[2] or 1) for one in lines]
    return f"{family(code)}-{max(numbers) + 1}" if numbers else code


async def _line(requirement_id: int) -> Requirement:
    found = await Requirement.get_or_none(id=requirement_id)
    if found is None:
        raise NotFound("el requisito", "requirementId")
    return found


async def retire_requirement(*, actor: User, requirement_id: int, retired_from: date | None = None) -> Requirement:
    """Ask for a line no longer from a day on (today when empty); the files that were asked for it keep it."""
    async with audited(Verb.RETIRE_REQUIREMENT, actor=actor) as entry:
        line = await _line(requirement_id)
        day = retired_from or entry.today
        checks = Checks()
        checks.that(day >= entry.today, "retiredFrom", "Un requisito se retira desde hoy o desde un día que viene.")
        checks.done()
        if line.valid_to is not None and line.valid_to < entry.today:
            raise NotAllowedNow(f"El requisito {line.code} ya no se pide desde el {_after(line.valid_to)}.")
        follower = await Requirement.filter(code__startswith=f"{family(line.code)}-", id__gt=line.id).first()
        if line.valid_to is not None and follower:
            message = f"Al requisito {line.code} lo sustituye el {follower.code} desde el {_after(line.valid_to)}."
            raise NotAllowedNow(f"{message} Retire ese.")
        await entry.change(line, valid_to=day - timedelta(days=1))
        entry.about(line, f"{actor.name} retiró del catálogo el requisito {line.code} desde el {day:%d/%m/%Y}.")
        return entry.answers(line)


async def confirm_requirement(*, actor: User, requirement_id: int) -> Requirement:
    """Confirm, as a lawyer of the office, that a line asks for the right thing on the right basis."""
    async with audited(Verb.CONFIRM_REQUIREMENT, actor=actor) as entry:
        line = await _line(requirement_id)
        if line.valid_to is not None and line.valid_to < entry.today:
            raise NotAllowedNow(f"El requisito {line.code} ya no se pide desde el {_after(line.valid_to)}.")
        if line.confirmed:
            raise NotAllowedNow(f"El requisito {line.code} ya está confirmado.")
        await entry.change(line, confirmed=True)
        entry.about(line, f"{actor.name} confirmó el requisito {line.code} del catálogo.")
        return entry.answers(line)


def _after(last: date) -> str:
    return f"{last + timedelta(days=1):%d/%m/%Y}"
