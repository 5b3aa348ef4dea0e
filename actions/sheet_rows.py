"""Reads one row of a spreadsheet: each cell as its column asks for, or refused with its reason and what was meant."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from actions.court import in_one_line
from actions.refusals import Checks
from actions.sheet_facts import SEPARATOR, CenterFact, Facts, OfficeFact
from actions.sheets import CellProblem, SheetColumn
from documents.sheet_cells import Unreadable, as_day, as_hour, as_text
from documents.sheet_numbers import as_amount, as_month, as_nit, as_whole
from documents.sheets import TableRow
from models.fields import folded
from models.places import ProgramCode

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

LONGEST_SHOWN = 80
"""Letters of a cell that a problem repeats."""

_BROKEN = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|N/D|¡REF!|¡VALOR!|¡DIV/0!|¿NOMBRE\?|¡NUM!|¡NULO!)")
"""What Excel shows where a formula failed."""


class Choices(Generic[E]):
    """A closed list as cells may name it: by its labels, its codes, and other words for them."""

    def __init__(self, labels: Mapping[E, str], also: Mapping[str, E] | None = None) -> None:
        self.labels = labels
        self.known: dict[str, E] = {
            **(also or {}),
            **{folded(label): one for one, label in labels.items()},
            **{folded(one.value): one for one in labels},
        }
        self.words = {word: labels[one] for word, one in self.known.items()}

    def offered(self, facts: Facts) -> Sequence[str]:
        """Return what a template's list shows."""
        return list(self.labels.values())


PROGRAMS = Choices(
    {one: one.value for one in ProgramCode},
    {
        "mis anos dorados": ProgramCode.MAD,
        "hogares comunitarios": ProgramCode.HC,
        "servicio social": ProgramCode.SERVICIO_SOCIAL,
    },
)


