"""How the numbers of papers are written, kept as dated data: a new pattern never touches a number that was given."""

import re
from datetime import date
from string import Formatter

from actions.audited import audited
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from models.audit import Verb
from models.papers import LEGAL_UNIT, DocumentKind, SeriesPattern
from models.people import User
from reads.series import USUAL_PATTERN

LONGEST_NUMBER = 60
"""Characters of a number, as its column holds them."""
FURTHEST_DAYS = 366
"""Calendar days that a pattern may be set ahead."""

_PLACES = {"kind", "unit", "serial", "year"}
_PLAIN = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ./ -]*")
"""What may stand between the places. No digits: beside them a serial could be read as another one."""
_WIDTH = re.compile(r"0[2-6]d?")
"""Leading zeros of a serial: `{serial:04}`."""


async def set_series_pattern(
    *, actor: User, kind: DocumentKind, pattern: str, valid_from: date | None = None
) -> SeriesPattern:
    """Say how a kind's numbers are written from a day on, today or later; numbers given stay as they are."""
    checks = Checks()
    pattern = checks.text(pattern, "pattern", label="el patrón", most=80)
    if not checks.problems:
        _check(checks, kind, pattern)
    async with audited(Verb.SET_SERIES_PATTERN, actor=actor) as entry:
        first = valid_from or entry.today
        ahead = 0 <= (first - entry.today).days <= FURTHEST_DAYS
        checks.that(ahead, "validFrom", "El patrón rige desde hoy o desde un día de los próximos doce meses.")
        checks.done()
        await _refuse_mistakable(kind, pattern)
        row = await SeriesPattern.get_or_none(kind=kind.value, unit=LEGAL_UNIT, valid_from=first)
        if row is None:
            values = {"kind": kind.value, "unit": LEGAL_UNIT, "pattern": pattern, "valid_from": first}
            row = await entry.create(SeriesPattern, **values)
        elif row.pattern == pattern:
            raise NotAllowedNow(f"Los números de esta clase ya se escriben así desde el {first:%d/%m/%Y}.")
        else:
            await entry.change(row, pattern=pattern)
        example = pattern.format(kind=kind.value, unit=LEGAL_UNIT, serial=172, year=first.year)
        entry.about(row, f"{actor.name} fijó los números desde el {first:%d/%m/%Y}, así: {example}.")
        return entry.answers(row)


def _check(checks: Checks, kind: DocumentKind, pattern: str) -> None:
    """Note what keeps a pattern from writing numbers that are told apart."""
    try:
        pieces = list(Formatter().parse(pattern))
    except ValueError:
        checks.that(False, "pattern", "Las llaves del patrón no están en pares: escriba, por ejemplo, {serial}.")
        return
    named = [name for _, name, _, _ in pieces if name is not None]
    known = all(name in _PLACES for name in named)
    if not checks.that(known, "pattern", "Entre llaves van solo {kind}, {unit}, {serial} y {year}."):
        return
    once = named.count("serial") == 1 and named.count("year") == 1
    checks.that(once, "pattern", "El patrón lleva una vez {serial} y una vez {year}.")
    plain = all(_PLAIN.fullmatch(text) for text, *_ in pieces)
    checks.that(plain, "pattern", "Fuera de las llaves use letras, espacios, puntos, guiones y barras.")
    specs = all(
        not conversion and (not spec or (name == "serial" and _WIDTH.fullmatch(spec)))
        for _, name, spec, conversion in pieces
    )
    if not checks.that(specs, "pattern", "Solo {serial} admite un ancho, como {serial:04}."):
        return
    beside = re.search(r"\{serial[^}]*\}\{year\}|\{year\}\{serial", pattern)
    checks.that(not beside, "pattern", "Ponga un guion o una barra entre {serial} y {year}.")
    longest = pattern.format(kind=kind.value, unit=LEGAL_UNIT, serial=999_999, year=2999)
    fits = len(longest) <= LONGEST_NUMBER
    checks.that(fits, "pattern", f"Los números quedarían de más de {LONGEST_NUMBER} caracteres: acorte el patrón.")


async def _refuse_mistakable(kind: DocumentKind, pattern: str) -> None:
    """Refuse a pattern that could write the number of a paper of another kind: no two papers share a number."""
    others = await SeriesPattern.exclude(kind=kind.value).values_list("kind", "unit", "pattern")
    written = {(one.value, LEGAL_UNIT, USUAL_PATTERN) for one in DocumentKind if one != kind}
    mine = _skeleton(kind.value, LEGAL_UNIT, pattern)
    for other, unit, theirs in sorted({*written, *others}):
        if _skeleton(other, unit, theirs) == mine:
            message = (
                f"Así se escriben los números de otra clase ({other}) y no se distinguirían: agregue {{kind}} o una "
                "palabra propia."
            )
            raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("pattern",)))


def _skeleton(kind: str, unit: str, pattern: str) -> str:
    """Return a number of a pattern with every figure left open."""
    return re.sub(r"\{(serial|year)[^}]*\}", "#", pattern).format(kind=kind, unit=unit).casefold()
