"""What a row of a spreadsheet of court files says: each cell read, or refused with its reason."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from actions.court import LONGEST_PARTIES, OLDEST, in_one_line
from actions.court_columns import KIND_WORDS, LABELS, STAGE_WORDS, ComingDate, CourtRow
from actions.court_dates import FURTHEST
from actions.refusals import Checks
from documents.sheet_cells import Cell, Unreadable, as_day, as_hour, as_text
from documents.sheets import TableRow
from models.court import (
    COURT_KIND_LABELS,
    COURT_STAGE_LABELS,
    DATE_KIND_LABELS,
    CourtDateKind,
    CourtStage,
)
from models.fields import folded


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """A cell that cannot be taken: where, what stands there, why not, and what was probably meant."""

    row: int
    column: str
    value: str
    reason: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What the office knows when a sheet is read: the day, its lawyers, and the spellings of departments."""

    today: date
    lawyers: Mapping[str, tuple[int, str]]
    """Id and name by folded e-mail address or name."""
    departments: Mapping[str, set[str]]
    department_names: Mapping[str, str]


E = TypeVar("E", bound=StrEnum)


@dataclass
class RowReader:
    """Reads one row, noting every cell that cannot be taken."""

    row: TableRow
    context: SheetContext
    problems: list[SheetProblem] = field(default_factory=list)

    def wrong(self, key: str, reason: str, suggestion: str = "") -> None:
        """Note that a cell cannot be taken."""
        value = as_text(self.row.cells.get(key))[:80]
        self.problems.append(SheetProblem(self.row.number, LABELS[key], value, reason, suggestion))

    def text(self, key: str, most: int, *, required: bool = False, one_line: bool = False) -> str:
        """Return the text of a cell."""
        checks = Checks()
        label = f"«{LABELS[key]}»"
        clean = checks.text(as_text(self.row.cells.get(key)), key, label=label, most=most, required=required)
        for problem in checks.problems:
            self.wrong(key, problem.message)
        return in_one_line(clean) if one_line else clean

    def parties(self, key: str) -> str:
        """Return the people of a cell, one a line; a semicolon parts them too."""
        parts = self.text(key, LONGEST_PARTIES).replace(";", "\n").splitlines()
        return "\n".join(line for part in parts if (line := in_one_line(part)))

    def read(self, key: str, reader: Callable[[Cell], Any]) -> Any:
        """Return a cell as a day or an hour."""
        try:
            return reader(self.row.cells.get(key))
        except Unreadable as unreadable:
            self.wrong(key, unreadable.reason, unreadable.suggestion)
            return None

    def choice(self, key: str, labels: Mapping[E, str], words: Mapping[str, E], usual: E | None) -> E | None:
        """Return the value that a label, a code or a known word names."""
        text = as_text(self.row.cells.get(key))
        if not text:
            if usual is None:
                self.wrong(key, f"Falta «{LABELS[key]}».", "Elija una de la lista de la plantilla.")
            return usual
        known = {**words, **{folded(label): one for one, label in labels.items()}}
        known |= {folded(one.value): one for one in labels}
        wanted = folded(text)
        if wanted in known:
            return known[wanted]
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
        suggestion = f"¿{labels[known[near[0]]]}?" if near else f"Use: {', '.join(labels.values())}."
        self.wrong(key, "No es una de las opciones.", suggestion)
        return None

    def department(self) -> str | None:
        """Return the department that a cell names by code, name, known spelling or town."""
        text = as_text(self.row.cells.get("department"))
        if not text:
            return None
        wanted = folded(text)
        wanted = wanted.zfill(2) if wanted.isdecimal() else wanted
        meant = self.context.departments.get(wanted, set())
        if len(meant) == 1:
            return next(iter(meant))
        names = self.context.department_names
        if meant:
            listed = " o ".join(sorted(names[code] for code in meant))
            self.wrong("department", "Puede ser más de un departamento.", f"Escriba {listed}.")
            return None
        near = difflib.get_close_matches(wanted, {folded(name): name for name in names.values()}, n=1, cutoff=0.6)
        by_name = {folded(name): name for name in names.values()}
        self.wrong("department", "No se conoce ese departamento.", f"¿{by_name[near[0]]}?" if near else "")
        return None

    def lawyer(self) -> int | None:
        """Return the lawyer that a cell names by e-mail or whole name."""
        text = as_text(self.row.cells.get("lawyer"))
        if not text:
            return None
        known = self.context.lawyers
        if found := known.get(folded(text)):
            return found[0]
        near = difflib.get_close_matches(folded(text), known, n=1, cutoff=0.6)
        suggestion = f"¿{known[near[0]][1]}?" if near else "Deje la celda vacía y asígnelo después."
        self.wrong("lawyer", "No es una persona de la Asesoría Jurídica con cuenta activa.", suggestion)
        return None


