"""«En N hojas» by two passes: a deed is rehearsed up to its paper and undone, the paper counted, the deed then done.

Between the passes, with no transaction open, LibreOffice counts. Whatever goes wrong leaves a blank to fill by hand:
no paper waits for its sheets.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog

from actions.renditions import office
from actions.trial_papers import trying
from documents.pdf import NoOffice, OfficeFailed, page_count, pypdfium2
from documents.templates import PaperTemplate, names_field

log = structlog.get_logger()
P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 10.0
"""Seconds that somebody may wait for the count of a paper's sheets."""

REST = 300.0
"""Seconds for which nobody waits again, after LibreOffice did not answer in time."""

STANDING_IN = 8
"""What the rehearsal says in the number's place: about as long in letters as the real one."""

_rests_until = 0.0


@dataclass(frozen=True)
class _Pass:
    """The pass that a deed is in: the rehearsal, or the real one with what was counted."""

    rehearsal: bool
    sheets: int | None


_pass: ContextVar[_Pass] = ContextVar("pass", default=_Pass(False, None))  # noqa: B039 - frozen


class _Rehearsed(Exception):
    """The rehearsal came as far as the paper: everything is undone, its number given back."""

    def __init__(self, docx: bytes) -> None:
        super().__init__("rehearsed")
        self.docx = docx


def sheets_in_words(wording: PaperTemplate) -> dict[str, Any]:
    """Return the field with the number of sheets for the paper being made: counted, standing in, or left blank.

    A wording that does not say them is told none: the paper must not remember a number that it does not speak of.
    """
    return {"sheets_count": _pass.get().sheets if _says_sheets(wording) else None}


def end_rehearsal(docx: bytes, wording: PaperTemplate) -> None:
    """End the deed here if it is rehearsed and the wording says in how many sheets the paper is contained."""
    if _pass.get().rehearsal and _says_sheets(wording):
        raise _Rehearsed(docx)


def _says_sheets(wording: PaperTemplate) -> bool:
    return names_field(wording.docx, "sheets_count")


def counting_sheets(deed: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Let the paper that a deed issues say in how many sheets it is contained, when that can be counted.

    The deed may hold no more than one paper, and does nothing outside its gate but read.
    """

    @wraps(deed)
    async def counted(*args: P.args, **given: P.kwargs) -> R:
        # A project leaves the blank: what is still to be written changes its sheets.
        if trying() or not await asyncio.to_thread(_can_count):
            return await deed(*args, **given)
        first = _pass.set(_Pass(True, STANDING_IN))
        try:
            # A wording that counts no sheets ends the deed here, done.
            return await deed(*args, **given)
        except _Rehearsed as rehearsed:
            docx = rehearsed.docx
        finally:
            _pass.reset(first)
        second = _pass.set(_Pass(False, await _sheets_of(docx)))
        try:
            return await deed(*args, **given)
        finally:
            _pass.reset(second)

    return counted


def _can_count() -> bool:
    return pypdfium2 is not None and time.monotonic() >= _rests_until and not office("sheets").missing()


async def _sheets_of(docx: bytes) -> int | None:
    global _rests_until
    try:
        [pdf] = await asyncio.to_thread(office("sheets").convert, [docx], seconds=PATIENCE)
        return await asyncio.to_thread(page_count, pdf) if pdf else None
    except (NoOffice, OfficeFailed) as fault:
        _rests_until = time.monotonic() + REST
        log.warning("sheets not counted", why=str(fault))
    except Exception as fault:
        # Of the disk, or of the library that counts: none is worth a paper.
        log.error("sheets not counted", exc_info=fault)
    return None
