"""The ladder of reminders as administrators keep it: a rung added, changed or retired; what was told stays told."""

from dataclasses import dataclass

from actions.audited import Entry, audited
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal, Stale
from models.audit import Verb
from models.ladders import DayUnit, Instrument, LadderRung
from models.people import User
from reads.ladders import KINDS, USUAL

FURTHEST = {DayUnit.CALENDAR: 365, DayUnit.WORKING: 250}
"""Days before or after the end that a rung may lie: a year."""

NAMES = {Instrument.CONVENTION: "convenios", Instrument.LEASE: "inmuebles", Instrument.LICENSE: "licencias sanitarias"}
"""Whose ladder it is, in a sentence."""

TOLD = ("tells_municipality", "tells_program", "tells_office", "tells_legal")


@dataclass(frozen=True)
class RungInput:
    """A rung as an administrator gives it; `days` before the end, negative after it."""

    instrument: Instrument
    days: int
    unit: DayUnit = DayUnit.CALENDAR
    kind: str = ""
    tells_municipality: bool = False
    tells_program: bool = False
    tells_office: bool = False
    tells_legal: bool = False


async def save_rung(
    *, actor: User, given: RungInput, rung_id: int | None = None, expected_version: int | None = None
) -> LadderRung:
    """Add a rung, or change one; it counts from the next round of reminders.

    Nobody is told anew what the old ladder told: a rung behind the last one that an address heard of is passed over.
    """
    checks = Checks()
    most = FURTHEST[given.unit]
    checks.that(-most <= given.days <= most, "days", f"Los días van de {-most} (después) a {most} (antes).")
    known = not given.kind or given.kind in KINDS[given.instrument]
    checks.that(known, "kind", f"Elija una clase de {NAMES[given.instrument]}, o ninguna para todas.")
    somebody = any(getattr(given, name) for name in TOLD)
    checks.that(somebody, "tellsProgram", "Elija al menos a quién se avisa.")
    of_town = given.instrument == Instrument.LEASE and given.tells_municipality
    checks.that(
        not of_town,
        "tellsMunicipality",
        "Un inmueble es asunto de SOSEP y del propietario: no se avisa a la municipalidad.",
    )
    checks.done()
    values = {
        "instrument": given.instrument,
        "kind": given.kind,
        "days": given.days,
        # The day itself is no count of days.
        "unit": given.unit if given.days else DayUnit.CALENDAR,
        **{name: getattr(given, name) for name in TOLD},
    }
    async with audited(Verb.SAVE_RUNG, actor=actor) as entry:
        await _write_usual(entry, given.instrument)
        row = await _rung(rung_id, expected_version) if rung_id is not None else None
        await _refuse_second(values, row)
        if row is None:
            row = await entry.create(LadderRung, **values)
        else:
            await entry.change(row, **values)
        said = f"{actor.name} guardó en la escala de avisos de {NAMES[row.instrument]}: {rung_in_words(row)}."
        entry.about(row, said)
        return entry.answers(row)


async def retire_rung(*, actor: User, rung_id: int, expected_version: int | None = None) -> LadderRung:
    """Take a rung out of its ladder; it stays on record."""
    async with audited(Verb.RETIRE_RUNG, actor=actor) as entry:
        row = await _rung(rung_id, expected_version)
        await entry.change(row, retired_at=entry.at)
        said = f"{actor.name} retiró de la escala de avisos de {NAMES[row.instrument]}: {rung_in_words(row)}."
        entry.about(row, said)
        return entry.answers(row)


def rung_in_words(row: LadderRung) -> str:
    """Say when a rung comes: «30 días antes», «1 día hábil después», «el día que vence»."""
    if not row.days:
        return "el día que vence"
    many = abs(row.days)
    unit = "día" if many == 1 else "días"
    if row.unit == DayUnit.WORKING:
        unit += " hábil" if many == 1 else " hábiles"
    return f"{many} {unit} {'antes' if row.days > 0 else 'después'}"


async def _rung(rung_id: int, expected_version: int | None) -> LadderRung:
    row = await LadderRung.get_or_none(id=rung_id)
    if row is None:
        raise NotFound("el aviso de la escala", "rungId")
    if row.retired_at is not None:
        raise NotAllowedNow("Ese aviso ya se retiró de la escala. Agregue uno nuevo.")
    if expected_version is not None and row.version != expected_version:
        raise Stale
    return row


async def _write_usual(entry: Entry, instrument: Instrument) -> None:
    """Write the usual rungs down where the table has none: the first one saved must not be the only one."""
    if await LadderRung.filter(instrument=instrument).exists():
        return
    for rung in USUAL[instrument]:
        await entry.create(
            LadderRung,
            instrument=instrument,
            days=rung.days,
            unit=rung.unit,
            tells_municipality=rung.municipality,
            tells_program=rung.program,
            tells_office=rung.office,
            tells_legal=rung.legal,
        )


async def _refuse_second(values: dict[str, object], row: LadderRung | None) -> None:
    place = {name: values[name] for name in ("instrument", "kind", "days", "unit")}
    same = LadderRung.filter(**place, retired_at__isnull=True)
    other = await (same.exclude(id=row.id) if row else same).first()
    if other:
        message = f"La escala ya tiene un aviso {rung_in_words(other)}. Cambie ese."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("days",)))
