"""Court files from a spreadsheet: a dry run that says what each row would do, and the import, whole or not at all."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from actions.audited import Entry, audited
from actions.court_agenda import add_notice_deadline, keep_next_date
from actions.court_columns import COLUMNS, TWIN_COLUMNS, CourtRow, number_key, whole_key
from actions.court_sheet import SheetContext, SheetProblem, read_row
from actions.files import bytes_of
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal
from actions.registry import court_file_codes
from documents.refusals import FileRefused
from documents.sheets import read_table
from models.audit import Verb
from models.clock import today
from models.court import BRANCH_OF, COURT_KIND_LABELS, CourtDate, CourtFile, CourtNotice, CourtStage, searchable
from models.fields import folded
from models.papers import StoredFile
from models.people import User
from models.permissions import may
from models.places import Department
from reads.court import court_file_for
from reads.people import lawyers
from reads.places import department_spellings

MOST_ROWS = 5000
"""Rows of one spreadsheet."""
BATCH = 500
"""Rows that one statement inserts; each batch is forgotten before the next."""
MOST_NAMED = 20
"""Cells that a refused import names one by one; the workbook of errors has all."""


class RowOutcome(StrEnum):
    """What an import does with a row."""

    ADD = "ADD"
    PRESENT = "PRESENT"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row with what becomes of it; `code` is that of the file which is already there."""

    number: int
    outcome: RowOutcome
    summary: str
    code: str = ""


@dataclass(frozen=True)
class ImportPlan:
    """What importing a spreadsheet would do now."""

    file: StoredFile
    rows: list[CourtRow]
    """Rows that can be taken, those already there among them."""
    present: dict[int, str]
    """Code of the file that a row is already, by the row's number."""
    problems: list[SheetProblem]
    ignored: tuple[str, ...]
    imported: int
    """How many files an earlier import of this same content added."""

    @property
    def to_add(self) -> int:
        """Return how many files would be added if nothing were wrong."""
        return len(self.rows) - len(self.present)

    @property
    def importable(self) -> bool:
        """Tell whether confirming would add something."""
        return not self.problems and self.to_add > 0

    def planned(self) -> list[PlannedRow]:
        """Return every row with what becomes of it, in the order of the sheet."""
        found = [
            PlannedRow(row.number, RowOutcome.PRESENT if row.number in self.present else RowOutcome.ADD, _words(row),
                       self.present.get(row.number, ""))
            for row in self.rows
        ]  # fmt: skip
        wrong = dict.fromkeys(problem.row for problem in self.problems)
        found += [PlannedRow(number, RowOutcome.WRONG, "") for number in wrong]
        return sorted(found, key=lambda row: row.number)


def _words(row: CourtRow) -> str:
    parts = (COURT_KIND_LABELS[row.kind], row.court, row.court_number, f"inició el {row.opened_on:%d/%m/%Y}")
    return ", ".join(part for part in parts if part)


async def plan_import(*, actor: User, file_id: int) -> ImportPlan:
    """Return what importing a spreadsheet that this person sent would do; nothing is written.

    Raises Forbidden, and Refusal when there is no such file or it is no table of court files.
    """
    if not may(actor, Verb.IMPORT_COURT_FILES):
        raise Forbidden(Verb.IMPORT_COURT_FILES.value)
    file = await StoredFile.get_or_none(id=file_id, uploaded_by_id=actor.id)
    if file is None:
        message = "No se encontró la hoja. Súbala de nuevo: las que no se usan se olvidan después de un día."
        raise Refusal(Problem(ErrorCode.NOT_FOUND, message, ("fileId",)))
    context = await _context()
    try:
        # Reading takes up to a second: it must not hold up everybody else's requests.
        data = await bytes_of(file.sha256)
        rows, problems, ignored = await asyncio.to_thread(_read, file, data, context)
    except FileRefused as refused:
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, refused.message, ("fileId",))) from refused
    imported = await CourtFile.filter(source_note__endswith=_mark(file)).count()
    return ImportPlan(file, rows, await _already_there(rows), problems, ignored, imported)


async def _context() -> SheetContext:
    people: dict[str, tuple[int, str]] = {}
    for person in await lawyers():
        people |= {folded(person.email): (person.id, person.name), folded(person.name): (person.id, person.name)}
    return SheetContext(today(), people, await department_spellings(), await _department_names())


async def _department_names() -> dict[str, str]:
    return {row.code: row.name for row in await Department.all()}


def _read(
    file: StoredFile, data: bytes, context: SheetContext
) -> tuple[list[CourtRow], list[SheetProblem], tuple[str, ...]]:
    """Return the rows that can be taken and what is wrong with the others."""
    table = read_table(data, file.filename, COLUMNS, most_rows=MOST_ROWS)
    rows: list[CourtRow] = []
    problems: list[SheetProblem] = []
    first: dict[str, int] = {}
    for raw in table.rows:
        row, wrong = read_row(raw, context)
        if row is not None and (twin := first.setdefault(row.twin_key, row.number)) != row.number:
            column = "Número" if row.court_number else "Asunto"
            hint = "Deje una de las dos." if row.court_number else "Si son dos expedientes, distíngalos en el asunto."
            wrong = [SheetProblem(row.number, column, row.court_number, f"Repite la fila {twin}.", hint)]
        elif row is not None:
            rows.append(row)
        problems += wrong
    return rows, problems, table.ignored


