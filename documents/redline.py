"""What changed between two wordings, in one column as an approver reads it: paragraphs in order, words marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 1
"""Paragraphs that are shown unchanged before and after a change."""
LIKE = 0.35
"""From which likeness on two paragraphs are one that was changed, rather than one taken out and one put in."""
LONGEST = 20_000
"""Signs of a paragraph up to which its words are compared one by one."""
AHEAD = 5
"""How many of the new paragraphs are looked at for the one that an old one became."""


class ChangeKind(StrEnum):
    """What happened to a paragraph or to some words."""

    SAME = "SAME"
    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True)
class Words:
    """Some words of a paragraph that were left, put in or taken out together."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True)
class Difference:
    """A paragraph that changed or stands beside one that did, or a gap of paragraphs that did not."""

    kind: ChangeKind
    words: tuple[Words, ...] = ()
    skipped: int = 0
    """How many unchanged paragraphs a gap stands for."""


def redline(before: Sequence[str], after: Sequence[str]) -> tuple[Difference, ...]:
    """Return what changed from one list of paragraphs to another, with a paragraph of context around each change."""
    told: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            told += [Difference(ChangeKind.SAME, (Words(ChangeKind.SAME, one),)) for one in before[a:b]]
        else:
            told += _replaced(before[a:b], after[c:d])
    return tuple(_abridged(told))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    """Yield paragraphs that gave way to others; each is paired with the next that is like it."""
    at = 0
    for old in before:
        ahead = range(at, min(at + AHEAD, len(after)))
        pair = next((place for place in ahead if _alike(old, after[place])), None)
        if pair is None:
            yield Difference(ChangeKind.REMOVED, (Words(ChangeKind.REMOVED, old),))
            continue
        yield from (Difference(ChangeKind.ADDED, (Words(ChangeKind.ADDED, new),)) for new in after[at:pair])
        yield Difference(ChangeKind.CHANGED, tuple(_by_words(old, after[pair])))
        at = pair + 1
    yield from (Difference(ChangeKind.ADDED, (Words(ChangeKind.ADDED, new),)) for new in after[at:])


def _cut(text: str) -> list[str]:
    return re.findall(r"\s+|\{\{.*?\}\}|\{%.*?%\}|\w+|[^\w\s]", text, re.S)


def _alike(old: str, new: str) -> bool:
    if max(len(old), len(new)) > LONGEST:
        return False
    compared = SequenceMatcher(None, _cut(old), _cut(new), autojunk=False)
    return compared.real_quick_ratio() >= LIKE and compared.quick_ratio() >= LIKE and compared.ratio() >= LIKE


def _by_words(old: str, new: str) -> Iterator[Words]:
    before, after = _cut(old), _cut(new)
    same = taken = put = ""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for place, (tag, a, b, c, d) in enumerate(codes):
        text = "".join(before[a:b])
        if tag == "equal" and (place in (0, len(codes) - 1) or any(sign.isalnum() for sign in text)):
            yield from _changed(same, taken, put)
            same, taken, put = text, "", ""
        else:
            # A blank between two changed words changes with them: «diez (10)» became «cinco (5)», whole.
            taken, put = taken + text, put + "".join(after[c:d])
    yield from _changed(same, taken, put)


def _changed(same: str, taken: str, put: str) -> Iterator[Words]:
    told = ((ChangeKind.SAME, same), (ChangeKind.REMOVED, taken), (ChangeKind.ADDED, put))
    return (Words(kind, text) for kind, text in told if text)


def _abridged(told: Sequence[Difference]) -> Iterator[Difference]:
    """Yield the changes with what stands right beside them; the rest is told as a number."""
    changed = [place for place, one in enumerate(told) if one.kind != ChangeKind.SAME]
    near = {place + step for place in changed for step in range(-CONTEXT, CONTEXT + 1)}
    skipped = 0
    for place, one in enumerate(told):
        if place not in near:
            skipped += 1
            continue
        if skipped:
            yield Difference(ChangeKind.SKIPPED, skipped=skipped)
            skipped = 0
        yield one
    if skipped:
        yield Difference(ChangeKind.SKIPPED, skipped=skipped)
