"""Annual reports as they were issued, and what today's count of the same period says otherwise."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from models.people import User
from models.permissions import within
from models.publications import IssuedReport
from reads.paging import Order, Page, Row, page
from reads.report import annual_report
from reads.report_tables import Bars, Cell, ReportRow, ReportTable

ISSUED = (
    "id", "first_day", "last_day", "edition", "note", "word_id", "workbook_id", "issued_at", "issued_by_id",
)  # fmt: skip
"""Columns that the API shows of an issued report; its tables are read by themselves."""

Kept = Mapping[str, Any]
"""A table as an issued report keeps it."""


@dataclass(frozen=True)
class Difference:
    """A cell of an issued report that today's count of the same period says otherwise; empty where there is none."""

    table: str
    row: str
    column: str
    issued: str
    today: str
    href: str | None = None
    """Where the records that count today are."""


async def issued_page(actor: User, *, first: int, after: str | None) -> Page:
    """Return a page of the issued reports in reach, the last one first."""
    rows = IssuedReport.filter(within(IssuedReport, actor))
    return await page(rows, ISSUED, Order("id", descending=True), first=first, after=after)


async def issued_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the issued reports in reach among these."""
    rows = await IssuedReport.filter(within(IssuedReport, actor), id__in=ids).values(*ISSUED)
    return {row["id"]: row for row in rows}


async def issued_tables(ids: Sequence[int], actor: User) -> dict[int, list[Kept]]:
    """Return the tables of issued reports in reach, as they were issued."""
    rows = IssuedReport.filter(within(IssuedReport, actor), id__in=ids)
    return {row["id"]: row["tables"] for row in await rows.values("id", "tables")}


async def editions(first: date, last: date) -> int:
    """Return how many editions of a period were issued."""
    return await IssuedReport.filter(first_day=first, last_day=last).count()


def kept(table: ReportTable) -> dict[str, Any]:
    """Return a table as an issued report keeps it: the same for everybody, without addresses."""
    return {
        "number": table.number,
        "title": table.title,
        "columns": list(table.columns),
        "rows": [
            {"key": row.identity, "label": row.label, "cells": [cell.value for cell in row.cells]} for row in table.rows
        ],
        "totals": [total.value for total in table.totals],
        "notes": list(table.notes),
        "bars": None if table.bars is None else {
            "title": table.bars.title, "labels": table.bars.labels, "series": [list(one) for one in table.bars.series],
        },
    }  # fmt: skip


def restored(table: Kept) -> ReportTable:
    """Return a table as it was issued; it leads nowhere, because its records may have changed since."""
    bars = table["bars"]
    return ReportTable(
        number=table["number"],
        title=table["title"],
        columns=table["columns"],
        rows=[ReportRow(row["label"], [Cell(value) for value in row["cells"]], row["key"]) for row in table["rows"]],
        notes=table["notes"],
        sums={at: Cell(total) for at, total in enumerate(table["totals"])},
        bars=Bars(bars["title"], bars["labels"], bars["series"]) if bars else None,
    )


async def differences(report: Row, issued: Sequence[Kept], actor: User) -> list[Difference]:
    """Return the cells of an issued report that today's count of its period says otherwise, in their order."""
    tables = await annual_report(actor, report["first_day"], report["last_day"])
    return [found for old, new in _paired(issued, tables) for found in differing(old, new)]


def _paired(issued: Sequence[Kept], tables: Sequence[ReportTable]) -> Iterator[tuple[Kept, ReportTable]]:
    by_number = {table.number: table for table in tables}
    return ((old, by_number[old["number"]]) for old in issued if old["number"] in by_number)


def differing(old: Kept, new: ReportTable) -> list[Difference]:
    """Return the cells in which a table differs from what was issued: changed lines, lines gone, new ones, totals."""
    name = f"Tabla {new.number}" if new.number else new.title.partition(" ")[0]
    before = {row["key"]: row for row in old["rows"]}
    now = {row.identity: row for row in new.rows}
    labels = Counter([row["label"] for row in old["rows"]]) + Counter(row.label for row in new.rows)
    found: list[Difference] = []
    for key in dict.fromkeys([*before, *now]):
        was = list(before[key]["cells"]) if key in before else []
        cells = now[key].cells if key in now else []
        label = now[key].label if key in now else before[key]["label"]
        texts = [str(value) for value in was or [cell.value for cell in cells] if isinstance(value, str)]
        # Where a label names many lines, what else is text in the line tells them apart.
        shown = " · ".join([label, *texts]) if labels[label] > 2 else label
        if key in before and key in now and before[key]["label"] != label:
            found.append(Difference(name, shown, new.columns[0], before[key]["label"], label, now[key].href))
        for at, (one, cell) in enumerate(zip_longest(was, cells)):
            today = cell.text if cell else ""
            if ("" if one is None else str(one)) != today:
                column = new.columns[at + 1] if at + 1 < len(new.columns) else ""
                said = "" if one is None else str(one)
                found.append(Difference(name, shown, column, said, today, cell.href if cell else None))
    for at, (one, total) in enumerate(zip(old["totals"], new.totals, strict=False)):
        if str(one) != total.text:
            found.append(Difference(name, "Total", new.columns[at + 1], str(one), total.text, total.href))
    return found
