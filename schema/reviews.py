"""What a file of the legal review shows of itself in the API: everything but the agreement that it is about."""

from datetime import date

import strawberry

from models.audit import Verb
from models.centers import Source
from models.clock import today
from models.drafts import Approval
from models.people import Role
from models.permissions import LEGAL_OFFICE
from models.reviews import DESK_STAGES, MOVES, STAGE_LABELS, ReviewMatter, ReviewStage
from reads import papers, reviews
from reads.calendar import dictamen_approvals, explained_deadline, working_calendars
from reads.conditions import conditions_by_review
from reads.drafts import drafts_by_review
from reads.lapse import Lapse, lapses_by_review
from reads.paging import Row
from reads.proposals import known_matters, why_proposed
from reads.requirements import proposed_observations, requirements_by_review
from reads.reviews import LOAD_STAGES, Load, loads_by_lawyer
from schema.conditions import Condition
from schema.context import Info
from schema.drafts import PaperDraft
from schema.ids import Node
from schema.papers import OfficialDocument
from schema.people import Person, person_of
from schema.requirements import Observation, ReviewRequirement
from schema.review_engine import ReviewEngine
from schema.rows import FromRow

INSIDE = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN}
"""Who is shown what concerns the office alone: loads of lawyers, a term that no lawyer has confirmed yet."""


@strawberry.type(description="Una devolución: la providencia y lo que concedió para responder.")
class ReviewReturn(FromRow):
    ordinal: int = strawberry.field(description="Qué devolución fue: 1, 2…")
    number: str = strawberry.field(description="Número de la providencia.")
    returned_on: date = strawberry.field(description="Fecha.")
    working_days: int = strawberry.field(description="Días hábiles concedidos para responder.")
    answer_by: date = strawberry.field(description="Último día para responder.")
    reason: str = strawberry.field(description="Por qué se devolvió de nuevo; vacío la primera vez.")


@strawberry.type(description="Qué pasa con una solicitud devuelta si nadie responde la providencia.")
class ReviewLapse(FromRow):
    last_day: date = strawberry.field(
        description="Último día para responder; después, la solicitud puede tenerse por desistida."
    )
    days: int = strawberry.field(description="Días hábiles que corren desde que vence el plazo de la providencia.")
    confirmed: bool = strawberry.field(
        description="Si la Asesoría confirmó esos días: el sistema la tiene por desistida; si no, solo la jefatura."
    )
    handed_in: bool = strawberry.field(
        description="Si después de la devolución se entregó algo sin enviar la respuesta: entonces decide una persona."
    )
    possible: bool = strawberry.field(description="Si la jefatura ya puede tenerla por desistida.")


