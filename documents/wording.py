"""The filters that templates may use: what each takes, what it gives, and how it words it in Spanish."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from jinja2 import Undefined

from .fields_reviews import OUTCOME_LABELS, Outcome
from .words import (
    Gender,
    cardinal,
    cui_words,
    date_digits,
    date_words,
    figure,
    hour_words,
    instrument_number,
    money,
    nit_words,
    ordinal,
)


class WordingError(ValueError):
    """A value cannot be worded: it is empty or of another kind than its place asks for."""


class Blank(str):
    """Room to write by hand what a project does not say yet; no wording changes it."""

    __slots__ = ()


BLANK = Blank("________")


@dataclass(frozen=True)
class Wording:
    """A filter with the type it takes and the type it gives; templates are checked against both."""

    function: Callable[..., Any]
    takes: type
    gives: type = str

    def __call__(self, value: Any, *arguments: str) -> Any:
        """Word a value, or refuse one of another type."""
        if isinstance(value, Undefined):
            str(value)  # a strict undefined raises here, with the name of what is missing
        if isinstance(value, Blank):
            return [value] if self.gives is list else value
        if not isinstance(value, self.takes) or isinstance(value, bool):
            raise WordingError("falta el dato o es de otra clase")
        return self.function(value, *arguments)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a free text: every line end begins one, blank lines count for nothing."""
    return [line.strip() for line in re.split("[\r\n\x85\u2028\u2029]+", text) if line.strip()]


def _count(number: int, singular: str, plural: str, gender: Gender = "M") -> str:
    return f"{figure(number, gender)} {singular if number == 1 else plural}"


def _number(text: str) -> str:
    """Return a number in words and digits; words after it stay, as in «120 de Alta Verapaz»."""
    found = re.match(r"([0-9]{1,12}(?:-[0-9]{1,12})*)(?=$|\s)", text)
    return instrument_number(found[1]) + text[found.end() :] if found else text


_OPENERS = {"para", "por", "de", "el", "la", "los", "las", "que", "con"}


def _within(text: str) -> str:
    """Return what was written as a heading as it stands inside a sentence: «Para el centro» goes on with «para»."""
    first, space, rest = text.partition(" ")
    opens = first.lower() in _OPENERS or re.fullmatch(r"[A-ZÁÉÍÓÚÑ][a-záéíóúñ]*[aei]r(?:se)?", first)
    return f"{first.lower()}{space}{rest}" if opens else text


def _article(text: str) -> str:
    return f"artículo {text}" if text[:1].isdigit() else text


def _with_de(name: str) -> str:
    """Return a name, or an article alone, after «de»: del MINISTERIO, de LA MUNICIPALIDAD, del."""
    article, _, rest = name.partition(" ")
    return f"del {rest}".rstrip() if article in ("el", "El", "EL") else f"de {name}"


WORDINGS: dict[str, Wording] = {
    "mayusculas": Wording(str.upper, str),
    "parrafos": Wording(paragraphs, str, list),
    "sin_punto": Wording(lambda text: text.rstrip(" .;,"), str),
    "numero": Wording(_number, str),
    "en_frase": Wording(_within, str),
    "articulo": Wording(_article, str),
    "cui": Wording(cui_words, str),
    "segun": Wording(lambda gender, feminine, masculine: feminine if gender == "F" else masculine, str),
    "con_de": Wording(_with_de, str),
    "nit": Wording(nit_words, str),
    "letras": Wording(cardinal, int),
    "figura": Wording(lambda number, gender="M": figure(number, gender, apocope=False), int),
    "cifra": Wording(str, int),
    "contar": Wording(_count, int),
    "ordinal": Wording(ordinal, int),
    "fecha": Wording(date_words, date),
    "fecha_corta": Wording(date_digits, date),
    "hora": Wording(hour_words, time),
    "dinero": Wording(money, Decimal),
    "quetzales": Wording(lambda amount: f"Q.{amount:,.2f}", Decimal),
    "sentido": Wording(OUTCOME_LABELS.__getitem__, Outcome),
}
"""Filters by the name that templates use; nothing else can be called from a template."""
