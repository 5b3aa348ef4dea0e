"""Spreadsheets brought in, in the API: what may be brought, how far each import has come, what its dry run found."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from actions.imports import may_bring
from actions.refusals import Refusal
from actions.sheet_catalog import SHEETS
from actions.sheets import MOST_ROWS, Sheet
from models.imports import ImportState, SheetKind
from reads.imports import import_page, imports_by_id
from schema.context import Info
from schema.ids import Node, row_id
from schema.paging import After, Connection, First, connect
from schema.papers import File, file_of
from schema.people import Person, person_of


@strawberry.type(description="Una columna de una hoja.")
class SheetColumn:
    label: str = strawberry.field(description="Su encabezado en la plantilla.")
    required: bool = strawberry.field(description="Si la hoja debe tenerla.")
    hint: str = strawberry.field(description="Qué se escribe en ella.")
    aliases: list[str] = strawberry.field(description="Otros encabezados con que se reconoce.")


@strawberry.type(description="Una clase de hoja que usted puede importar.")
class SheetForm:
    kind: SheetKind = strawberry.field(description="Clase de hoja.")
    explained: str = strawberry.field(description="Qué trae cada fila.")
    most_rows: int = strawberry.field(description="Cuántas filas lleva a lo sumo.")
    columns: list[SheetColumn] = strawberry.field(description="Sus columnas.")

    @strawberry.field(description="Dirección de la plantilla de Excel, en este mismo sitio.")
    def template_url(self) -> str:
        return f"/importar/plantillas/{self.kind.value}.xlsx"

    @classmethod
    def of(cls, sheet: Sheet) -> "SheetForm":
        """Describe a kind."""
        columns = [
            SheetColumn(label=one.label, required=one.required, hint=one.hint, aliases=list(one.aliases))
            for one in sheet.columns
        ]
        return cls(kind=sheet.kind, explained=sheet.explained, most_rows=MOST_ROWS, columns=columns)


@strawberry.type(description="Una celda que no se puede recibir, o que conviene revisar.")
class ImportProblem:
    row: int = strawberry.field(description="Número de fila en la hoja.")
    column: str = strawberry.field(description="Encabezado de la columna.")
    value: str = strawberry.field(description="Lo que está escrito, hasta 80 caracteres.")
    reason: str = strawberry.field(description="Por qué no se puede recibir, o qué conviene revisar.")
    suggestion: str = strawberry.field(description="Qué se quiso escribir, probablemente.")
    warning: bool = strawberry.field(description="Si solo se advierte y no impide importar.")


@strawberry.type(description="Una de las primeras filas de la hoja y lo que hace la importación con ella.")
class ImportRow:
    row: int = strawberry.field(description="Número de fila en la hoja.")
    words: str = strawberry.field(description="La fila en una línea.")
    present: str = strawberry.field(description="Cómo está registrada ya; vacío si se agrega.")


@strawberry.type(description="Una hoja de cálculo que alguien envió para importarla: todas sus filas o ninguna.")
class SheetImport(Node):
    kind: SheetKind = strawberry.field(description="Clase de hoja.")
    state: ImportState = strawberry.field(description="Qué tan lejos va.")
    created_at: datetime = strawberry.field(description="Cuándo se envió.")
    ended_at: datetime | None = strawberry.field(description="Cuándo se importó, se descartó o se rechazó.")
    rows_total: int = strawberry.field(description="Cuántas filas tiene, aproximadamente mientras se revisa.")
    rows_read: int = strawberry.field(description="Cuántas filas se han revisado.")
    to_add: int = strawberry.field(description="Cuántas filas se agregarían, o se agregaron.")
    present_count: int = strawberry.field(description="Cuántas filas ya están registradas y quedan como están.")
    wrong_count: int = strawberry.field(description="Cuántas celdas hay que corregir; con una no se importa nada.")
    ignored_columns: list[str] = strawberry.field(description="Encabezados que no se conocen y se dejan aparte.")
    said: str = strawberry.field(description="Por qué no se pudo leer o importar, o qué más resultó de importarla.")
    version: int = strawberry.field(description="Versión, para confirmar lo que se ve.")
    file_id: strawberry.Private[int]
    errors_file_id: strawberry.Private[int | None]
    created_by_id: strawberry.Private[int]
    row: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Si confirmarla agregaría filas.")
    def importable(self) -> bool:
        return self.state == ImportState.CHECKED and not self.wrong_count and self.to_add > 0

    @strawberry.field(description="La hoja que se envió.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="Libro de Excel con las celdas por corregir, hasta 5,000.")
    async def errors_file(self, info: Info) -> File | None:
        return await file_of(info, self.errors_file_id)

    @strawberry.field(description="Quien la envió.")
    async def created_by(self, info: Info) -> Person | None:
        return await person_of(info, self.created_by_id)

    @strawberry.field(description="Las primeras 50 celdas por corregir o por revisar.")
    def problems(self) -> list[ImportProblem]:
        return [ImportProblem(**one) for one in self.row["problems"]]

    @strawberry.field(description="Las primeras 20 filas que se pueden importar.")
    def sample(self) -> list[ImportRow]:
        return [ImportRow(**one) for one in self.row["sample"]]


def sheet_import_type(row: dict[str, Any]) -> SheetImport:
    """Make an import from its row."""
    named = {"present_count": row["present"], "wrong_count": row["wrong"], "ignored_columns": list(row["ignored"])}
    return SheetImport.of(row, **named)


async def sheet_import_of(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Identificador de la importación.")]
) -> SheetImport | None:
    """Return an import in reach; None for a damaged id, a missing import and one out of reach alike."""
    _ = info.context.person
    try:
        key = row_id(id, "SheetImport", path="id")[1]
    except Refusal:
        return None
    row = await info.context.load(imports_by_id, key)
    return sheet_import_type(row) if row else None


async def sheet_imports(info: Info, first: First = 50, after: After = None) -> Connection[SheetImport]:
    """Return a page of the imports in reach."""
    return await connect(sheet_import_type, import_page(info.context.person, first=first, after=after), after)


async def sheet_forms(info: Info) -> list[SheetForm]:
    """Return the kinds of spreadsheets that the person may bring."""
    person = info.context.person
    return [SheetForm.of(sheet) for kind, sheet in SHEETS.items() if may_bring(person, kind)]
