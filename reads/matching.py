"""How a typed text finds rows: codes as they are written, words in any spelling. Whatever is typed, it is no error."""

from collections.abc import Callable, Iterable

from tortoise.expressions import Q
from tortoise.models import Model

from models.fields import folded

LONGEST_SEARCH = 200
"""Characters of a search that count: no title is longer, and databases give up on patterns of many thousands."""
MOST_WORDS = 20
"""Words of a search that count: each is a condition of the statement."""


def exactly(model: type[Model], path: str, text: str) -> Q:
    """Return the condition that a column is the text; what is longer than the column holds is no row's."""
    *relations, column = path.split("__")
    for relation in relations:
        model = model._meta.fields_map[relation].related_model  # type: ignore[attr-defined]
    longest = model._meta.fields_map[column].max_length  # type: ignore[attr-defined]
    return Q(**{path: text}) if len(text) <= longest else Q(pk__in=[])


def fitting(model: type[Model], column: str, texts: Iterable[str]) -> list[str]:
    """Return those of the texts that a column can hold: the others are no row's."""
    longest = model._meta.fields_map[column].max_length  # type: ignore[attr-defined]
    return [text for text in texts if len(text) <= longest]


def _words(search: str | None) -> list[str]:
    return folded((search or "")[:LONGEST_SEARCH]).split()[:MOST_WORDS]


def holding(search: str | None) -> Q:
    """Return the condition that the column `search` holds every word of a search; none without words."""
    return Q(*(Q(search__contains=word) for word in _words(search)))


def holds(search: str | None) -> Callable[[str], bool]:
    """Return the same condition for a text that is at hand."""
    words = _words(search)
    return lambda text: all(word in text for word in words)
