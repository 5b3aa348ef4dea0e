"""The correspondence of 2024: oficios, providencias and conocimientos that the report counts and does not list."""

from datetime import date

from tortoise.models import Model

from actions.audited import Entry
from actions.derived_2024 import Desk2024
from actions.files_2024 import demo_lawyers, paper_of_2024
from actions.loading import insert, table
from actions.registry import paper_numbers, take_number
from models.centers import Source
from models.fields import folded
from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument
from models.people import User
from reads.calendar import working_calendar

KINDS = {
    "oficios": DocumentKind.OFICIO,
    "providencias": DocumentKind.PROVIDENCIA,
    "conocimientos": DocumentKind.CONOCIMIENTO,
}
"""Kinds by the words of the report (l.1445)."""

SUBJECT = "No detallado en el informe (l.1445)"


async def correspondence_exists() -> bool:
    """Tell whether the correspondence of 2024 is loaded."""
    return await OfficialDocument.exists(source=Source.DEMO.value, year=2024, kind=DocumentKind.OFICIO)


async def add_correspondence(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add as many papers of each kind as the report counts, spread over its working days in the order of numbers."""
    days = Desk2024(await working_calendar()).days
    lawyers = await demo_lawyers()
    lines = {row["description"]: int(row["quantity"]) for row in table("legal_results_2024.csv")}
    counts = {}
    for word, kind in KINDS.items():
        papers = await _papers(entry, kind, lines[word], days, lawyers or [entry.actor])
        counts[word] = await insert(papers)
    return await OfficialDocument.get(kind=DocumentKind.OFICIO, year=2024, serial=1), counts


async def _papers(
    entry: Entry, kind: DocumentKind, count: int, days: list[date], authors: list[User]
) -> list[OfficialDocument]:
    last, year = await take_number(entry, kind.value, year=days[0].year, count=count)
    serials = range(last - count + 1, last + 1)
    numbers = await paper_numbers(kind, LEGAL_UNIT, serials, year, on=date(year, 1, 1))
    return [
        paper_of_2024(
            kind,
            serial,
            number,
            days[index * len(days) // count],
            issued_by_id=authors[index % len(authors)].id,
            subject=SUBJECT,
            search=folded(number, SUBJECT),
        )
        for index, (serial, number) in enumerate(zip(serials, numbers, strict=True))
    ]
