"""What a cell of a spreadsheet means: a text, a day or an hour, in the ways that people in Guatemala write them."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""A value as the readers of spreadsheets give it."""

_EXCEL_BEGINS = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""Serial numbers that are taken for days: October 1954 to January 2119."""

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]00:00(?::00)?)?", re.ASCII)
_FIGURES = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})(?:\s*[/.\-]\s*|\s+(?:de\s+)?)([a-z]+)\.?(?:\s*[/.\-]\s*|\s+(?:del?\s+)?)(\d{2}|\d{4})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})\s*[:.h]\s*(\d{2})(?::00)?\s*(?:(a|p)\.?\s*m\.?)?(?:\s*h(?:oras|rs)?\.?)?", re.ASCII)


class Unreadable(Exception):
    """A cell is not what its column asks for; why, and what was probably meant (empty when nobody can tell)."""

    def __init__(self, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion


def as_text(cell: Cell) -> str:
    """Return a cell as somebody would read it; what looks like a formula is a text like any other."""
    if isinstance(cell, str):
        return unicodedata.normalize("NFC", cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "sí" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return str(cell)


def as_day(cell: Cell) -> date | None:
    """Return the day of a cell, None of an empty one; raises Unreadable.

    Takes days of Excel, their serial numbers, 2025-01-24, 24/01/2025 (the day first, always), 24-ene-25 and
    «24 de enero de 2025».
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if not text:
        return None
    if isinstance(cell, bool | time | timedelta):
        raise Unreadable("No es una fecha.", "Escríbala como 24/01/2025.")
    if _SERIAL.fullmatch(text):
        return _of_serial(int(float(text)))
    written = plain(text)
    if found := _ISO.fullmatch(written):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _FIGURES.fullmatch(written):
        return _day(int(found[1]), int(found[2]), _year(found[3]))
    if found := _WORDS.fullmatch(written):
        return _day(int(found[1]), month_named(found[2]), _year(found[3]))
    raise Unreadable("No se entiende como fecha.", "Escríbala como 24/01/2025.")


def _of_serial(number: int) -> date:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _EXCEL_BEGINS + timedelta(days=number)
    raise Unreadable("El número no es una fecha de Excel.", "Escríbala como 24/01/2025.")


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def month_named(word: str) -> int:
    """Return the number of a month by its name or its first three letters; raises Unreadable."""
    word = {"set": "sep", "sept": "sep", "setiembre": "sep"}.get(word, word)
    for number, name in enumerate(MONTHS, start=1):
        if word in (name, name[:3]):
            return number
    raise Unreadable(f"«{word}» no es un mes.", "Use ene, feb, mar… o el número del mes.")


def _day(day: int, month: int, year: int) -> date:
    if not 1000 <= year <= 9999:
        raise Unreadable("El año no existe.", "Escriba el año con cuatro cifras.")
    if not 1 <= month <= 12:
        swapped = f"¿{month:02d}/{day:02d}/{year}? Primero va el día." if 1 <= day <= 12 and month <= 31 else ""
        raise Unreadable(f"El mes {month} no existe.", swapped or "Los meses van de 1 a 12.")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        suggestion = f"¿{last:02d}/{month:02d}/{year}?" if day else f"¿01/{month:02d}/{year}?"
        raise Unreadable(f"Esa fecha no existe: {MONTHS[month - 1]} de {year} tiene {last} días.", suggestion)
    return date(year, month, day)


def as_hour(cell: Cell) -> str:
    """Return the hour of a cell as HH:MM, empty for an empty one; raises Unreadable."""
    if isinstance(cell, time | datetime):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    text = as_text(cell)
    if not text:
        return ""
    found = _HOUR.fullmatch(plain(text))
    if found:
        hour, minute = int(found[1]), int(found[2])
        if found[3] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if found[3] == "p" else 0)
        if hour < 24 and minute < 60:
            return f"{hour:02d}:{minute:02d}"
    raise Unreadable("No se entiende como hora.", "Escríbala de 00:00 a 23:59, como 09:30.")


def plain(text: str) -> str:
    """Return a text in small letters without accents, its blanks single."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = unicodedata.normalize("NFKD", text)
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).casefold().split())
