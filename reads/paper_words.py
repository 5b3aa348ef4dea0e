"""Issued papers by the words in them: conditions that both databases answer from their index, with the same answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

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
    words = sorted({*wanted.words, *(word for phrase in wanted.phrases for word in phrase)})
    if not words and not wanted.beginnings:
        return Q()
    # They stand in the statement as they are, where a planner sees how rare they are.
    for word in (*words, *wanted.beginnings):
        if not _WORD.fullmatch(word):
            raise ValueError(f"no word of an index: {word!r}")
    # The index names the papers that hold all words, their order is read in each: an index of PostgreSQL forgets where
    # a frequent word stands.
    order = "".join(f" AND ' ' || stems || ' ' LIKE '% {' '.join(phrase)} %'" for phrase in wanted.phrases)
    if is_sqlite():
        match = " ".join([*(f'"{word}"' for word in words), *(f'"{word}"*' for word in wanted.beginnings)])
        found = f"id IN (SELECT rowid FROM paper_words WHERE paper_words MATCH '{match}')"
    else:
        query = " & ".join([*words, *(f"{word}:*" for word in wanted.beginnings)])
        found = f"to_tsvector('simple', stems) @@ to_tsquery('simple', '{query}')"
    return Q(id__in=RawSQL(f"(SELECT document_id FROM paper_texts WHERE {found}{order})"))


async def texts_by_document(ids: Sequence[int], actor: User) -> dict[int, str]:
    """Return the visible text of each of these papers in reach that has one."""
    reached = await OfficialDocument.filter(within(OfficialDocument, actor), id__in=ids).values_list("id", flat=True)
    rows = await PaperText.filter(document_id__in=list(reached)).values("document_id", "text")
    return {row["document_id"]: row["text"] for row in rows}