async def _already_there(rows: Sequence[CourtRow]) -> dict[int, str]:
    """Return by row number the code of the file that a row already is; files are walked in batches."""
    wanted: dict[str, list[int]] = {}
    for row in rows:
        wanted.setdefault(row.twin_key, []).append(row.number)
    present: dict[int, str] = {}
    after = 0
    while wanted:
        batch = await CourtFile.filter(id__gt=after).order_by("id").limit(BATCH).values("id", "code", *TWIN_COLUMNS)
        for known in batch:
            for key in (number_key(known) if known["court_number"] else "", whole_key(known)):
                present |= dict.fromkeys(wanted.get(key, ()), known["code"])
        if len(batch) < BATCH:
            break
        after = batch[-1]["id"]
    return present


async def import_court_files(*, actor: User, file_id: int, sha256: str) -> StoredFile:
    """Import a spreadsheet that was looked at, named by its hash: every new row, or none when a cell is wrong.

    One deed and one transaction; rows already there are left as they are, so the same sheet twice adds nothing.
    """
    plan = await plan_import(actor=actor, file_id=file_id)
    checks = Checks()
    same = sha256.strip().lower() == plan.file.sha256
    checks.that(same, "sha256", "La hoja no es la que se revisó. Revísela de nuevo antes de importarla.")
    checks.done()
    if plan.problems:
        raise Refusal(*_refused(plan.problems))
    async with audited(Verb.IMPORT_COURT_FILES, actor=actor) as entry:
        # Asked again inside the gate: somebody may have registered one of them a moment ago.
        present = await _already_there(plan.rows)
        fresh = [row for row in plan.rows if row.number not in present]
        if not fresh:
            raise NotAllowedNow(f"Todas las filas de «{plan.file.filename}» ya están registradas: no se importó nada.")
        codes = await court_file_codes(entry, len(fresh))
        names = await _department_names()
        for start in range(0, len(fresh), BATCH):
            await _insert(codes[start : start + BATCH], fresh[start : start + BATCH], plan.file, names)
        linked = await _link_waiting(entry, fresh)
        await entry.change(plan.file, used=True)
        many = f"{len(fresh)} expedientes judiciales, {codes[0]} a {codes[-1]}"
        many = f"un expediente judicial, {codes[0]}" if len(fresh) == 1 else many
        text = f"{actor.name} importó {many}, de «{plan.file.filename}» (SHA-256 {plan.file.sha256[:16]}).{linked}"
        entry.about(plan.file, text)
        return entry.answers(plan.file)


def _refused(problems: Sequence[SheetProblem]) -> Iterable[Problem]:
    path = ("fileId",)
    cells = "una celda" if len(problems) == 1 else f"{len(problems)} celdas"
    yield Problem(ErrorCode.BAD_USER_INPUT, f"No se importó nada: hay {cells} por corregir.", path)
    for one in problems[:MOST_NAMED]:
        said = "; ".join(part for part in (f"«{one.value}»" if one.value else "", one.suggestion.rstrip(".")) if part)
        where = f"Fila {one.row}, columna «{one.column}»" + (f" ({said})" if said else "")
        yield Problem(ErrorCode.BAD_USER_INPUT, f"{where}: {one.reason}", path)


def _mark(file: StoredFile) -> str:
    """Return how the note of an imported file ends, by which it is found."""
    return f"({file.sha256[:16]})"


async def _insert(codes: Sequence[str], rows: Sequence[CourtRow], file: StoredFile, names: dict[str, str]) -> None:
    made = [_file(code, row, file, names) for code, row in zip(codes, rows, strict=True)]
    await CourtFile.bulk_create(made, batch_size=200)
    ids = dict(await CourtFile.filter(code__in=list(codes)).values_list("code", "id"))
    await CourtDate.bulk_create(
        [
            CourtDate(
                court_file_id=ids[code],
                kind=row.coming.kind,
                on_date=row.coming.on_date,
                at_time=row.coming.at_time,
                title=row.coming.title,
            )
            for code, row in zip(codes, rows, strict=True)
            if row.coming
        ],
        batch_size=200,
    )


def _file(code: str, row: CourtRow, file: StoredFile, names: dict[str, str]) -> CourtFile:
    place = names.get(row.department_id or "", "")
    return CourtFile(
        code=code,
        branch=BRANCH_OF[row.kind],
        kind=row.kind,
        court=row.court,
        court_number=row.court_number,
        claimants=row.claimants,
        defendants=row.defendants,
        subject=row.subject,
        department_id=row.department_id,
        lawyer_id=row.lawyer_id,
        stage=row.stage,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        outcome=row.outcome,
        next_on=_next_on(row),
        note=row.note,
        source_note=f"Importado de «{file.filename[:60]}», fila {row.number} {_mark(file)}",
        search=searchable(code, row.court_number, row.court, place, row.claimants, row.defendants, row.subject),
    )


def _next_on(row: CourtRow) -> date | None:
    return row.coming.on_date if row.coming and row.stage != CourtStage.CLOSED else None


async def _link_waiting(entry: Entry, rows: Sequence[CourtRow]) -> str:
    """Link the notices that waited for one of these files, with their deadlines, and say how many."""
    numbers = {folded(row.court_number) for row in rows if row.court_number}
    linked = 0
    for notice in await CourtNotice.filter(court_file_id=None).exclude(court_number="").order_by("id"):
        if folded(notice.court_number) not in numbers:
            continue
        file = await court_file_for(notice.court, notice.court_number, notice.branch)
        if file:
            await entry.change(notice, court_file_id=file.id)
            await add_notice_deadline(entry, file, notice)
            await keep_next_date(entry, file)
            linked += 1
    return (
        f" Se vincularon {linked} notificaciones."
        if linked > 1
        else (" Se vinculó una notificación." if linked else "")
    )
