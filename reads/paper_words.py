"""Issued papers by the words in them: conditions that both databases answer from their index, with the same answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from tortoise.expressions import Q, RawSQL

from models.database import is_sqlite
from models.papers import OfficialDocument
from models.people import User
from models.permissions import within
from models.renditions import PaperText

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class PaperWords:
    """What the index must hold of a paper, all of it: words, beginnings of words, words one after another."""

    words: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()


def holding_words(wanted: PaperWords) -> Q:
    """Return the condition that the text of a paper holds what is wanted; none when nothing is."""
    if not (wanted.words or wanted.beginnings or wanted.phrases):
        return Q()
    # They stand in the statement itself: nothing but small letters and digits may.
    for word in (*wanted.words, *wanted.beginnings, *chain(*wanted.phrases)):
        if not _WORD.fullmatch(word):
            raise ValueError(f"no word of an index: {word!r}")
    found = _on_sqlite(wanted) if is_sqlite() else _on_postgres(wanted)
    return Q(id__in=RawSQL(f"(SELECT document_id FROM paper_texts WHERE {found})"))


def _on_sqlite(wanted: PaperWords) -> str:
    quoted = [f'"{word}"' for word in (*wanted.words, *(" ".join(phrase) for phrase in wanted.phrases))]
    match = " ".join([*quoted, *(f'"{word}"*' for word in wanted.beginnings)])
    return f"id IN (SELECT rowid FROM paper_words WHERE paper_words MATCH '{match}')"


def _on_postgres(wanted: PaperWords) -> str:
    words = [*wanted.words, *chain(*wanted.phrases), *(f"{word}:*" for word in wanted.beginnings)]
    # Hidden from the planner in a query of its own: told that a word is frequent, it cuts every text into words anew
    # instead of asking the index, half a minute for 20,000 papers.
    found = f"to_tsvector('simple', stems) @@ (SELECT to_tsquery('simple', '{' & '.join(words)}'))"
    # The index finds the papers that hold the words, their order is read in each: it forgets where a frequent word
    # stands, and what stands far down. A word that ends a phrase is never the last, whole words follow the stems.
    return found + "".join(f" AND strpos(' ' || stems, ' {' '.join(phrase)} ') > 0" for phrase in wanted.phrases)


async def texts_by_document(ids: Sequence[int], actor: User) -> dict[int, str]:
    """Return the visible text of each of these papers in reach that has one."""
    reached = await OfficialDocument.filter(within(OfficialDocument, actor), id__in=ids).values_list("id", flat=True)
    rows = await PaperText.filter(document_id__in=list(reached)).values("document_id", "text")
    return {row["document_id"]: row["text"] for row in rows}
