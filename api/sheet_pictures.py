"""Sheets of papers as pictures: GET /documentos/ID/hojas/N.png, for whom the paper is in reach."""

from starlette.requests import Request
from starlette.responses import Response

from actions.paper_pages import drawn_page
from api.login import who
from documents.page_images import NoPage
from documents.storage import StorageFault, Unavailable
from reads.papers import documents_by_id
from reads.renditions import renditions_by_document
from schema.ids import opened


async def sheet_picture(request: Request) -> Response:
    """Draw one sheet; a paper out of reach, without PDF or without that sheet is as absent as a missing one."""
    person = await who(request)
    if person is None:
        return Response(status_code=401)
    kind, key = opened(request.path_params["id"]) or ("", "")
    number = request.path_params["number"]
    known = kind == "OfficialDocument" and _counts(key) and _counts(number)
    paper = (await documents_by_id([int(key)], person)).get(int(key)) if known else None
    row = (await renditions_by_document([paper["id"]], person)).get(paper["id"]) if paper else None
    if row is None or not row["file__sha256"]:
        return Response(status_code=404)
    # Only to whoever may see the paper now, so nothing is kept on the way; unchanged, it travels once.
    mark = f'"{row["file__sha256"][:32]}-{number}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    try:
        picture = await drawn_page(row["file__sha256"], int(number))
    except Unavailable:
        return Response(status_code=503)
    except (NoPage, StorageFault):
        return Response(status_code=404)
    return Response(picture, media_type="image/png", headers=headers)


def _counts(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # no id of a row is longer
