"""The annual report as a workbook: a sheet for each table, with its totals and notes, and one that says what it is."""

from collections.abc import Sequence

from .report_chapter import Chapter
from .report_parts import ChapterTable
from .workbooks import Column, SheetPlan, make_workbook


def report_xlsx(chapter: Chapter, tables: Sequence[ChapterTable]) -> bytes:
    """Return the report as .xlsx; the same tables of the same day give the same bytes."""
    sheets = [SheetPlan("Acerca de", (Column("Informe", 28), Column(chapter.title, 90)), _about(chapter, tables))]
    sheets += [SheetPlan(table.name, _columns(table), _rows(table)) for table in tables]
    return make_workbook(sheets, title=chapter.title, on=chapter.on)


def _about(chapter: Chapter, tables: Sequence[ChapterTable]) -> list[Sequence[str]]:
    facts = [
        ("Período", f"Del {chapter.first:%d/%m/%Y} al {chapter.last:%d/%m/%Y}, ambos días incluidos"),
        ("Fuente", f"Registros del sistema Convenios, {chapter.counted}"),
        *([("Edición", str(chapter.edition))] if chapter.edition else []),
        *((table.name, table.title) for table in tables),
    ]
    if chapter.demo:
        facts.append(("Aviso", "Datos de demostración: este informe no tiene validez."))
    return list(facts)


def _columns(table: ChapterTable) -> list[Column]:
    widths = [18 if table.figures(at) else 44 if at else 34 for at in range(len(table.columns))]
    return [Column(label, width) for label, width in zip(table.columns, widths, strict=True)]


def _rows(table: ChapterTable) -> list[Sequence[int | str]]:
    notes = [(note,) for note in table.notes]
    return [*table.rows, ("Total", *table.totals), (), ("Notas",), *notes]
