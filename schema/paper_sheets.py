"""One sheet of a paper in the API: its picture's address, and its words for whoever does not see it."""

from typing import Annotated

import strawberry

from actions.paper_pages import words_of_page
from documents.page_images import NoPage
from documents.storage import StorageFault
from reads.renditions import renditions_by_document
from schema.context import Info
from schema.ids import global_id
from schema.paper_books import Identifier, official_document

Number = Annotated[int, strawberry.argument(description="Cuál, desde 1.")]


@strawberry.type(description="Una hoja del PDF de un documento.")
class DocumentSheet:
    number: int = strawberry.field(description="Cuál, desde 1.")
    of: int = strawberry.field(description="Cuántas hojas tiene el documento.")
    url: str = strawberry.field(description="Dirección de su imagen (PNG), en este mismo sitio.")
    text: str = strawberry.field(description="Lo que dice, para quien no ve la imagen.")


async def document_sheet(info: Info, id: Identifier, number: Number = 1) -> DocumentSheet | None:
    """Return one sheet of a paper in reach; None while there is no PDF, and for a sheet that it does not have."""
    paper = await official_document(info, id)
    row = await info.context.load(renditions_by_document, paper.key) if paper else None
    if paper is None or row is None or not row["sheets"] or not row["file__sha256"]:
        return None
    if not 1 <= number <= row["sheets"]:
        return None
    try:
        words = await words_of_page(row["file__sha256"], number)
    except (NoPage, StorageFault):
        return None
    url = f"/documentos/{global_id('OfficialDocument', paper.key)}/hojas/{number}.png"
    return DocumentSheet(number=number, of=row["sheets"], url=url, text=words)
