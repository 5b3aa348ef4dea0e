"""The words of papers that were issued before words were kept. Bookkeeping of the engine: no paper changes."""

import asyncio

import structlog
from tortoise.exceptions import IntegrityError

from actions.files import in_store, storage
from documents.engine import PaperRefused, visible_text
from documents.stems import spanish_stems
from documents.storage import Damaged, Missing
from models.renditions import PaperText
from reads.archive import papers_without_words

log = structlog.get_logger()

BATCH = 50


async def keep_missing_words() -> int:
    """Keep the words of every issued paper that has a file and no words yet; return of how many.

    Done again it does nothing. A paper whose file cannot be read is passed over: the check of the archive tells of it.
    """
    kept, after = 0, 0
    while papers := await papers_without_words(after, BATCH):
        for document_id, sha256 in papers:
            after = document_id
            try:
                data = await in_store(storage().read, sha256)
                text = await asyncio.to_thread(visible_text, data)
            except (Missing, Damaged, PaperRefused) as fault:
                log.warning("paper without words", document=document_id, why=type(fault).__name__)
                continue
            try:
                await PaperText.create(document_id=document_id, text=text, stems=spanish_stems(text))
            except IntegrityError:
                continue  # another engine was faster
            kept += 1
    return kept
