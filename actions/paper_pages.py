"""Pages of the kept PDFs to look at: drawn and read in a thread, and remembered for a while, because people leaf."""

import asyncio
from functools import lru_cache

from actions.files import storage
from documents.page_images import page_png, page_text

REMEMBERED = 96
"""Pages that a process keeps drawn: some 6 MB. What a hash names never changes."""


async def drawn_page(sha256: str, page: int) -> bytes:
    """Return a page of the PDF kept under a hash as PNG; raises NoPage and StorageFault."""
    return await asyncio.to_thread(_drawn, sha256, page)


async def words_of_page(sha256: str, page: int) -> str:
    """Return the words of a page of the PDF kept under a hash; raises NoPage and StorageFault."""
    return await asyncio.to_thread(_words, sha256, page)


@lru_cache(maxsize=REMEMBERED)
def _drawn(sha256: str, page: int) -> bytes:
    return page_png(storage().read(sha256), page)


@lru_cache(maxsize=REMEMBERED)
def _words(sha256: str, page: int) -> str:
    return page_text(storage().read(sha256), page)
