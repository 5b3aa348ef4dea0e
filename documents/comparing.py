"""Compares what two papers say, paragraph by paragraph and word by word. Pure: two texts in, their differences out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_LINES = 3000
"""Paragraphs that a text may have to be compared at all."""
MOST_WORDS = 1500
"""Words of a paragraph that are compared one by one; a longer paragraph is marked whole."""

ALIKE = 0.9
"""Part of a paper's words that somebody's file must hold before anything is told of how it differs."""
MOST_ADDED = 20
"""Differing paragraphs of somebody's file that are shown at most."""
MOST_MISSING = 20
"""Paragraphs that a file may lack: one with all of the words in another order is not nearly the paper."""
SPARE_ADDED = 3
"""How many more paragraphs a file may have than it lacks: no more can be guesses in one file."""
LONGEST_SHOWN = 400
"""Letters shown of a paragraph."""

Pieces = tuple[tuple[str, bool], ...]
"""A paragraph in pieces, each with whether the other text lacks it."""


@dataclass(frozen=True)
class Change:
    """A place where the texts differ; one side is empty where a paragraph was added or left out."""

    line: int
    """Paragraph of the compared file, from 1, at which the difference stands."""
    kept: Pieces
    """What the paper says."""
    sent: Pieces
    """What the file says."""


@dataclass(frozen=True)
class PublicDifference:
    """What may be told to anybody: lines of one's own file that the paper does not have, and how many it lacks."""

    added: tuple[tuple[int, str], ...]
    """Number of the paragraph in the file, from 1, and its text, cut."""
    missing: int
    """Paragraphs of the paper that the file does not have as they are."""
    places: tuple[int, ...]
    """After which paragraphs of the file they are missing."""


def differences(ours: str, theirs: str) -> list[Change]:
    """Return where a file's text differs from a paper's, in order, with the words marked that differ."""
    kept, sent = _lines(ours), _lines(theirs)
    found = []
    for begin, end, start, stop in _apart(kept, sent):
        pairs = zip_longest(kept[begin:end], sent[start:stop], fillvalue="")
        for offset, (before, after) in enumerate(pairs):
            marked = _marked(before, after)
            found.append(Change(min(start + offset, max(stop - 1, start)) + 1, *marked))
    return found


def for_anybody(ours: str, theirs: str) -> PublicDifference | None:
    """Return what anybody may know of how a file differs from a paper; None when it differs too much to say more.

    Who sends a file could otherwise learn a paper by guessing: lines that are not called different are confirmed. So
    nearly all of the paper must be in the file, and hardly more than the paper.
    """
    kept, sent = _lines(ours), _lines(theirs)
    if _shared(ours, theirs) < ALIKE:
        return None
    added: list[tuple[int, str]] = []
    places: list[int] = []
    missing = 0
    extra = Counter(sent) - Counter(kept)
    if extra.total() > MOST_ADDED:
        return None
    for begin, end, start, stop in _apart(kept, sent):
        added += [(number + 1, _cut(sent[number])) for number in range(start, stop)]
        if end > begin:
            missing += end - begin
            places.append(start)
    if missing > MOST_MISSING or len(added) > min(MOST_ADDED, missing + SPARE_ADDED):
        return None
    return PublicDifference(tuple(added), missing, tuple(places))


def too_long(text: str) -> bool:
    """Tell whether a text has more paragraphs than are compared."""
    return text.count("\n") >= MOST_LINES


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


def _shared(ours: str, theirs: str) -> float:
    """Return which part of our words is in their text too, each as often."""
    mine = Counter(ours.split())
    return (mine & Counter(theirs.split())).total() / mine.total() if mine else 1.0


def _apart(kept: Sequence[str], sent: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Give the ranges of both lists that differ."""
    for tag, begin, end, start, stop in SequenceMatcher(None, kept, sent, autojunk=False).get_opcodes():
        if tag != "equal":
            yield begin, end, start, stop


def _marked(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Return both paragraphs in pieces, the differing words marked."""
    mine, other = _words(before), _words(after)
    if not before or not after or max(len(mine), len(other)) > MOST_WORDS:
        return _whole(before), _whole(after)
    kept: list[tuple[str, bool]] = []
    sent: list[tuple[str, bool]] = []
    for tag, begin, end, start, stop in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
        differs = tag != "equal"
        if end > begin:
            kept.append(("".join(mine[begin:end]), differs))
        if stop > start:
            sent.append(("".join(other[start:stop]), differs))
    return tuple(kept), tuple(sent)


def _whole(text: str) -> Pieces:
    return ((text, True),) if text else ()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN].rstrip() + "…"
