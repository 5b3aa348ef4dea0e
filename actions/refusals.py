"""How an action says no: a stable code for programs, a Spanish sentence for people, a path into the input."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from documents.fields import DIRECTION_OVERRIDES


class ErrorCode(StrEnum):
    """Why a deed was refused."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    NOT_FOUND = "NOT_FOUND"
    STALE = "STALE"
    NOT_ALLOWED_NOW = "NOT_ALLOWED_NOW"
    RENEWAL_PENDING = "RENEWAL_PENDING"
    ALREADY_RENEWED = "ALREADY_RENEWED"
    REQUIREMENTS_MISSING = "REQUIREMENTS_MISSING"
    REASON_REQUIRED = "REASON_REQUIRED"
    FILE_REFUSED = "FILE_REFUSED"
    PAPER_REFUSED = "PAPER_REFUSED"
    NOT_READY_TO_SIGN = "NOT_READY_TO_SIGN"
    CONFLICT = "CONFLICT"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: its code, a sentence in Spanish that says how to mend it, and where in the input."""

    code: ErrorCode
    message: str
    path: tuple[str, ...] = ()


class Refusal(Exception):
    """A deed refused for reasons that a person can mend; nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class NotAllowedNow(Refusal):
    """The record is in a stage that does not allow the deed."""

    def __init__(self, message: str) -> None:
        super().__init__(Problem(ErrorCode.NOT_ALLOWED_NOW, message))


class NotFound(Refusal):
    """No such record, or none in the person's reach: the same words for both."""

    def __init__(self, what: str, *path: str) -> None:
        super().__init__(Problem(ErrorCode.NOT_FOUND, f"No se encontró {what}.", path))


class Stale(Refusal):
    """Somebody changed the record after the person read it; `path` names the version that was sent."""

    def __init__(self, path: str = "expectedVersion") -> None:
        message = "Otra persona cambió este registro mientras usted trabajaba. Vuelva a abrirlo y repita el cambio."
        super().__init__(Problem(ErrorCode.STALE, message, (path,)))


class Forbidden(Exception):
    """The person's role may not do this at all; the attempt is logged."""


class Checks:
    """Gathers what is wrong with an input, field by field, and refuses everything at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def that(self, holds: object, path: str | Iterable[str], message: str) -> bool:
        """Note a problem at `path` unless the condition holds; tell whether it does."""
        if not holds:
            where = (path,) if isinstance(path, str) else tuple(path)
            self.problems.append(Problem(ErrorCode.BAD_USER_INPUT, message, where))
        return bool(holds)

    def text(
        self, value: str | None, path: str | Iterable[str], *, label: str, most: int, required: bool = True
    ) -> str:
        """Return a text without outer blanks; note it when missing, too long or with control characters."""
        clean = (value or "").strip()
        self.that(clean or not required, path, f"Escriba {label}.")
        self.that(len(clean) <= most, path, f"{label[0].upper()}{label[1:]}: use {most} caracteres o menos.")
        # Direction overrides show a name otherwise than it is stored. Nothing of the kind is printable, and nearly all
        # texts are: those are not looked at letter by letter.
        bad = not clean.isprintable() and any(
            (category(c) in ("Cc", "Cs") and c not in "\n\r\t") or c in DIRECTION_OVERRIDES for c in clean
        )
        self.that(not bad, path, f"{label[0].upper()}{label[1:]}: quite los caracteres de control.")
        return clean

    def done(self) -> None:
        """Refuse if anything was noted."""
        if self.problems:
            raise Refusal(*self.problems)