class RowReader:
    """One row while it is read."""

    def __init__(
        self, row: TableRow, facts: Facts, columns: Mapping[str, SheetColumn], claimed: dict[str, int] | None = None
    ) -> None:
        """`claimed` is what the rows above took for themselves or noted for those below; all rows share it."""
        self.number = row.number
        self.claimed = {} if claimed is None else claimed
        self.cells = row.cells
        self.facts = facts
        self.columns = columns
        self.problems: list[CellProblem] = []

    @property
    def broken(self) -> bool:
        """Whether a cell of the row cannot be taken."""
        return any(not one.warning for one in self.problems)

    def wrong(self, key: str, reason: str, suggestion: str = "", *, warning: bool = False) -> None:
        """Note that a cell cannot be taken, or with `warning` that it should be looked at."""
        value = as_text(self.cells.get(key))[:LONGEST_SHOWN]
        self.problems.append(CellProblem(self.number, self.columns[key].label, value, reason, suggestion, warning))

    def claim(self, what: str) -> int | None:
        """Take something that only one row may have; return the row above that has it, None when it is free."""
        first = self.claimed.setdefault(what, self.number)
        return None if first == self.number else first

    def written(self, key: str) -> str:
        """Return what stands in a cell, as somebody would read it."""
        return as_text(self.cells.get(key))

    def text(self, key: str, most: int, *, required: bool = False, one_line: bool = True) -> str:
        """Return the text of a cell."""
        checks = Checks()
        written = self.written(key)
        if _BROKEN.fullmatch(written):
            self.wrong(key, "La fórmula de la celda falló: no tiene valor.", "Escriba el texto en lugar de la fórmula.")
            return ""
        if self.columns[key].text and isinstance(self.cells.get(key), date):
            self.wrong(key, "Excel convirtió el texto de la celda en una fecha.",
                       "Dé a la columna formato de texto y escríbalo de nuevo.")  # fmt: skip
            return ""
        clean = checks.text(written, key, label=f"«{self.columns[key].label}»", most=most, required=required)
        for problem in checks.problems:
            self.wrong(key, problem.message)
        return in_one_line(clean) if one_line else clean

    def read(self, key: str, reader: Callable[..., T | None], *, required: bool = False, example: str = "") -> T | None:
        """Return a cell as a day, a month, an hour, a count or an amount."""
        try:
            value = reader(self.cells.get(key))
        except Unreadable as unreadable:
            self.wrong(key, unreadable.reason, unreadable.suggestion)
            return None
        if required and (value is None or value == ""):
            self.wrong(
                key, f"Falta «{self.columns[key].label}».", f"Escriba este dato, como {example}." if example else ""
            )
            return None
        return value

    def day(
        self, key: str, *, required: bool = False, least: date | None = None, most: date | None = None
    ) -> date | None:
        """Return the day of a cell, inside these limits."""
        day: date | None = self.read(key, as_day, required=required, example="24/01/2025")
        if day and ((least and day < least) or (most and day > most)):
            limits = [f"desde el {least:%d/%m/%Y}"] if least else []
            limits += [f"hasta el {most:%d/%m/%Y}"] if most else []
            self.wrong(key, f"La fecha va {' '.join(limits)}.", "Revise el año." if day.year < 1900 else "")
            return None
        return day

    def month(self, key: str) -> date | None:
        """Return the first day of the month of a cell."""
        return self.read(key, as_month, required=True, example="enero 2025")

    def hour(self, key: str) -> str:
        """Return the hour of a cell as HH:MM."""
        return self.read(key, as_hour) or ""

    def whole(self, key: str, *, least: int, most: int, required: bool = False) -> int | None:
        """Return the count of a cell, inside these limits."""
        number: int | None = self.read(key, as_whole, required=required, example="25")
        if number is not None and not least <= number <= most:
            self.wrong(key, f"El número va de {least:,} a {most:,}.")
            return None
        return number

    def amount(self, key: str, *, required: bool = False) -> Decimal | None:
        """Return the quetzales of a cell."""
        return self.read(key, as_amount, required=required, example="Q.1,500.00")

    def nit(self, key: str, *, required: bool = False) -> str:
        """Return the tax number of a cell."""
        return self.read(key, as_nit, required=required, example="576937-K") or ""

    def choice(self, key: str, choices: Choices[E], usual: E | None = None) -> E | None:
        """Return the value that a label, a code or a known word names; the usual one for an empty cell."""
        text = self.written(key)
        if not text:
            if usual is None:
                self.wrong(key, f"Falta «{self.columns[key].label}».", "Elija una de la lista de la plantilla.")
            return usual
        if (found := choices.known.get(folded(text))) is not None:
            return found
        near = self.facts.nearest(text, f"choice:{key}", choices.words)
        listed = ", ".join(choices.labels.values())
        self.wrong(key, "No es una de las opciones.", f"¿{near}?" if near else f"Use: {listed}.")
        return None

    def program(self, key: str) -> ProgramCode | None:
        """Return the program of a cell; a direction brings rows of its own alone."""
        facts = self.facts
        mine = None if facts.sees_all else facts.program
        program = self.choice(key, PROGRAMS, usual=mine)
        if program and not facts.sees_all and program != mine:
            self.wrong(key, "Usted solo importa lo de su programa.", f"¿{mine.value}?" if mine else "")
            return None
        return program

    def department(self, key: str) -> str | None:
        """Return the department that a cell names by code, name, known spelling or town."""
        text = self.written(key)
        if not text:
            return None
        wanted = folded(text)
        wanted = wanted.zfill(2) if wanted.isdecimal() else wanted
        meant = self.facts.departments.get(wanted, set())
        if len(meant) == 1:
            return next(iter(meant))
        names = self.facts.department_names
        if meant:
            listed = " o ".join(sorted(names[code] for code in meant))
            self.wrong(key, "Puede ser más de un departamento.", f"Escriba {listed}.")
            return None
        near = self.facts.nearest(text, "department")
        self.wrong(key, "No se conoce ese departamento.", f"¿{near}?" if near else "")
        return None

    def municipality(self, key: str, department: str = "", *, required: bool = False) -> str | None:
        """Return the municipality that a cell names by code, name or known spelling.

        `department` is the column that settles which one is meant where several are called so.
        """
        text = self.written(key)
        if not text:
            if required:
                self.wrong(key, f"Falta «{self.columns[key].label}».", "Escriba su código del INE, de cuatro dígitos.")
            return None
        facts = self.facts
        wanted = folded(text.partition(SEPARATOR)[0])
        wanted = wanted.zfill(4) if wanted.isdecimal() else wanted
        meant = facts.towns.get(wanted, set())
        inside = self.department(department) if department and self.written(department) else None
        if inside and meant:
            here = {code for code in meant if code.startswith(inside)}
            if not here:
                name = facts.department_names[next(iter(meant))[:2]]
                self.wrong(department, "El municipio es de otro departamento.", f"¿{name}?" if len(meant) == 1 else "")
                return None
            meant = here
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            listed = " o ".join(f"{code} ({facts.department_names[code[:2]]})" for code in sorted(meant))
            self.wrong(key, "Hay más de un municipio con ese nombre.", f"Escriba el código: {listed}.")
            return None
        near = facts.nearest(text, "municipality")
        self.wrong(key, "No se conoce ese municipio.", f"¿{near}?" if near else "Escriba su código del INE.")
        return None

    def center(self, key: str, *, required: bool = False) -> CenterFact | None:
        """Return the center whose code a cell holds; one out of reach is as unknown as a missing one."""
        if not self.written(key):
            if required:
                self.wrong(key, f"Falta «{self.columns[key].label}».", "Elija el código de la lista de la plantilla.")
            return None
        return self._center(key, self.written(key))

    def centers(self, key: str) -> list[CenterFact]:
        """Return the centers whose codes a cell holds, separated by commas, semicolons or lines."""
        codes = [part.strip() for part in re.split(r"[,;\n]", self.written(key)) if part.strip()]
        found = [self._center(key, code) for code in dict.fromkeys(codes)]
        return [one for one in found if one]

    def _center(self, key: str, text: str) -> CenterFact | None:
        found = self.facts.centers.get(text.partition(SEPARATOR)[0].strip().upper())
        if found and found.reached:
            return found
        near = self.facts.nearest(text, "center")
        self.wrong(key, f"No se encontró el centro «{text[:40]}».", f"¿{near}?" if near else "")
        return None

    def office(self, key: str) -> OfficeFact | None:
        """Return the departmental office that a cell names."""
        text = self.written(key)
        if not text:
            return None
        found = self.facts.offices.get(folded(text))
        if found is None:
            near = self.facts.nearest(text, "office")
            self.wrong(key, "No se encontró la sede departamental.", f"¿{near}?" if near else "")
        return found

    def institution(self, key: str) -> int | None:
        """Return the institution that a cell names."""
        text = self.written(key)
        if not text:
            return None
        found = self.facts.institutions.get(folded(text))
        if found is None:
            near = self.facts.nearest(text, "institution")
            self.wrong(
                key, "La institución no está registrada.", f"¿{near}?" if near else "Agréguela en /instituciones."
            )
        return found[0] if found else None

    def lawyer(self, key: str) -> int | None:
        """Return the lawyer that a cell names by e-mail or whole name."""
        text = self.written(key)
        if not text:
            return None
        found = self.facts.lawyers.get(folded(text))
        if found is None:
            near = self.facts.nearest(text, "lawyer")
            hint = f"¿{near}?" if near else "Deje la celda vacía y asígnelo después."
            self.wrong(key, "No es una persona de la Asesoría Jurídica con cuenta activa.", hint)
        return found[0] if found else None


def first_lines(*parts: str) -> str:
    """Return parts of a description in one line, without the empty ones."""
    return ", ".join(part for part in parts if part)


def chunks(rows: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return a sequence in pieces."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
