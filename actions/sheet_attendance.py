"""Spreadsheets of people attended: a center and a month a row, by the rules of months typed one by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from actions.attendance import as_noted, outside_life, people_in_words, wrong_month
from actions.audited import Entry
from actions.sheet_centers import LARGEST_CENTER
from actions.sheet_facts import center_list
from actions.sheet_rows import RowReader, chunks, first_lines
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.centers import Attendance
from models.imports import SheetKind
from models.months import month_in_words

COLUMNS = (
    SheetColumn("center", "Centro", ("código", "código del centro"), required=True, width=34, offers=center_list,
                free=True, hint="El código del centro."),
    SheetColumn("month", "Mes", ("mes y año", "período"), required=True, hint="Como enero 2025 o 01/2025."),
    SheetColumn("men", "Hombres", ("hombre", "niños", "masculino"), required=True, width=12,
                hint="Personas atendidas; 0 si ninguna."),
    SheetColumn("women", "Mujeres", ("mujer", "niñas", "femenino"), required=True, width=12,
                hint="Personas atendidas; 0 si ninguna."),
)  # fmt: skip


def read_attendance(reader: RowReader) -> SheetRow | None:
    """Return the people attended in a center during a month."""
    center = reader.center("center", required=True)
    month = reader.month("month")
    if month and (wrong := wrong_month(month, reader.facts.today)):
        reader.wrong("month", wrong)
    elif month and center and (outside := outside_life(month, reader.facts.lives[center.id])):
        reader.wrong("month", outside)
    men = reader.whole("men", least=0, most=LARGEST_CENTER, required=True)
    women = reader.whole("women", least=0, most=LARGEST_CENTER, required=True)
    if reader.broken or center is None or month is None or men is None or women is None:
        return None
    if center.capacity and men + women > center.capacity:
        said = f"Pasa del cupo del centro: {men + women} personas y {center.capacity} lugares."
        reader.wrong("women", said, "Se importa así. Revise el dato.", warning=True)
    words = first_lines(center.name, month_in_words(month), people_in_words(men, women))
    values = {"center_id": center.id, "month": month, "men": men, "women": women}
    return SheetRow(reader.number, f"{center.id} {month:%Y-%m}", words, values)


async def attendance_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the centers and months that are noted already."""
    found: dict[str, str] = {}
    for part in chunks(list(keys), BATCH):
        pairs = [key.split(" ") for key in part]
        centers = {int(center) for center, _ in pairs}
        months = {date.fromisoformat(f"{month}-01") for _, month in pairs}
        noted = Attendance.filter(center_id__in=list(centers), month__in=list(months))
        for center, month in await noted.values_list("center_id", "month"):
            found[f"{center} {month:%Y-%m}"] = month_in_words(month)
    return {key: found[key] for key in keys if key in found}


async def write_attendance(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write the people attended, as noted by whoever brought the sheet."""
    made = (Attendance(**as_noted(entry, origin.brought_by, **row.values)) for row in rows)
    await Attendance.bulk_create(made, batch_size=200)


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return two months of a center that does not exist."""
    return (
        {"center": "CAD-EJEMPLO-1", "month": "enero 2025", "men": 12, "women": 27},
        {"center": "CAD-EJEMPLO-1", "month": "febrero 2025", "men": 13, "women": 26},
    )


ATTENDANCE = Sheet(
    SheetKind.ATTENDANCE, COLUMNS, read_attendance, attendance_on_record, write_attendance,
    ("un mes de un centro", "meses de centros"), examples, key_column="month",
    explained="Un centro y un mes por fila. Los meses que ya están anotados quedan como están: "
    "se corrigen uno por uno, con su motivo, en la página del centro.",
)  # fmt: skip
