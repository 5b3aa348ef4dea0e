"""A deed tried as far as its paper and undone: the paper comes out as a project, to be read before it is issued."""

from collections.abc import Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from documents.fields import NO_NUMBER
from models.papers import DocumentKind


@dataclass(frozen=True)
class Project:
    """A paper without a number or validity: its Word file and, in words, what is left blank in it."""

    docx: bytes
    kind: DocumentKind
    missing: tuple[str, ...] = ()

    @property
    def filename(self) -> str:
        """A file name that every system accepts: PROYECTO-DICTAMEN.docx."""
        return f"PROYECTO-{self.kind.value.replace('_', '-')}.docx"


_tried: ContextVar[bool] = ContextVar("tried", default=False)


class _Tried(Exception):
    """The deed came as far as its paper: everything is undone, its number given back."""

    def __init__(self, project: Project) -> None:
        super().__init__("tried")
        self.project = project


def trying() -> bool:
    """Tell whether the deed under way is only tried."""
    return _tried.get()


def unnumbered() -> dict[str, Any]:
    """Return what a deed that is tried says instead of number and code; nothing of a deed that is done."""
    codes = {"verification_code": "", "verification_url": ""}
    return {"number": NO_NUMBER, "serial": None, **codes, "project": True} if _tried.get() else {}


def end_trial(kind: DocumentKind, docx: bytes) -> None:
    """End the deed here if it is only tried."""
    if _tried.get():
        raise _Tried(Project(docx, kind))


async def project_by_trial(deed: Coroutine[Any, Any, object]) -> Project:
    """Return the paper that a deed would issue, as a project; refuses what the deed refuses, and leaves no trace.

    The deed issues one paper and does nothing outside its gate but read.
    """
    token = _tried.set(True)
    try:
        await deed
    except _Tried as tried:
        return tried.project
    finally:
        _tried.reset(token)
    raise RuntimeError("the deed issues no paper: it was done")
