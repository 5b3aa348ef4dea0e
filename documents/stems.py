"""Spanish words reduced to their stems, so that a search for «adendas aprobadas» finds «la adenda fue aprobada»."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("spanish")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    # Stemmed with its accents, which the stemmer reads, then without them: people search «nomina» and mean «nómina».
    plain = unicodedata.normalize("NFKD", _STEMMER.stemWord(word))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def spanish_stems(text: str) -> str:
    """Return the words of a text in their order, in small letters, without accents, each reduced to its stem."""
    return " ".join(_stem(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()))
