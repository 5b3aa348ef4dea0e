"""What clients send to change court files."""

from datetime import date

import strawberry

from models.court import CourtBranch, CourtDateKind, CourtFileKind, CourtStage
from schema.inputs import ONCE, VERSION

_FILE = "Expediente judicial."
_SENT = "Archivo subido por POST /files."


@strawberry.input(description="Registro de un expediente judicial.")
class RegisterCourtFileInput:
    kind: CourtFileKind = strawberry.field(description="Clase; de ella sigue la materia.")
    court: str = strawberry.field(description="Juzgado u órgano que lo conoce.")
    court_number: str | None = strawberry.field(
        default=None, description="Número que le dio el juzgado, si ya lo tiene."
    )
    claimants: list[str] | None = strawberry.field(
        default=None, description="Quienes demandan o denuncian; también uno por línea."
    )
    defendants: list[str] | None = strawberry.field(
        default=None, description="Quienes son demandados o denunciados; también uno por línea."
    )
    subject: str | None = strawberry.field(default=None, description="Asunto.")
    department_code: str | None = strawberry.field(default=None, description="Departamento donde está el juzgado.")
    lawyer_id: strawberry.ID | None = strawberry.field(default=None, description="Abogado o abogada a cargo.")
    opened_on: date = strawberry.field(description="Fecha de inicio.")
    note: str | None = strawberry.field(default=None, description="Nota.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Cambios de un expediente judicial; lo vacío queda como está.")
class ChangeCourtFileInput:
    court_file_id: strawberry.ID = strawberry.field(description=_FILE)
    lawyer_id: strawberry.ID | None = strawberry.field(default=None, description="Abogado o abogada a cargo.")
    stage: CourtStage | None = strawberry.field(default=None, description="Etapa a la que pasa.")
    closed_on: date | None = strawberry.field(default=None, description="Fecha en que feneció; solo al fenecerlo.")
    outcome: str | None = strawberry.field(default=None, description="Qué se resolvió; obligatorio al fenecerlo.")
    court_number: str | None = strawberry.field(default=None, description="Número del juzgado, si no lo tenía.")
    note: str | None = strawberry.field(default=None, description="Nota; reemplaza la anterior.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Una audiencia, o un plazo por su fecha o en días hábiles.")
class AddCourtDateInput:
    court_file_id: strawberry.ID = strawberry.field(description=_FILE)
    kind: CourtDateKind = strawberry.field(description="Audiencia o plazo.")
    title: str = strawberry.field(description="De qué se trata.")
    on_date: date | None = strawberry.field(default=None, description="Día; en un plazo, o los días hábiles.")
    at_time: str | None = strawberry.field(default=None, description="Hora de la audiencia, como 09:30.")
    place: str | None = strawberry.field(default=None, description="Lugar; vacío: el juzgado.")
    counted_from: date | None = strawberry.field(
        default=None, description="Desde qué día se cuentan los días hábiles, el de la notificación; no se incluye."
    )
    working_days: int | None = strawberry.field(default=None, description="Cuántos días hábiles, de 1 a 250.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Resultado de una audiencia o plazo.")
class SettleCourtDateInput:
    court_date_id: strawberry.ID = strawberry.field(description="Audiencia o plazo.")
    settled_on: date = strawberry.field(description="Día en que se resolvió.")
    result: str = strawberry.field(description="Qué resultó.")
    expected_version: int | None = strawberry.field(default=None, description="Versión del expediente que usted vio.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Registro de una notificación judicial.")
class RegisterCourtNoticeInput:
    court_file_id: strawberry.ID | None = strawberry.field(
        default=None, description="Su expediente; vacío: se busca por el número del juzgado."
    )
    branch: CourtBranch | None = strawberry.field(default=None, description="Materia; vacía: la del expediente.")
    court: str | None = strawberry.field(default=None, description="Juzgado u órgano; vacío: el del expediente.")
    court_number: str | None = strawberry.field(default=None, description="Número del expediente en el juzgado.")
    received_on: date = strawberry.field(description="Fecha de recepción.")
    summary: str = strawberry.field(description="Qué se notifica, en una o dos frases.")
    working_days: int | None = strawberry.field(
        default=None, description="Días hábiles para responderla, desde el día siguiente; vacío si no pide respuesta."
    )
    file_id: strawberry.ID | None = strawberry.field(default=None, description=f"Copia. {_SENT}")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Respuesta a una notificación judicial.")
class AnswerCourtNoticeInput:
    notice_id: strawberry.ID = strawberry.field(description="Notificación.")
    answered_on: date = strawberry.field(description="Fecha de la respuesta.")
    answer: str = strawberry.field(description="Cómo se respondió.")
    court_file_id: strawberry.ID | None = strawberry.field(
        default=None, description="Expediente al que pertenece, si todavía no lo tenía."
    )
    document_id: strawberry.ID | None = strawberry.field(
        default=None, description="Documento emitido en el expediente con que se respondió."
    )
    file_id: strawberry.ID | None = strawberry.field(default=None, description=f"Copia del escrito presentado. {_SENT}")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Un documento que entró o salió en un expediente judicial.")
class AddCourtPaperInput:
    court_file_id: strawberry.ID = strawberry.field(description=_FILE)
    file_id: strawberry.ID = strawberry.field(description=_SENT)
    title: str = strawberry.field(description="Qué documento es.")
    dated_on: date = strawberry.field(description="Fecha del documento.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)
