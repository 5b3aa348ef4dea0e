"""How a file is refused: one exception with a code for programs and a Spanish sentence for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class FileRefused(Exception):
    """A file that must not be kept nor opened; `message` says what is wrong and how to mend it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Layer(IntEnum):
    """What of an edited template is looked at, one after the other: a later one would trip over an earlier's faults."""

    PACKAGE = 1
    READING = 2
    SYNTAX = 3
    FIELDS = 4
    TRIAL = 5


@dataclass(frozen=True)
class TemplateProblem:
    """One thing that is wrong in a template: where, with the first words of the place, and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class TemplateUnfit(Exception):
    """An edited template that may not be used: everything that one layer found, in the order of the text."""

    def __init__(self, layer: Layer, problems: Sequence[TemplateProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.layer = layer
        self.problems = tuple(problems)
