"""Making the paper of a lease or assignment: input, payload and resolver."""

from collections.abc import Coroutine
from datetime import time
from typing import Annotated, Any

import strawberry
from tortoise.models import Model

from actions import lease_papers
from models.people import User
from reads.agreements import leases_by_id
from reads.papers import documents_by_id
from reads.reviews import reviews_by_id
from schema.agreements import Lease, LegalReview
from schema.context import Context, Info
from schema.inputs import ONCE, SENT, VERSION
from schema.lease_mutations import lease_key
from schema.papers import OfficialDocument
from schema.payloads import Payload, answer

_ACTA = "En un acta: "
_CONTRATO = "En un contrato: "


def _hour(given: time | None) -> time | None:
    """Return an hour of the wall clock: an acta knows neither seconds nor zones."""
    return given.replace(second=0, microsecond=0, tzinfo=None) if given else None


@strawberry.input(description="Alguien que asiste a un acta y la firma.")
class AttendeeInput:
    name: str = strawberry.field(description="Nombre completo.")
    position: str = strawberry.field(description="Cargo o calidad con que asiste.")


@strawberry.input(description="Quien comparece por la parte arrendante: ella misma o quien la representa.")
class LandlordSignerInput:
    name: str = strawberry.field(description="Nombre completo.")
    position: str = strawberry.field(description="Calidad: propietario, representante legal…")
    gender: str = strawberry.field(description="F o M, para la concordancia.")
    appointment: str | None = strawberry.field(
        default=None, description="Documento con que acredita la representación."
    )


@strawberry.input(description="Elaboración del documento de un arrendamiento, según su forma confirmada.")
class IssueLeasePaperInput:
    lease_id: strawberry.ID = strawberry.field(description="Arrendamiento o adscripción con dictamen favorable.")
    place: str | None = strawberry.field(default=None, description="Lugar; vacío: Guatemala.")
    book: str | None = strawberry.field(default=None, description=_ACTA + "libro autorizado en que se asienta.")
    book_registry: str | None = strawberry.field(
        default=None, description=_ACTA + "registro del libro en la Contraloría General de Cuentas."
    )
    folio_from: int | None = strawberry.field(default=None, description=_ACTA + "primera hoja.")
    folio_to: int | None = strawberry.field(default=None, description=_ACTA + "última hoja.")
    start_time: time | None = strawberry.field(default=None, description=_ACTA + "hora de inicio.")
    end_time: time | None = strawberry.field(default=None, description=_ACTA + "hora de cierre.")
    attendees: list[AttendeeInput] | None = strawberry.field(
        default=None, description=_ACTA + "quienes asisten y firman."
    )
    points: list[str] | None = strawberry.field(default=None, description=_ACTA + "otros puntos que se acuerdan.")
    landlord: LandlordSignerInput | None = strawberry.field(
        default=None, description=_CONTRATO + "quien comparece por la parte arrendante."
    )
    delegate_gender: str | None = strawberry.field(
        default=None, description=_CONTRATO + "F o M, de quien firma por delegación, si el directorio no lo sabe."
    )
    ownership: str | None = strawberry.field(
        default=None, description=_CONTRATO + "cómo se acredita la propiedad del inmueble."
    )
    guarantee: str | None = strawberry.field(default=None, description=_CONTRATO + "garantía, si se pacta.")
    publications: list[str] | None = strawberry.field(default=None, description=_CONTRATO + "publicaciones: NOG…")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)

    def acta(self) -> lease_papers.ActaInput:
        """Give what was sent for an acta."""
        return lease_papers.ActaInput(
            self.book or "",
            self.book_registry or "",
            self.folio_from,
            self.folio_to,
            _hour(self.start_time),
            _hour(self.end_time),
            tuple(lease_papers.PersonInput(one.name, one.position) for one in self.attendees or []),
            tuple(self.points or []),
        )

    def contrato(self) -> lease_papers.ContratoInput:
        """Give what was sent for a contract."""
        who = self.landlord
        person = lease_papers.PersonInput(who.name, who.position, who.gender, who.appointment or "") if who else None
        return lease_papers.ContratoInput(
            person,
            self.ownership or "",
            self.delegate_gender or "",
            self.guarantee or "",
            tuple(self.publications or []),
        )


@strawberry.type(description="Respuesta con el documento hecho y su arrendamiento, listo para firma.")
class LeasePaperPayload(Payload):
    document: OfficialDocument | None = strawberry.field(default=None, description="El documento, con su número.")
    lease: Lease | None = strawberry.field(default=None, description="El arrendamiento tal como quedó.")
    review: LegalReview | None = strawberry.field(default=None, description="Su expediente.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(documents_by_id, key)
        self.document = OfficialDocument.of(row)
        self.lease = Lease.of(await context.load(leases_by_id, row["lease_id"]))
        self.review = LegalReview.of(await context.load(reviews_by_id, row["review_id"]))


def deed_of(actor: User, input: IssueLeasePaperInput) -> Coroutine[Any, Any, Model]:
    """Return the deed that was sent, not begun yet."""
    return lease_papers.issue_lease_paper(
        actor=actor,
        lease_id=lease_key(input.lease_id),
        acta=input.acta(),
        contrato=input.contrato(),
        place=input.place or "",
        expected_version=input.expected_version,
    )


async def issue_lease_paper(info: Info, input: Annotated[IssueLeasePaperInput, SENT]) -> LeasePaperPayload:
    """Make the paper of a lease."""

    async def act(actor: User) -> Model:
        return await deed_of(actor, input)

    return await answer(info, LeasePaperPayload, input, act)
