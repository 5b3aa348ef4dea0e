"""The papers of the annual report: its tables as plain data for Word, workbook and CSV."""

import asyncio
from collections.abc import Sequence
from datetime import date

from documents.report_chapter import Chapter, report_docx
from documents.report_parts import BarChart, ChapterTable
from documents.report_workbook import report_xlsx
from models.clock import today
from reads.report_tables import ReportTable, period_in_words
from settings import settings


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
            about=one.about,
        )
        for one in tables
    ]


def chapter_of(first: date, last: date, *, edition: int | None = None, as_of: date | None = None) -> Chapter:
    """Return what a chapter of this period that is made today says of itself."""
    known = as_of if as_of and as_of < today() else None
    return Chapter(first, last, period_in_words(first, last), today(), edition, known, settings().demo)


async def word_of(chapter: Chapter, tables: Sequence[ReportTable]) -> bytes:
    """Return the chapter in Word, the same for everybody; made in a thread: thousands of centers take a second."""
    return await asyncio.to_thread(report_docx, chapter, plain_tables(tables))


async def workbook_of(chapter: Chapter, tables: Sequence[ReportTable]) -> bytes:
    """Return the workbook of all tables, the same for everybody; made in a thread."""
    return await asyncio.to_thread(report_xlsx, chapter, plain_tables(tables))
