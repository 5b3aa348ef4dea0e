"""How a spreadsheet is sent for its dry run, confirmed or discarded through the API."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import imports
from models.imports import SheetKind
from models.people import User
from reads.imports import imports_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.imports import SheetImport, sheet_import_type
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer

SEEN = "Versión que se vio; si cambió, se rechaza."


@strawberry.input(description="Envío de una hoja para revisarla: no se importa nada hasta que se confirme.")
class StartImportInput:
    kind: SheetKind = strawberry.field(description="Qué trae cada fila.")
    file_id: strawberry.ID = strawberry.field(description="Hoja .xlsx o .csv subida por POST /files.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Confirmación de una hoja revisada: se importan todas sus filas o ninguna.")
class ConfirmImportInput:
    import_id: strawberry.ID = strawberry.field(description="La importación.")
    sha256: str = strawberry.field(description="Huella SHA-256 de la hoja que se revisó.")
    expected_version: int | None = strawberry.field(default=None, description=SEEN)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Descarte de una importación que no se ha confirmado.")
class DiscardImportInput:
    import_id: strawberry.ID = strawberry.field(description="La importación.")
    expected_version: int | None = strawberry.field(default=None, description=SEEN)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la importación tal como quedó.")
class ImportPayload(Payload):
    sheet_import: SheetImport | None = strawberry.field(default=None, description="La importación.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.sheet_import = sheet_import_type(await context.load(imports_by_id, key))


def _import(given: str) -> int:
    return row_id(given, "SheetImport", path="importId")[1]


async def start_import(info: Info, input: Annotated[StartImportInput, SENT]) -> ImportPayload:
    """Send a sheet for its dry run."""

    async def act(actor: User) -> Model:
        file = row_id(input.file_id, "File", path="fileId")[1]
        return await imports.start_import(actor=actor, kind=input.kind, file_id=file)

    return await answer(info, ImportPayload, input, act)


async def confirm_import(info: Info, input: Annotated[ConfirmImportInput, SENT]) -> ImportPayload:
    """Confirm a sheet that was looked at."""

    async def act(actor: User) -> Model:
        return await imports.confirm_import(
            actor=actor,
            import_id=_import(input.import_id),
            sha256=input.sha256,
            expected_version=input.expected_version,
        )

    return await answer(info, ImportPayload, input, act)


async def discard_import(info: Info, input: Annotated[DiscardImportInput, SENT]) -> ImportPayload:
    """Discard an import."""

    async def act(actor: User) -> Model:
        return await imports.discard_import(
            actor=actor, import_id=_import(input.import_id), expected_version=input.expected_version
        )

    return await answer(info, ImportPayload, input, act)
