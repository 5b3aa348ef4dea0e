"""What somebody looks for inside papers, and where a paper says it. Whatever is typed, it is no error."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from documents.stems import WHOLE, stem, words_in

LONGEST_SEARCH = 300
"""Signs of a search that count."""

MOST_WORDS = 20
"""Words of a search that count, each word of a phrase too."""

AROUND = 110
"""Signs of a paper that are shown before and after the first find."""

_PART = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Sought:
    """What a paper must hold, all of it: words by their stems, beginnings of words, stems one after another."""

    words: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()

    @property
    def marked(self) -> tuple[str, ...]:
        """The beginnings as indexes hold whole words."""
        return tuple(f"{WHOLE}{word}" for word in self.beginnings)

    def __bool__(self) -> bool:
        return bool(self.words or self.beginnings or self.phrases)


@dataclass(frozen=True)
class Piece:
    """A piece of a paper's text; `found` when it is what was looked for."""

    text: str
    found: bool


def sought(text: str | None) -> Sought:
    """Read a search: every word counts in any form, "words in quotes" in their order, a word with * as a beginning."""
    words: list[str] = []
    beginnings: list[str] = []
    phrases: list[tuple[str, ...]] = []
    left = MOST_WORDS
    for quoted, bare in _PART.findall((text or "")[:LONGEST_SEARCH]):
        found = words_in(quoted or bare)[:left]
        left -= len(found)
        if len(found) > 1:
            # Also what holds signs between its words, as numbers do: DICTAMEN-AJ-45-2026.
            *found, last = found
            if bare.endswith("*"):
                words += map(stem, found)
                beginnings.append(last)
            else:
                phrases.append(tuple(map(stem, [*found, last])))
        elif found and bare.endswith("*"):
            beginnings.append(found[0])
        else:
            words += map(stem, found)
    return Sought(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(beginnings)), tuple(dict.fromkeys(phrases)))


def excerpt(text: str, wanted: Sought) -> list[Piece]:
    """Return a piece of a text around the first place that holds something of a search, each find apart; or nothing.

    Of a phrase its first place where the whole of it stands.
    """
    text = unicodedata.normalize("NFC", text)
    first = next(_finds(text, wanted), None)
    if first is None:
        return []
    start, end = _window(text, *first)
    shown = text[start:end]
    pieces: list[Piece] = [Piece("…", False)] if start else []
    at = 0
    for begin, finish in _finds(shown, wanted):
        pieces += [Piece(shown[at:begin], False), Piece(shown[begin:finish], True)]
        at = finish
    pieces += [Piece(shown[at:], False), *([Piece("…", False)] if end < len(text) else [])]
    return [piece for piece in pieces if piece.text]


def _finds(text: str, wanted: Sought) -> Iterator[tuple[int, int]]:
    """Yield where each find begins and ends, one after another."""
    words = set(wanted.words)
    longest = max((len(phrase) for phrase in wanted.phrases), default=1)
    # One sign in print may stand for several words (½): the span is that of the print.
    read = ((root, word, one.span()) for one in _WORD.finditer(text) for root, word in _read(one.group()))
    ahead = deque(islice(read, longest))
    while ahead:
        root, word, (begin, _) = ahead[0]
        length = 1 if root in words or word.startswith(wanted.beginnings) else 0
        for phrase in wanted.phrases:
            if root == phrase[0] and tuple(one[0] for one in islice(ahead, len(phrase))) == phrase:
                length = max(length, len(phrase))
        if length:
            yield begin, ahead[length - 1][2][1]
        for _ in range(length or 1):
            ahead.popleft()
        ahead.extend(islice(read, length or 1))


@lru_cache(maxsize=20_000)
def _read(printed: str) -> tuple[tuple[str, str], ...]:
    return tuple((stem(word), word) for word in words_in(printed))


def _window(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return a stretch around a find that cuts no word, where words are not endless."""
    start, stop = max(begin - AROUND, 0), min(end + AROUND, len(text))
    if start:
        start += max(text[start:begin].find(" ") + 1, 0)
    if stop < len(text):
        stop -= max(len(text[end:stop]) - text[end:stop].rfind(" "), 0) if " " in text[end:stop] else 0
    return start, stop
