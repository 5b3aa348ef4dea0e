"""Spanish words reduced to their stems, so that a search for «adendas aprobadas» finds «la adenda fue aprobada».

Whoever searches often leaves out accents, and the stemmer reads them. So each word loses its accents first and gets
back only those that its ending must have had: a word and the same word without accents always have one stem. Stems are
small letters and digits of ASCII, which both databases cut into words alike.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST = 60
"""Signs of a stem: hardly a word is longer, and what is (a row of digits) is found by its beginning."""

WHOLE = "zq"
"""What a whole word begins with in an index, so that none is taken for a stem: no Spanish word begins so."""

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (
    # Plurals whose singular the stemmer shortens otherwise: dictámenes, jueces, días.
    (re.compile(r"enes$"), "en"),
    (re.compile(r"(?<=[eou])ces$"), "z"),
    (re.compile(r"ias$"), "ia"),
    # Endings that it takes off only with their accent: comunicación, tenían, remitirá.
    (re.compile(r"([cs])ion$"), r"\1ión"),
    (re.compile(r"(?<!nc)ia(n|mos)?$"), r"ía\1"),
    (re.compile(r"ira(n|s)?$"), r"irá\1"),
)

_stemmer = snowballstemmer.stemmer("spanish")
_alone = threading.Lock()


def words_in(text: str) -> list[str]:
    """Return the words of a text in their order, whole, in small letters without accents."""
    # Put together first: an accent that stands as a sign of its own would cut its word in two.
    return [_plain(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a word as `words_in` gives it: «nominas» and «nomina» have one."""
    for ending, singular in _ENDINGS:
        word = ending.sub(singular, word)
    with _alone:  # it keeps the word it works on
        word = _stemmer.stemWord(word)
    return _plain(word)


def spanish_stems(text: str) -> str:
    """Return what indexes hold of a text: its stems in their order, then each of its words, marked, for beginnings."""
    words = words_in(text)
    return " ".join([*map(stem, words), *(f"{WHOLE}{word}" for word in sorted(set(words)))])


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    letters = (sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    # A letter of another script stands by its number: databases disagree on what such a letter is.
    plain = "".join(sign if sign.isascii() and sign.isalnum() else f"u{ord(sign):x}" for sign in letters)
    return plain.lower()[:LONGEST]
