"""The outgoing book in Word: /libro-de-salida.docx, for the same people as its page; api/exports.py gives its list."""

import asyncio
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.login import who
from api.templating import render
from documents.media_types import WORD
from documents.outgoing_book import BookLine, BookPeriod, BookTotal, outgoing_docx
from models.clock import today
from models.papers import DocumentKind
from models.people import User
from reads.outgoing import Book, TooMany, book_entries, outgoing_book
from schema.labels import label
from schema.masking import CodedError
from schema.paper_books import period
from settings import settings


async def book_docx(request: Request) -> Response:
    """Give the book of a period as a Word file."""
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/libro-de-salida", 303)
    try:
        book = await _book(request, person)
        if book is None:
            return await render(request, "forbidden.html", {}, status=403, person=person)
        entries = await book_entries(person, book)
    except (CodedError, TooMany, ValueError) as wrong:
        message = "La fecha o la clase no existe." if isinstance(wrong, ValueError) else _sentence(wrong)
        return await render(request, "bad_request.html", {"message": message}, status=400, person=person)
    lines = [
        BookLine(
            number=row["number"],
            kind=label(row["kind"]),
            issued_on=row["issued_on"],
            subject=row["subject"],
            addressee=row["addressee"],
            issued_by=row["issued_by"],
            voided_on=row["voided_on"],
            void_reason=row["void_reason"],
        )
        for row in entries
    ]
    # A year takes a second or two: not on the loop that serves everybody.
    data = await asyncio.to_thread(_docx, book, lines)
    name = f"libro-de-salida-{book.issued_from}-{book.issued_to}.docx"
    return Response(data, media_type=WORD, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sentence(wrong: Exception) -> str:
    return wrong.message if isinstance(wrong, CodedError) else str(wrong)


async def _book(request: Request, person: User) -> Book | None:
    given = request.query_params
    first, last = (date.fromisoformat(given[name]) if given.get(name) else None for name in ("from", "to"))
    kind = DocumentKind(given["kind"]) if given.get("kind") else None
    issued_from, issued_to = period(first, last)
    return await outgoing_book(person, issued_from=issued_from, issued_to=issued_to, kind=kind)


def _docx(book: Book, lines: list[BookLine]) -> bytes:
    kind = label(book.kind) if book.kind else ""
    made = BookPeriod(book.issued_from, book.issued_to, kind, book.whole, settings().demo)
    totals = [BookTotal(label(one.kind), one.issued, one.voided) for one in book.totals]
    return outgoing_docx(made, totals, lines, on=today())
