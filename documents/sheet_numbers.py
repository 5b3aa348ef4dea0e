"""What a cell of a spreadsheet means as a number: a count, quetzales, a tax number, a month; nothing is guessed."""

import re
from datetime import date, datetime, time
from decimal import Decimal

from documents.sheet_cells import Cell, Unreadable, as_day, as_text, month_named, plain
from documents.words import valid_nit

CENTAVO = Decimal("0.01")
_NOISE = Decimal("0.000001")
"""What binary fractions add to an amount that Excel computed."""

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,12}", re.ASCII)
_AMOUNT = re.compile(r"(?:q\.?\s*)?(\d{1,3}(?:,\d{3})+|\d{1,11})(\.\d{1,2})?", re.ASCII | re.IGNORECASE)
_DOTTED = re.compile(r"(?:q\.?\s*)?(\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?", re.ASCII | re.IGNORECASE)
_COMMA = re.compile(r"(?:q\.?\s*)?(\d+),(\d{1,2})", re.ASCII | re.IGNORECASE)
_MONTH = re.compile(r"(?:([a-z]+)\.?|(\d{1,2}))\s*(?:[/.\-]|\s+(?:del?\s+)?|\s)\s*(\d{2}|\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)


def as_whole(cell: Cell) -> int | None:
    """Return a count, None of an empty cell; raises Unreadable for fractions, signs and words."""
    if isinstance(cell, float) and not cell.is_integer():
        raise Unreadable("Debe ser un número entero.", f"¿{round(cell)}?" if abs(cell) < 1e9 else "")
    text = as_text(cell)
    if not text:
        return None
    if isinstance(cell, bool | date | time) or not _WHOLE.fullmatch(text):
        raise Unreadable("Debe ser un número entero, sin signo ni decimales.", "Escríbalo como 25.")
    return int(text.replace(",", ""))


def as_amount(cell: Cell) -> Decimal | None:
    """Return quetzales, None of an empty cell; raises Unreadable for what could be read in two ways.

    The comma parts thousands and the point the centavos, as in Guatemala: «Q.1,500.00», «1500», «1500.5».
    """
    if isinstance(cell, bool | date | datetime | time):
        raise Unreadable("No es un monto.", "Escríbalo como 1500.00 o Q.1,500.00.")
    if isinstance(cell, int | float):
        return _of_number(cell)
    text = as_text(cell)
    if not text:
        return None
    if found := _AMOUNT.fullmatch(text):
        return Decimal(found[1].replace(",", "") + (found[2] or "")).quantize(CENTAVO)
    if found := _DOTTED.fullmatch(text):
        whole = found[1].replace(".", "")
        raise Unreadable(
            "No se sabe qué separan el punto y la coma.", f"¿Q.{int(whole):,}.{(found[2] or '').ljust(2, '0')}?"
        )
    if found := _COMMA.fullmatch(text):
        meant = f"¿Q.{int(found[1]):,}.{found[2].ljust(2, '0')}? Los centavos van después de un punto."
        raise Unreadable("No se sabe si la coma separa miles o centavos.", meant)
    raise Unreadable("No se entiende como monto en quetzales.", "Escríbalo como 1500.00 o Q.1,500.00.")


def _of_number(number: float) -> Decimal:
    if not abs(number) < 1e11:
        raise Unreadable("El monto es demasiado grande.", "Revise sus cifras.")
    exact = Decimal(str(number))
    amount = exact.quantize(CENTAVO)
    if exact < 0 or abs(exact - amount) > _NOISE:
        raise Unreadable("El monto no lleva signo y tiene a lo sumo dos decimales.", f"¿{abs(amount):,.2f}?")
    return amount


def as_nit(cell: Cell) -> str:
    """Return a tax number as it is printed, «576937-K», empty for an empty cell; raises Unreadable.

    One that Excel turned into a number is restored only if its check digit agrees.
    """
    text = as_text(cell)
    if not text:
        return ""
    digits = re.sub(r"[\s.\-]", "", text).upper()
    if valid_nit(digits):
        return f"{digits[:-1]}-{digits[-1]}"
    if isinstance(cell, float) or re.fullmatch(r"\d+(?:[.,]\d+)?E\+\d+", digits):
        reason = "Excel convirtió el NIT en un número y sus dígitos ya no concuerdan."
        raise Unreadable(reason, "Dé a la columna formato de texto y escríbalo de nuevo.")
    raise Unreadable("El NIT no es válido: su dígito verificador no concuerda.", "Cópielo del RTU, como 576937-K.")


def as_month(cell: Cell) -> date | None:
    """Return the first day of a month, None of an empty cell; raises Unreadable.

    Takes any day of it, «enero 2025», «ene-25», 01/2025 and 2025-01.
    """
    if isinstance(cell, str):
        written = plain(as_text(cell))
        if found := _YEAR_FIRST.fullmatch(written):
            return _first_of(found[1], int(found[2]))
        if found := _MONTH.fullmatch(written):
            return _first_of(found[3], month_named(found[1]) if found[1] else int(found[2]))
    day = as_day(cell)
    return day.replace(day=1) if day else None


def _first_of(year: str, month: int) -> date:
    if not 1 <= month <= 12:
        raise Unreadable(f"El mes {month} no existe.", "Escríbalo como 01/2025.")
    number = int(year) if len(year) == 4 else 2000 + int(year)
    if number < 1000:
        raise Unreadable("El año no existe.", "Escriba el año con cuatro cifras.")
    return date(number, month, 1)
