"""Centers, conventions, licenses and files: one file, because each of them knows the next and the one before."""

from datetime import date
from typing import Annotated

import strawberry

from models.agreements import ConventionKind
from models.centers import CenterKind, CenterState, Source
from models.clock import today
from models.places import ProgramCode
from reads import agreements as agreement_reads
from reads import centers, leases, licenses, papers, places, reviews
from reads.center_agreements import agreements_in_force
from reads.center_history import events_by_center
from reads.commitments import commitments_by_convention
from reads.contributions import contributions_by_center
from reads.paging import Row
from reads.supervision import findings_by_visit, visits_by_center, visits_by_id
from reads.tenure import footing_by_center, tenure_of
from schema.alarm_facts import AlarmFacts, alarms_of
from schema.center_events import CenterEventFacts
from schema.center_facts import AsOf, Silent
from schema.center_parts import CenterParts
from schema.commitments import CommitmentFacts
from schema.context import Info
from schema.contributions import ContributionFacts
from schema.convention_parts import ConventionParts
from schema.leases import LeaseFacts
from schema.licenses import LicenseFacts
from schema.papers import OfficialDocument
from schema.places import DepartmentalOffice, Institution, Municipality, institution_of, municipality_of
from schema.reviews import Consultation, ReviewFacts
from schema.supervision import FindingFacts, VisitFacts
from schema.tenure import TenureFacts


