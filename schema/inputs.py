"""What clients send: one input per mutation, filters and orders of lists."""

from datetime import date
from enum import Enum

import strawberry

from models.agreements import AgreementStage, Standing
from models.alarms import AlarmCode
from models.centers import CenterKind, CenterState, TenureBasis
from models.papers import Outcome
from models.places import ProgramCode
from models.reviews import ReviewMatter, ReviewStage
from models.signing import Side

SENT = strawberry.argument(description="Los datos de la operación.")
"""Whatever a mutation takes."""
ONCE = "Identificador propio: repetirlo devuelve la primera respuesta y no hace nada dos veces."
"""What every mutation says of its `clientMutationId`."""
VERSION = "Versión que usted vio; si alguien fue más rápido la respuesta es STALE."
"""What a mutation says of its `expectedVersion`."""


@strawberry.input(description="Solicitud de renovación de un convenio.")
class RequestRenewalInput:
    convention_id: strawberry.ID = strawberry.field(description="Convenio que se renueva.")
    term_months: int | None = strawberry.field(default=None, description="Plazo en meses; vacío: el usual.")
    note: str | None = strawberry.field(default=None, description="Nota para la Asesoría Jurídica.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Entrega de un requisito.")
class SubmitRequirementInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    requirement_code: str = strawberry.field(description="Código del requisito.")
    file_id: strawberry.ID = strawberry.field(description="Archivo subido por POST /files.")
    note: str | None = strawberry.field(default=None, description="Nota.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Envío de un expediente a revisión legal, o respuesta a una providencia.")
class SubmitForReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Asignación de un expediente.")
class AssignReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    assignee_id: strawberry.ID = strawberry.field(description="Abogado o abogada.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Una observación.")
class ObservationInput:
    subject: str = strawberry.field(description="Documento o cláusula observada.")
    finding: str = strawberry.field(description="Hallazgo.")
    legal_basis: str | None = strawberry.field(default=None, description="Fundamento legal.")
    cure: str = strawberry.field(description="Cómo subsanar.")


@strawberry.input(description="Devolución de un expediente con todas sus observaciones.")
class ReturnReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    observations: list[ObservationInput] = strawberry.field(description="Todas las observaciones.")
    working_days: int | None = strawberry.field(default=None, description="Días hábiles para responder.")
    reason_for_second_return: str | None = strawberry.field(
        default=None, description="Motivo, si ya se devolvió una vez."
    )
    draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="Borrador con visto bueno que se emite, palabra por palabra."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Una norma citada.")
class GroundInput:
    norm: str = strawberry.field(description="Norma.")
    article: str | None = strawberry.field(default=None, description="Artículo.")
    text: str = strawberry.field(description="Qué dispone o cómo se aplica.")


@strawberry.input(description="Emisión del dictamen de un expediente.")
class IssueDictamenInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    outcome: Outcome = strawberry.field(description="Sentido.")
    background: str = strawberry.field(description="Antecedentes.")
    grounds: list[GroundInput] = strawberry.field(description="Fundamento de derecho.")
    analysis: str = strawberry.field(description="Análisis.")
    conclusion: str = strawberry.field(description="Conclusión.")
    conditions: list[str] | None = strawberry.field(default=None, description="Condiciones, si las hay.")
    draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="Borrador con visto bueno que se emite, palabra por palabra."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Anotación del punto de acta del Concejo.")
