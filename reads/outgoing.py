"""The outgoing book (libro de salida): every paper issued in a period, its totals by kind, what was voided and why."""

from dataclasses import dataclass
from datetime import date

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.court import CourtFile
from models.papers import DocumentKind, OfficialDocument
from models.people import User
from models.permissions import RESERVED, SEES_ALL
from reads.paging import Row
from reads.papers import DOCUMENT, DocumentQuery, documents_within
from reads.people import people_by_id


class TooMany(Exception):
    """The period holds more papers than one download carries; the sentence is for people."""


MOST_ENTRIES = 5000
"""Papers that one download carries: more than a year of the office."""


@dataclass(frozen=True)
class Total:
    """How many papers of a kind left in the period, and how many of them were voided."""

    kind: DocumentKind
    issued: int
    voided: int


@dataclass(frozen=True)
class Book:
    """The outgoing book of a period, both days included."""

    issued_from: date
    issued_to: date
    kind: DocumentKind | None
    totals: tuple[Total, ...]
    whole: bool
    """Whether reserved papers of court files are among them."""

    @property
    def query(self) -> DocumentQuery:
        """The papers of the book."""
        return DocumentQuery([self.kind] if self.kind else [], issued_from=self.issued_from, issued_to=self.issued_to)

    @property
    def issued(self) -> int:
        """All papers of the period."""
        return sum(total.issued for total in self.totals)

    @property
    def voided(self) -> int:
        """Those of them that were voided."""
        return sum(total.voided for total in self.totals)


async def outgoing_book(
    actor: User, *, issued_from: date, issued_to: date, kind: DocumentKind | None = None
) -> Book | None:
    """Return the book of a period with its totals by kind; none for who sees only a part of what leaves."""
    if actor.role not in SEES_ALL:
        return None
    empty = Book(issued_from, issued_to, kind, (), actor.role in RESERVED[CourtFile])
    papers = documents_within(actor, empty.query)
    issued = await _by_kind(papers)
    voided = await _by_kind(papers.filter(voided_on__isnull=False))
    totals = tuple(Total(one, issued[one], voided.get(one, 0)) for one in DocumentKind if one in issued)
    return Book(issued_from, issued_to, kind, totals, empty.whole)


async def _by_kind(papers: QuerySet[OfficialDocument]) -> dict[DocumentKind, int]:
    rows = await papers.annotate(papers=Count("id")).group_by("kind").values("kind", "papers")
    return {DocumentKind(row["kind"]): row["papers"] for row in rows}


async def book_entries(actor: User, book: Book) -> list[Row]:
    """Return every paper of a book in the order in which they left, with the name of who issued it.

    Raises TooMany when the period holds more than one download carries.
    """
    if book.issued > MOST_ENTRIES:
        raise TooMany(
            f"El período tiene {book.issued} documentos y una descarga lleva {MOST_ENTRIES}: pida uno más corto, "
            "o una sola clase."
        )
    rows = await documents_within(actor, book.query).order_by("issued_on", "id").values(*DOCUMENT)
    people = await people_by_id(list({row["issued_by_id"] for row in rows}), actor)
    return [row | {"issued_by": people[row["issued_by_id"]]["name"]} for row in rows]
