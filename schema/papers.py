"""Official documents and files in the API."""

from datetime import date, datetime

import strawberry

from models.papers import DocumentKind, Outcome
from reads.paging import Row
from reads.papers import files_by_id
from schema.context import Info
from schema.ids import Node


@strawberry.type(description="Un archivo: se descarga por su dirección, con el mismo permiso que el registro.")
class File(Node):
    filename: str = strawberry.field(description="Nombre del archivo.")
    media_type: str = strawberry.field(description="Tipo de contenido.")
    size: int = strawberry.field(description="Tamaño en bytes.")
    sha256: str = strawberry.field(description="Huella SHA-256 del contenido, en hexadecimal.")
    received_at: datetime = strawberry.field(description="Cuándo se recibió o se hizo.")

    @strawberry.field(description="Dirección de descarga, en este mismo sitio.")
    def url(self) -> str:
        return f"/files/{self.key}"


async def file_of(info: Info, file_id: int | None) -> File | None:
    """Return a file by id, gathered with the others that the request asks for."""
    row = await info.context.load(files_by_id, file_id)
    return file(row) if row else None


def file(row: Row) -> File:
    """Make a file from its row."""
    return File.of(row, received_at=row["uploaded_at"])


@strawberry.type(description="Documento oficial numerado. Anulado conserva su número.")
class OfficialDocument(Node):
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    number: str = strawberry.field(description="Número completo, como se imprime.")
    serial: int = strawberry.field(description="Correlativo del año, sin huecos.")
    year: int = strawberry.field(description="Año del correlativo.")
    unit: str = strawberry.field(description="Unidad que lo emite.")
    outcome: Outcome | None = strawberry.field(description="Sentido, si es un dictamen.")
    issued_on: date = strawberry.field(description="Fecha de emisión.")
    verification_code: str = strawberry.field(description="Código con que cualquiera comprueba que es auténtico.")
    voided_on: date | None = strawberry.field(description="Fecha de anulación, si se anuló.")
    void_reason: str = strawberry.field(description="Motivo de la anulación.")
    file_id: strawberry.Private[int | None]

    @strawberry.field(description="Archivo de Word; vacío en papeles de 2024 que solo constan en la Memoria.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)