class RecordCouncilMinuteInput:
    convention_id: strawberry.ID = strawberry.field(description="Convenio en trámite.")
    act_number: str = strawberry.field(description="Número de acta.")
    point_number: str = strawberry.field(description="Punto del acta.")
    session_date: date = strawberry.field(description="Fecha de la sesión.")
    approved_date: date | None = strawberry.field(default=None, description="Fecha en que el acta fue aprobada.")
    votes_for: int | None = strawberry.field(default=None, description="Votos a favor.")
    votes_against: int | None = strawberry.field(default=None, description="Votos en contra.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Certificación, subida por POST /files.")
    municipality_code: str | None = strawberry.field(
        default=None, description="Municipio cuyo Concejo autoriza, si son varios; cada municipalidad anota el suyo."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Anotación de una firma.")
class RecordSignatureInput:
    subject_id: strawberry.ID = strawberry.field(description="Convenio o arrendamiento.")
    side: Side = strawberry.field(description="Parte que firma.")
    signer_name: str = strawberry.field(description="Nombre de quien firmó.")
    capacity: str = strawberry.field(description="Calidad en que firmó.")
    place: str = strawberry.field(description="Lugar.")
    signed_on: date = strawberry.field(description="Fecha.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Hoja firmada, subida por POST /files.")
    party_id: strawberry.ID | None = strawberry.field(
        default=None, description="Contraparte que firma, si no es la primera («partyId» de «parties»)."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Desistimiento de una solicitud.")
class WithdrawReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    reason: str = strawberry.field(description="Motivo.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.enum(description="Sobre qué trata un expediente.")
class SubjectKind(Enum):
    CONVENTION = strawberry.enum_value("convention", description="Un convenio.")
    LEASE = strawberry.enum_value("lease", description="Un arrendamiento.")
    SANITARY_LICENSE = strawberry.enum_value("license", description="Una licencia sanitaria.")


@strawberry.enum(description="Sentido del orden; lo que no tiene valor va al final.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="De menor a mayor.")
    DESC = strawberry.enum_value("DESC", description="De mayor a menor.")


@strawberry.enum(description="Por qué se ordenan los convenios.")
class ConventionOrderField(Enum):
    ENDS_ON = strawberry.enum_value("ends_on", description="Último día en que rigen.")
    NUMBER = strawberry.enum_value("number", description="Número.")


@strawberry.enum(description="Por qué se ordenan los expedientes.")
class LegalReviewOrderField(Enum):
    DUE_ON = strawberry.enum_value("due_on", description="Fecha límite.")
    RECEIVED_ON = strawberry.enum_value("received_on", description="Fecha de recepción.")
    CODE = strawberry.enum_value("code", description="Código.")


@strawberry.enum(description="Por qué se ordenan los centros.")
class CenterOrderField(Enum):
    NAME = strawberry.enum_value("name", description="Nombre.")
    CODE = strawberry.enum_value("code", description="Código.")


@strawberry.input(description="Qué convenios se piden; lo vacío no limita.")
class ConventionFilter:
    standing: list[Standing] | None = strawberry.field(default=None, description="Situación en la fecha.")
    stage: list[AgreementStage] | None = strawberry.field(default=None, description="Etapa.")
    program: ProgramCode | None = strawberry.field(default=None, description="Programa.")
    requested_year: int | None = strawberry.field(default=None, description="Año en que se solicitó.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio.")
    department_code: str | None = strawberry.field(default=None, description="Departamento.")
    without_center: bool | None = strawberry.field(default=None, description="Solo los que no cubren ningún centro.")
    signed_from: date | None = strawberry.field(
        default=None,
        description="Perfeccionados desde este día: el de la última firma; sin firmas en el registro, el primero del "
        "plazo.",
    )
    signed_to: date | None = strawberry.field(default=None, description="Perfeccionados hasta este día.")
    ends_from: date | None = strawberry.field(
        default=None, description="Cuyo último día en que rigen es este o uno posterior; cuenta el de una terminación."
    )
    ends_to: date | None = strawberry.field(default=None, description="Cuyo último día es este o uno anterior.")
    municipal: bool | None = strawberry.field(
        default=None, description="Solo los que tienen a una municipalidad como parte."
    )
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


@strawberry.input(description="Qué expedientes se piden; lo vacío no limita.")
class LegalReviewFilter:
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="Abogado o abogada.")
    mine: bool | None = strawberry.field(default=None, description="Solo los asignados o propuestos a quien pregunta.")
    unassigned: bool | None = strawberry.field(default=None, description="Solo los que nadie tiene.")
    stage: list[ReviewStage] | None = strawberry.field(default=None, description="Etapa.")
    overdue: bool | None = strawberry.field(default=None, description="Si pasaron de su fecha límite.")
    matter: list[ReviewMatter] | None = strawberry.field(default=None, description="Asunto.")
    subject_kind: SubjectKind | None = strawberry.field(default=None, description="Sobre qué tratan.")
    program: ProgramCode | None = strawberry.field(default=None, description="Programa.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio.")
    department_code: str | None = strawberry.field(default=None, description="Departamento del expediente.")
    without_department: bool | None = strawberry.field(
        default=None, description="Solo los que no dicen de qué departamento son."
    )
    received_from: date | None = strawberry.field(default=None, description="Recibidos desde este día.")
    received_to: date | None = strawberry.field(default=None, description="Recibidos hasta este día.")
    closed_from: date | None = strawberry.field(default=None, description="Concluidos desde este día.")
    closed_to: date | None = strawberry.field(default=None, description="Concluidos hasta este día.")
    search: str | None = strawberry.field(
        default=None,
        description="Palabras del asunto, las partes o el código, o el número de un documento; sin importar tildes.",
    )


@strawberry.input(description="Qué centros se piden; lo vacío no limita.")
class CenterFilter:
    program: ProgramCode | None = strawberry.field(default=None, description="Programa.")
    kind: list[CenterKind] | None = strawberry.field(default=None, description="Clase.")
    department_code: str | None = strawberry.field(default=None, description="Departamento.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio.")
    state: list[CenterState] | None = strawberry.field(default=None, description="Estado.")
    alarm: list[AlarmCode] | None = strawberry.field(default=None, description="Con alguna de estas alarmas.")
    tenure: list[TenureBasis] | None = strawberry.field(default=None, description="Con alguno de estos títulos.")
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


@strawberry.input(description="Orden de los convenios.")
class ConventionOrder:
    field: ConventionOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Orden de los expedientes.")
class LegalReviewOrder:
    field: LegalReviewOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Orden de los centros.")
class CenterOrder:
    field: CenterOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")