def read_row(row: TableRow, context: SheetContext) -> tuple[CourtRow | None, list[SheetProblem]]:
    """Return what a row says, or everything that is wrong with it."""
    reader = RowReader(row, context)
    kind = reader.choice("kind", COURT_KIND_LABELS, KIND_WORDS, None)
    stage = reader.choice("stage", COURT_STAGE_LABELS, STAGE_WORDS, CourtStage.FILED)
    opened = _opened(reader)
    closed, outcome = _end(reader, stage, opened)
    coming = _coming(reader, stage, opened)
    claimants, defendants = reader.parties("claimants"), reader.parties("defendants")
    if not claimants and not defendants:
        reader.wrong("claimants", "Falta al menos una parte: quién demanda o contra quién.")
    court = reader.text("court", 200, required=True, one_line=True)
    number = reader.text("court_number", 60, one_line=True)
    subject, note = reader.text("subject", 300), reader.text("note", 4000)
    department, lawyer = reader.department(), reader.lawyer()
    if reader.problems or kind is None or stage is None or opened is None:
        return None, reader.problems
    read = CourtRow(
        number=row.number,
        kind=kind,
        court=court,
        court_number=number,
        claimants=claimants,
        defendants=defendants,
        subject=subject,
        department_id=department,
        lawyer_id=lawyer,
        stage=stage,
        opened_on=opened,
        closed_on=closed,
        outcome=outcome,
        coming=coming,
        note=note,
    )
    return read, []


def _opened(reader: RowReader) -> date | None:
    day: date | None = reader.read("opened_on", as_day)
    today = reader.context.today
    if day is None:
        if not as_text(reader.row.cells.get("opened_on")):
            reader.wrong("opened_on", "Falta la fecha de inicio.", "Escríbala como 24/01/2025.")
        return None
    if not OLDEST <= day <= today:
        reader.wrong("opened_on", f"La fecha de inicio va del {OLDEST:%d/%m/%Y} a hoy.")
    return day


def _end(reader: RowReader, stage: CourtStage | None, opened: date | None) -> tuple[date | None, str]:
    """Return when and how a file ended: both are needed for a closed one, and a date for no other."""
    closed: date | None = reader.read("closed_on", as_day)
    outcome = reader.text("outcome", 4000)
    over = stage == CourtStage.CLOSED
    written = as_text(reader.row.cells.get("closed_on"))
    if over and not written:
        reader.wrong("closed_on", "Un expediente fenecido lleva su fecha de cierre.")
    if over and not outcome:
        reader.wrong("outcome", "Un expediente fenecido lleva su resultado.")
    if stage is not None and not over and written:
        label = COURT_STAGE_LABELS[CourtStage.CLOSED]
        reader.wrong("closed_on", "La fecha de cierre solo va con un expediente fenecido.", f"Etapa: ¿{label}?")
    if closed and opened and not opened <= closed <= reader.context.today:
        reader.wrong("closed_on", f"La fecha de cierre va del inicio, {opened:%d/%m/%Y}, a hoy.")
    return closed, outcome


def _coming(reader: RowReader, stage: CourtStage | None, opened: date | None) -> ComingDate | None:
    """Return the next hearing or deadline of a row; one is refused for a closed file."""
    on_date: date | None = reader.read("next_on", as_day)
    hour = reader.read("next_time", as_hour) or ""
    kind = reader.choice("next_kind", DATE_KIND_LABELS, {}, CourtDateKind.HEARING) or CourtDateKind.HEARING
    title = reader.text("next_title", 200)
    if on_date and stage == CourtStage.CLOSED:
        reader.wrong("next_on", "Un expediente fenecido no tiene próxima fecha.")
    if on_date and opened and not opened <= on_date <= reader.context.today + FURTHEST:
        reader.wrong("next_on", f"La próxima fecha va del inicio, {opened:%d/%m/%Y}, a cinco años.")
    if not as_text(reader.row.cells.get("next_on")):
        for key in ("next_time", "next_title"):
            if as_text(reader.row.cells.get(key)):
                reader.wrong(key, "Va con una próxima fecha, y esa celda está vacía.")
    usual = {
        CourtDateKind.HEARING: "Audiencia anotada al importar",
        CourtDateKind.DEADLINE: "Plazo anotado al importar",
    }
    return ComingDate(on_date, kind, hour, title or usual[kind]) if on_date else None
