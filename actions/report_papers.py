"""The papers of the annual report: its tables as plain data for Word, workbook and CSV."""

from collections.abc import Sequence

from documents.report_parts import BarChart, ChapterTable
from reads.report_tables import ReportTable


def plain_tables(tables: Sequence[ReportTable], *, with_asides: bool = False) -> list[ChapterTable]:
    """Return tables as papers show them; `with_asides` with the notes for whom asks alone."""
    return [
        ChapterTable(
            number=one.number,
            title=one.title,
            columns=one.columns,
            rows=[(row.label, *(cell.value for cell in row.cells)) for row in one.rows],
            totals=[total.value for total in one.totals],
            notes=[*one.notes, *(one.asides if with_asides else ())],
            chart=BarChart(one.bars.title, one.bars.labels, one.bars.series) if one.bars else None,
        )
        for one in tables
    ]
