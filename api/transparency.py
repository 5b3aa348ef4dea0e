"""The public listings: their pages, and each as CSV and as JSON with its data dictionary. No account, no cookie."""

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.login import who
from api.pages import OwnRoute, Page
from api.templating import render
from api.turnstile import Turnstile
from documents.listing_csv import listing_csv
from models.clock import today
from models.publications import LISTING_NAMES, PublicListing
from reads.paging import Row
from reads.transparency import day_of, publication_of
from reads.transparency_rows import COLUMNS, Column, ColumnKind, listing_rows
from schema.labels import label
from schema.transparency import dictionary
from schema.transparency_mutations import READERS, in_words

PAGES = [
    Page("/transparencia", "transparency", public=True),
    Page("/transparencia/diccionario", "transparency_dictionary", public=True),
    Page("/transparencia/arrendamientos", "transparency_leases", must="transparencyLeases", public=True),
    Page("/transparencia/convenios", "transparency_conventions", must="transparencyConventions", public=True),
    Page("/administracion/transparencia", "transparency_publishing", roles=READERS),
]

MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
"""The kinds of file that a listing is given as, by the ending of its address."""

PUBLISHER = "Secretaría de Obras Sociales de la Esposa del Presidente (SOSEP), Guatemala"

DOWNLOADS = Turnstile(60, 60)
"""Downloads of one address in a minute. Behind a proxy all people have its address."""

KEPT = "public, max-age=300"
"""How long anybody may keep a download: a new publication is seen within five minutes."""


class ListingDownload:
    """Answers the downloads of one listing, with ?publishedOn= of an earlier publication."""

    def __init__(self, listing: PublicListing, ending: str) -> None:
        self.listing, self.ending = listing, ending

    async def answer(self, request: Request) -> Response:
        """Give the file, or 304 to whoever has it already."""
        wait = DOWNLOADS.wait(request.client.host if request.client else "")
        if wait:
            message = f"Se están pidiendo demasiadas descargas. Espere {wait} segundos y pida esta de nuevo."
            return await self._refused(request, message, 429, {"Retry-After": str(wait)})
        given = request.query_params.get("publishedOn", "")
        try:
            on = date.fromisoformat(given) if given else None
        except ValueError:
            message = "«publishedOn» es el día de una publicación, como 2026-03-31."
            return await self._refused(request, message, 400)
        row = await publication_of(self.listing, on)
        if row is None:
            message = "Ese día no se publicó este listado." if on else "Este listado todavía no se publica."
            return await self._refused(request, message, 404)
        body = as_csv(self.listing, row["rows"]) if self.ending == "csv" else self._json(row)
        tag = f'W/"{sha256(body).hexdigest()[:32]}"'
        name = f"{LISTING_NAMES[self.listing]}-{day_of(row['published_at'])}.{self.ending}"
        headers = {"ETag": tag, "Cache-Control": KEPT, "Content-Disposition": f'attachment; filename="{name}"'}
        known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
        if tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=MEDIA[self.ending], headers=headers)

    async def _refused(
        self, request: Request, message: str, status: int, headers: dict[str, str] | None = None
    ) -> Response:
        if self.ending == "json":
            codes = {400: "BAD_USER_INPUT", 404: "NOT_FOUND", 429: "TOO_MANY_REQUESTS"}
            body = {"errors": [{"message": message, "extensions": {"code": codes[status]}}]}
            return JSONResponse(body, status, headers)
        return await render(request, "bad_request.html", {"message": message}, status=status, headers=headers)

    def _json(self, row: Row) -> bytes:
        columns = COLUMNS[self.listing]
        whole = {
            "title": label(self.listing),
            "publisher": PUBLISHER,
            "publishedOn": day_of(row["published_at"]).isoformat(),
            "dictionary": [
                {"name": one.name, "kind": one.kind.value, "meaning": one.meaning, "choices": one.choices}
                for one in dictionary(self.listing)
            ],
            "rows": [{column.name: _value(column, one) for column in columns} for one in row["rows"]],
        }
        return json.dumps(whole, ensure_ascii=False).encode()


def as_csv(listing: PublicListing, rows: Sequence[Row]) -> bytes:
    """Return rows of a listing as the public gets them in CSV."""
    columns = COLUMNS[listing]
    names = [column.name for column in columns]
    return listing_csv(names, ([in_words(column, row) for column in columns] for row in rows))


def _value(column: Column, row: Row) -> str | int | None:
    """Return a value of the JSON: numbers as numbers, everything else in the words of the CSV, null for nothing."""
    value = row.get(column.field)
    if column.kind == ColumnKind.NUMBER:
        return value if isinstance(value, int) else None
    return in_words(column, row) or None


async def draft(request: Request) -> Response:
    """Give whoever sees all what would be published now, whole: the page shows the first differences only."""
    person = await who(request)
    listing = next((one for one, name in LISTING_NAMES.items() if name == request.path_params["name"]), None)
    if person is None:
        return RedirectResponse("/ingresar?next=/administracion/transparencia", 303)
    if person.role not in READERS:
        return await render(request, "forbidden.html", {}, status=403, person=person)
    if listing is None:
        return await render(request, "missing.html", {}, status=404, person=person)
    headers = {"Content-Disposition": f'attachment; filename="sin-publicar-{LISTING_NAMES[listing]}-{today()}.csv"'}
    body = as_csv(listing, await listing_rows(listing, today()))
    return Response(body, media_type=MEDIA["csv"], headers=headers)


ROUTES = [
    OwnRoute("/administracion/transparencia/{name}.csv", draft, methods=["GET"]),
    *(
        OwnRoute(f"/transparencia/{name}.{ending}", ListingDownload(listing, ending).answer, methods=["GET"])
        for listing, name in LISTING_NAMES.items()
        for ending in MEDIA
    ),
]