@strawberry.type(description="Lo que un expediente muestra de sí mismo.")
class ReviewFacts(Node):
    code: str = strawberry.field(description="Código: EXP-AAAA-NNNN.")
    matter: ReviewMatter = strawberry.field(description="Asunto, según la Tabla 14 de la Memoria.")
    title: str = strawberry.field(description="Asunto, en palabras.")
    requesting_unit: str = strawberry.field(description="Quién lo pide.")
    stage: ReviewStage = strawberry.field(description="Etapa.")
    requested_on: date = strawberry.field(description="Fecha de la solicitud.")
    received_on: date | None = strawberry.field(description="Fecha en que lo recibió la Asesoría Jurídica.")
    due_on: date | None = strawberry.field(
        description="Fecha límite de quien tiene el turno: la Asesoría, o el solicitante mientras está devuelto."
    )
    closed_on: date | None = strawberry.field(description="Fecha en que concluyó.")
    conclusion: str = strawberry.field(description="Por qué lo concluyó la Asesoría, si no fue con una firma.")
    reference: str = strawberry.field(description="Número del documento con que ingresó, si no nació en el sistema.")
    folios: int | None = strawberry.field(description="Folios con que ingresó, si se contaron.")
    last_moved_on: date = strawberry.field(description="Último movimiento.")
    returns_count: int = strawberry.field(description="Veces que se devolvió.")
    missing: list[str] = strawberry.field(description="Lo que el sistema echó de menos al recibirlo.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Etapa en palabras.")
    def stage_label(self) -> str:
        return STAGE_LABELS[self.stage]

    @strawberry.field(description="Actos que la etapa permite.")
    def allowed(self) -> list[Verb]:
        return [deed for deed, stages in MOVES.items() if self.stage in stages]

    @strawberry.field(description="Días hábiles que faltan para la fecha límite; negativo si ya pasó.")
    async def working_days_left(self, info: Info) -> int | None:
        calendar = await info.context.load(working_calendars, self._clock())
        return calendar.between(today(), self.due_on) if self.due_on else None

    @strawberry.field(description="Cómo se contó el plazo, día por día; vacío sin plazo.")
    async def deadline_explanation(self, info: Info) -> str | None:
        start, days = self.row["due_from"], self.row["due_days"]
        if self.due_on is None or start is None or days is None:
            return None
        return explained_deadline(
            await info.context.load(working_calendars, self._clock()), start, days, due_on=self.due_on
        )

    @strawberry.field(
        description="Días hábiles que le quedaban a la Asesoría cuando lo devolvió: su reloj está detenido mientras."
    )
    def paused_days_left(self) -> int | None:
        return self.row["days_left"] if self.stage == ReviewStage.RETURNED else None

    def _clock(self) -> str:
        """Return whose holidays count: a returned file waits for the requester, whose town may have its own."""
        return (self.row["municipality_id"] or "") if self.stage == ReviewStage.RETURNED else ""

    @strawberry.field(
        description="Qué pasa si nadie responde; vacío si no está devuelto; fuera de la Asesoría, sin días confirmados."
    )
    async def lapse(self, info: Info) -> ReviewLapse | None:
        if self.stage != ReviewStage.RETURNED:
            return None
        found: Lapse | None = await info.context.load(lapses_by_review, self.key, on=today())
        if found is None or not (found.confirmed or info.context.person.role in INSIDE):
            return None
        possible = found.possible(today())
        return ReviewLapse(
            last_day=found.last_day,
            days=found.days,
            confirmed=found.confirmed,
            handed_in=found.handed_in,
            possible=possible,
        )

    @strawberry.field(description="Si la Asesoría Jurídica pasó de su fecha límite.")
    def overdue(self) -> bool:
        return self.stage in DESK_STAGES and self.due_on is not None and self.due_on < today()

    @strawberry.field(description="Abogado o abogada a cargo.")
    async def assignee(self, info: Info) -> Person | None:
        return await person_of(info, self.row["assignee_id"])

    @strawberry.field(description="A quién propone el sistema: quien tiene lugar y conoce mejor la materia.")
    async def proposed_lawyer(self, info: Info) -> Person | None:
        return await person_of(info, self.row["proposed_lawyer_id"])

    @strawberry.field(
        description="Por qué se le propone, con lo que consta hoy; vacío si ya está asignado, y fuera de la Asesoría."
    )
    async def proposal_reason(self, info: Info) -> str | None:
        lawyer = self.row["proposed_lawyer_id"]
        if info.context.person.role not in INSIDE or lawyer is None:
            return None
        if self.row["assignee_id"] or self.stage not in LOAD_STAGES:
            return None
        load: Load = await info.context.load(loads_by_lawyer, lawyer, on=today())
        known: int = await info.context.load(known_matters, (lawyer, self.matter), on=today())
        # The file itself, proposed and not assigned, is among those that the lawyer has.
        return why_proposed(load.open - 1, known)

    @strawberry.field(description="Lista de requisitos.")
    async def requirements(self, info: Info) -> list[ReviewRequirement]:
        return await ReviewRequirement.each(info, requirements_by_review, self.key)

    @strawberry.field(description="Observaciones, de la más antigua a la más nueva.")
    async def observations(self, info: Info) -> list[Observation]:
        return await Observation.each(info, reviews.observations_by_review, self.key)

    @strawberry.field(description="Condiciones de su dictamen favorable, en su orden.")
    async def conditions(self, info: Info) -> list[Condition]:
        return await Condition.each(info, conditions_by_review, self.key)

    @strawberry.field(description="Borradores de sus documentos; los ve la Asesoría y auditoría interna.")
    async def drafts(self, info: Info) -> list[PaperDraft]:
        return await PaperDraft.each(info, drafts_by_review, self.key)

    @strawberry.field(description="Si el dictamen de un abogado o abogada necesita hoy el visto bueno de la jefatura.")
    async def dictamen_approval(self, info: Info) -> Approval:
        rule: Approval = await info.context.load(dictamen_approvals, "DICTAMEN", on=today())
        return rule

    @strawberry.field(description="Lo que el sistema hizo por sí mismo, qué espera y qué avisó.")
    def engine(self) -> ReviewEngine:
        return ReviewEngine(key=self.key)

    @strawberry.field(description="Devoluciones, en su orden; sin las anuladas.")
    async def returns(self, info: Info) -> list[ReviewReturn]:
        return await ReviewReturn.each(info, reviews.returns_by_review, self.key)

    @strawberry.field(description="Una observación por cada cosa que falta, para preparar la providencia.")
    async def proposed_observations(self, info: Info) -> list[Observation]:
        lines = await info.context.load(requirements_by_review, self.key) or []
        return [Observation.of(row) for row in proposed_observations(lines, self.missing)]

    @strawberry.field(description="Documentos emitidos.")
    async def documents(self, info: Info) -> list[OfficialDocument]:
        return await OfficialDocument.each(info, papers.documents_by_review, self.key)

    @strawberry.field(description="Último documento que no está anulado.")
    async def latest_document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(papers.latest_document_by_review, self.key)
        return OfficialDocument.of(row) if row else None


@strawberry.type(description="Consulta sin convenio, arrendamiento ni licencia: dictamen, opinión, resolución.")
class Consultation:
    title: str = strawberry.field(description="Asunto.")
    requesting_unit: str = strawberry.field(description="Unidad que consulta.")
