"""The import of court files in the API: what a spreadsheet would do, row by row, and what is wrong with its cells."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from tortoise.models import Model

from actions import court_import
from actions.court_import import ImportPlan, RowOutcome
from actions.refusals import ErrorCode as Refused
from actions.refusals import Forbidden, Refusal
from models.people import User
from schema.context import Context, Info
from schema.court import reserved
from schema.ids import global_id, row_id
from schema.inputs import ONCE
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connection
from schema.payloads import Payload, answer

SENT = strawberry.argument(description="Los datos de la operación.")
Sheet = Annotated[strawberry.ID, strawberry.argument(description="Hoja subida por POST /files.")]


@strawberry.type(description="Una fila de la hoja y lo que hace la importación con ella.")
class CourtImportRow:
    number: int = strawberry.field(description="Número de fila en la hoja.")
    outcome: RowOutcome = strawberry.field(description="Qué pasa con ella.")
    summary: str = strawberry.field(description="El expediente en una línea; vacío si la fila tiene errores.")
    code: str = strawberry.field(description="Código del expediente que ya está registrado.")


@strawberry.type(description="Una celda que no se puede recibir.")
class CourtImportProblem:
    row: int = strawberry.field(description="Número de fila en la hoja.")
    column: str = strawberry.field(description="Encabezado de la columna.")
    value: str = strawberry.field(description="Lo que está escrito, hasta 80 caracteres.")
    reason: str = strawberry.field(description="Por qué no se puede recibir.")
    suggestion: str = strawberry.field(description="Qué se quiso escribir, probablemente.")


@strawberry.type(description="Lo que haría ahora la importación de una hoja; revisarla no escribe nada.")
class CourtImport:
    plan: strawberry.Private[ImportPlan]

    @strawberry.field(description="La hoja.")
    def file_id(self) -> strawberry.ID:
        return global_id("File", self.plan.file.id)

    @strawberry.field(description="Nombre del archivo.")
    def filename(self) -> str:
        return self.plan.file.filename

    @strawberry.field(description="Huella SHA-256 de la hoja, con que se confirma la importación.")
    def sha256(self) -> str:
        return self.plan.file.sha256

    @strawberry.field(description="Si confirmarla agregaría expedientes.")
    def importable(self) -> bool:
        return self.plan.importable

    @strawberry.field(description="Cuántos expedientes se agregarían.")
    def to_add(self) -> int:
        return self.plan.to_add

    @strawberry.field(description="Cuántas filas ya están registradas.")
    def present_count(self) -> int:
        return len(self.plan.present)

    @strawberry.field(description="Cuántas celdas hay que corregir.")
    def problem_count(self) -> int:
        return len(self.plan.problems)

    @strawberry.field(description="Cuántos expedientes agregó ya una importación de esta misma hoja.")
    def imported(self) -> int:
        return self.plan.imported

    @strawberry.field(description="Columnas que la importación no conoce y deja aparte.")
    def ignored_columns(self) -> list[str]:
        return list(self.plan.ignored)

    @strawberry.field(description="Las filas, en su orden.")
    def rows(self, first: First = 50, after: After = None) -> Connection[CourtImportRow]:
        shown = [
            CourtImportRow(number=row.number, outcome=row.outcome, summary=row.summary, code=row.code)
            for row in self.plan.planned()
        ]
        return _page(shown, first, after)

    @strawberry.field(description="Las celdas por corregir, en su orden.")
    def problems(self, first: First = 50, after: After = None) -> Connection[CourtImportProblem]:
        shown = [
            CourtImportProblem(
                row=one.row, column=one.column, value=one.value, reason=one.reason, suggestion=one.suggestion
            )
            for one in self.plan.problems
        ]
        return _page(shown, first, after)


def _page(everything: Sequence[Any], first: int, after: str | None) -> Connection[Any]:
    """Return a page of what is at hand whole; its cursor is the place in the list."""
    if not 1 <= first <= 200:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "«first» va de 1 a 200.")
    start = _place(after) if after else 0

    async def count() -> int:
        return len(everything)

    marked = [(_cursor(start + n + 1), one) for n, one in enumerate(everything[start : start + first])]
    return connection(marked, len(everything) > start + first, bool(after), count)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"row:{place}".encode()).decode()


def _place(after: str) -> int:
    try:
        kind, _, number = base64.b64decode(after.encode(), altchars=b"-_", validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        kind, number = "", ""
    if kind != "row" or not (number.isascii() and number.isdigit() and len(number) < 7):
        message = "El marcador de página no es válido: pida la lista desde el principio."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)
    return int(number)


async def court_import_of(info: Info, file_id: Sheet) -> CourtImport | None:
    """Return what importing a sheet would do; None when there is none, or somebody else sent it."""
    person = reserved(info)
    try:
        key = row_id(file_id, "File", path="fileId")[1]
        return CourtImport(plan=await court_import.plan_import(actor=person, file_id=key))
    except Forbidden as forbidden:
        raise CodedError(ErrorCode.FORBIDDEN, "Su papel en el sistema no permite importar.") from forbidden
    except Refusal as refusal:
        [problem] = refusal.problems
        if problem.code == Refused.FILE_REFUSED:
            raise CodedError(ErrorCode.BAD_USER_INPUT, problem.message) from refusal
        return None


@strawberry.input(description="Importación de expedientes judiciales: sin huella se revisa, con ella se confirma.")
class ImportCourtFilesInput:
    file_id: strawberry.ID = strawberry.field(description="Hoja .xlsx o .csv subida por POST /files.")
    sha256: str | None = strawberry.field(
        default=None, description="Huella de la hoja revisada: la confirma. Vacía: solo se revisa, no se escribe nada."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta a la revisión o importación de una hoja.")
class ImportCourtFilesPayload(Payload):
    report: CourtImport | None = strawberry.field(default=None, description="La hoja tal como quedó.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.report = CourtImport(plan=await court_import.plan_import(actor=context.person, file_id=key))


async def import_court_files(info: Info, input: Annotated[ImportCourtFilesInput, SENT]) -> ImportCourtFilesPayload:
    """Look at a sheet, or import it when its hash is given."""

    async def act(actor: User) -> Model:
        key = row_id(input.file_id, "File", path="fileId")[1]
        if input.sha256:
            return await court_import.import_court_files(actor=actor, file_id=key, sha256=input.sha256)
        return (await court_import.plan_import(actor=actor, file_id=key)).file

    return await answer(info, ImportCourtFilesPayload, input, act)