@strawberry.type(description="Centro donde un programa atiende a personas.")
class Center(CenterParts):
    code: str = strawberry.field(description="Código del centro.")
    name: str = strawberry.field(description="Nombre.")
    kind: CenterKind = strawberry.field(description="Clase de centro.")
    program: ProgramCode = strawberry.field(description="Programa al que pertenece.")
    settlement: str = strawberry.field(description="Zona, aldea o colonia.")
    address: str = strawberry.field(description="Dirección.")
    state: CenterState = strawberry.field(description="Estado.")
    capacity: int | None = strawberry.field(description="Personas que puede atender; vacío si no consta.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    source_note: str = strawberry.field(description="Lugar de la fuente.")
    version: int = strawberry.field(description="Versión del registro.")
    municipality_id: strawberry.Private[str]
    row: strawberry.Private[Row]

    @strawberry.field(description="Municipio donde está.")
    async def municipality(self, info: Info) -> Municipality:
        return Municipality.of(await info.context.load(places.municipalities_by_code, self.municipality_id))

    @strawberry.field(description="Título con que ocupa su inmueble en la fecha.")
    async def tenure(self, info: Info, as_of: AsOf = None) -> "Tenure":
        on = as_of or self.on or today()
        return Tenure(row=tenure_of(await info.context.load(footing_by_center, self.key, on=on), on), on=on)

    @strawberry.field(description="Licencia sanitaria en la fecha.")
    async def license(self, info: Info, as_of: AsOf = None) -> "SanitaryLicense | None":
        on = as_of or self.on or today()
        row = await info.context.load(licenses.license_by_center, self.key, on=on)
        return SanitaryLicense.of(row, on=on) if row else None

    @strawberry.field(description="Lo que hay que revisar en la fecha, lo más urgente primero.")
    async def alarms(self, info: Info, as_of: AsOf = None, silenced: Silent = False) -> "list[Alarm]":
        then = self.on or today()
        on = as_of or then
        found = await alarms_of(info, self.key, on, self.row if on == then else None)
        return [Alarm.of(one) for one in found if bool(one.silence) == silenced]

    @strawberry.field(description="Visitas de supervisión hechas hasta la fecha, la última primero.")
    async def visits(self, info: Info, as_of: AsOf = None) -> "list[SupervisionVisit]":
        on = as_of or self.on
        found = await info.context.load(visits_by_center, self.key, on=on or today())
        return [SupervisionVisit.of(row, on=on) for row in found or []]

    @strawberry.field(description="Convenios que lo cubren o cubrieron, el más nuevo primero.")
    async def conventions(self, info: Info) -> "list[Convention]":
        return await Convention.each(info, agreement_reads.conventions_by_center, self.key)

    @strawberry.field(description="Aportes que se le dan en la fecha, por parte.")
    async def contributions(self, info: Info, as_of: AsOf = None) -> "list[CenterContribution]":
        on = as_of or self.on
        found = await info.context.load(contributions_by_center, self.key, on=on or today())
        return [CenterContribution.of(row, on=on) for row in found or []]

    @strawberry.field(description="Convenios y arrendamientos que rigen en la fecha, entre los que están a su alcance.")
    async def agreements_in_force(self, info: Info, as_of: AsOf = None) -> "list[TenureInstrument]":
        on = as_of or self.on or today()
        found = await info.context.load(agreements_in_force, self.key, on=on) or []
        return [Convention.of(row, on=on) if kind == "Convention" else Lease.of(row, on=on) for kind, row in found]

    @strawberry.field(description="Los actos que lo cambiaron, lo último primero; también los anulados.")
    async def events(self, info: Info) -> "list[CenterEvent]":
        return await CenterEvent.each(info, events_by_center, self.key)


@strawberry.type(description="Lo que le pasó a un centro por un acto con fecha.")
class CenterEvent(CenterEventFacts):
    @strawberry.field(description="Centro al que le pasó, como está hoy.")
    async def center(self, info: Info) -> Center | None:
        row = await info.context.load(centers.centers_by_id, self.row["center_id"])
        return Center.of(row) if row else None


@strawberry.type(description="Algo que hay que revisar; nunca dice que algo sea ilegal.")
class Alarm(AlarmFacts):
    @strawberry.field(description="Centro del que se trata; vacío si es de un convenio o de un listado.")
    async def center(self, info: Info) -> Center | None:
        of = self.row.center
        row = await info.context.load(centers.centers_by_id, of["id"] if of else None)
        return Center.of(row) if row else None

    @strawberry.field(description="Convenio del que se trata; vacío si es de un centro o de un listado.")
    async def convention(self, info: Info) -> "Convention | None":
        of = self.row.convention
        row = await info.context.load(agreement_reads.conventions_by_id, of["id"] if of else None)
        return Convention.of(row) if row else None


@strawberry.type(description="Título con que un centro ocupa su inmueble en una fecha.")
class Tenure(TenureFacts):
    @strawberry.field(description="Convenio o arrendamiento que lo sustenta; el último vencido si ninguno rige.")
    async def instrument(self, info: Info) -> "TenureInstrument | None":
        if self.row.instrument is None:
            return None
        key = self.row.instrument["id"]
        if self.row.instrument_kind == "Convention":
            return Convention.of(await info.context.load(agreement_reads.conventions_by_id, key), on=self.on)
        return Lease.of(await info.context.load(agreement_reads.leases_by_id, key), on=self.on)


@strawberry.type(description="Visita de supervisión a un centro.")
class SupervisionVisit(VisitFacts):
    @strawberry.field(description="Centro visitado; vacío si está fuera de su alcance.")
    async def center(self, info: Info) -> Center | None:
        row = await info.context.load(centers.centers_by_id, self.row["center_id"], on=self.on)
        return Center.of(row, on=self.on) if row else None

    @strawberry.field(description="Lo que se encontró, en el orden en que se escribió.")
    async def findings(self, info: Info) -> "list[SupervisionFinding]":
        found = await info.context.load(findings_by_visit, self.key)
        return [SupervisionFinding.of(row, on=self.on) for row in found or []]


@strawberry.type(description="Algo que una visita de supervisión encontró y alguien debe corregir.")
class SupervisionFinding(FindingFacts):
    @strawberry.field(description="Visita que lo encontró.")
    async def visit(self, info: Info) -> SupervisionVisit:
        row = await info.context.load(visits_by_id, self.row["visit_id"])
        return SupervisionVisit.of(row, on=self.on)


@strawberry.type(description="Lo que una parte da a un centro desde un día y hasta otro, o sin fin.")
class CenterContribution(ContributionFacts):
    @strawberry.field(description="Centro que lo recibe; vacío si está fuera de su alcance.")
    async def center(self, info: Info) -> Center | None:
        row = await info.context.load(centers.centers_by_id, self.row["center_id"], on=self.on)
        return Center.of(row, on=self.on) if row else None

    @strawberry.field(description="Convenio en que se prometió; vacío si ninguno o fuera de su alcance.")
    async def convention(self, info: Info) -> "Convention | None":
        row = await info.context.load(agreement_reads.conventions_by_id, self.row["convention_id"])
        return Convention.of(row) if row else None


@strawberry.type(description="Convenio entre SOSEP y una municipalidad u otra institución.")
class Convention(ConventionParts):
    kind: ConventionKind = strawberry.field(description="Clase de convenio.")
    program: ProgramCode = strawberry.field(description="Programa.")
    title: str = strawberry.field(description="Objeto, en una línea.")
    term_months: int | None = strawberry.field(description="Plazo en meses.")
    requested_on: date | None = strawberry.field(description="Fecha de la solicitud.")
    note: str = strawberry.field(description="Nota de quien lo solicitó.")
    source_note: str = strawberry.field(description="Lugar de la fuente.")
    municipality_id: strawberry.Private[str | None]
    institution_id: strawberry.Private[int | None]
    renews_id: strawberry.Private[int | None]

    @strawberry.field(description="Municipio contraparte, si la contraparte es una municipalidad.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)

    @strawberry.field(description="Institución contraparte, si no es una municipalidad.")
    async def counterpart(self, info: Info) -> Institution | None:
        return await institution_of(info, self.institution_id)

    @strawberry.field(description="Centros que cubre.")
    async def centers(self, info: Info) -> list[Center]:
        rows = await info.context.load(centers.centers_by_convention, self.key, on=self.on)
        return [Center.of(row, on=self.on) for row in rows or []]

    @strawberry.field(description="Convenio al que renueva.")
    async def renews(self, info: Info) -> "Convention | None":
        row = await info.context.load(agreement_reads.conventions_by_id, self.renews_id)
        return Convention.of(row) if row else None

    @strawberry.field(description="La cadena de renovaciones, del más antiguo al más nuevo, con este incluido.")
    async def chain(self, info: Info) -> "list[Convention]":
        return await Convention.each(info, agreement_reads.chains, self.key)

    @strawberry.field(description="Expediente de la renovación en trámite, si la hay.")
    async def pending_renewal(self, info: Info) -> "LegalReview | None":
        row = await info.context.load(reviews.pending_renewals, self.key)
        return LegalReview.of(row) if row else None

    @strawberry.field(description="Compromisos de las partes.")
    async def commitments(self, info: Info) -> "list[Commitment]":
        return await Commitment.each(info, commitments_by_convention, self.key)

    @strawberry.field(description="Expedientes de revisión legal.")
    async def reviews(self, info: Info) -> "list[LegalReview]":
        return await LegalReview.each(info, reviews.reviews_by_convention, self.key)

    @strawberry.field(description="Documentos oficiales.")
    async def documents(self, info: Info) -> list[OfficialDocument]:
        return await OfficialDocument.each(info, papers.documents_by_convention, self.key)


@strawberry.type(description="Lo que una parte se comprometió a dar o hacer.")
class Commitment(CommitmentFacts):
    @strawberry.field(description="Convenio en que se prometió.")
    async def convention(self, info: Info) -> Convention | None:
        row = await info.context.load(agreement_reads.conventions_by_id, self.row["convention_id"])
        return Convention.of(row) if row else None


@strawberry.type(description="Uso de un inmueble ajeno, arrendado o adscrito, para un centro o una sede.")
class Lease(LeaseFacts):
    @strawberry.field(description="Centro o sede a que sirve.")
    async def serves(self, info: Info) -> "LeaseServes | None":
        row = await info.context.load(centers.centers_by_id, self.row["center_id"])
        if row:
            return Center.of(row)
        row = await info.context.load(places.offices_by_id, self.row["office_id"])
        return DepartmentalOffice.of(row) if row else None

    @strawberry.field(description="Arrendamiento o adscripción a que sigue.")
    async def renews(self, info: Info) -> "Lease | None":
        row = await info.context.load(agreement_reads.leases_by_id, self.row["renews_id"])
        return Lease.of(row) if row else None

    @strawberry.field(description="El que le sigue, en trámite o firmado.")
    async def renewal(self, info: Info) -> "Lease | None":
        row = await info.context.load(leases.lease_renewals, self.key)
        return Lease.of(row) if row else None

    @strawberry.field(description="Expedientes de revisión legal.")
    async def reviews(self, info: Info) -> "list[LegalReview]":
        return await LegalReview.each(info, reviews.reviews_by_lease, self.key)


@strawberry.type(description="Licencia sanitaria de un centro, emitida por el MSPAS.")
class SanitaryLicense(LicenseFacts):
    @strawberry.field(description="Centro que la tiene; vacío si está fuera de su alcance.")
    async def center(self, info: Info) -> Center | None:
        row = await info.context.load(centers.centers_by_id, self.center_id)
        return Center.of(row) if row else None

    @strawberry.field(description="Licencia a que sigue.")
    async def renews(self, info: Info) -> "SanitaryLicense | None":
        row = await info.context.load(agreement_reads.licenses_by_id, self.renews_id)
        return SanitaryLicense.of(row) if row else None

    @strawberry.field(description="La que le sigue, en trámite o ya anotada.")
    async def renewal(self, info: Info) -> "SanitaryLicense | None":
        row = await info.context.load(licenses.license_renewals, self.key)
        return SanitaryLicense.of(row) if row else None

    @strawberry.field(description="Expedientes de revisión legal.")
    async def reviews(self, info: Info) -> "list[LegalReview]":
        return await LegalReview.each(info, reviews.reviews_by_license, self.key)


ReviewSubject = Annotated[
    Convention | Lease | SanitaryLicense | Consultation,
    strawberry.union("ReviewSubject", description="Sobre qué trata un expediente."),
]
Instrument = Annotated[
    Convention | Lease | SanitaryLicense,
    strawberry.union("Instrument", description="Convenio, arrendamiento o licencia."),
]
LeaseServes = Annotated[
    Center | DepartmentalOffice, strawberry.union("LeaseServes", description="Para qué es un inmueble: centro o sede.")
]
TenureInstrument = Annotated[
    Convention | Lease, strawberry.union("TenureInstrument", description="Convenio o arrendamiento.")
]


@strawberry.type(description="Expediente de revisión legal.")
class LegalReview(ReviewFacts):
    @strawberry.field(description="Sobre qué trata.")
    async def subject(self, info: Info) -> ReviewSubject | None:
        if self.row["convention_id"]:
            row = await info.context.load(agreement_reads.conventions_by_id, self.row["convention_id"])
            return Convention.of(row) if row else None
        if self.row["lease_id"]:
            row = await info.context.load(agreement_reads.leases_by_id, self.row["lease_id"])
            return Lease.of(row) if row else None
        if self.row["license_id"]:
            row = await info.context.load(agreement_reads.licenses_by_id, self.row["license_id"])
            return SanitaryLicense.of(row) if row else None
        return Consultation(title=self.title, requesting_unit=self.requesting_unit)
