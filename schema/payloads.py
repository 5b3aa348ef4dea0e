"""What a mutation answers: the record it touched, or what is wrong; the one place where refusals become `errors`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, TypeVar

import strawberry
from tortoise.models import Model

from actions.audited import Repeated, on_occasion
from actions.refusals import Checks, ErrorCode, Forbidden, Refusal
from actions.signing import NotReadyToSign
from models.people import User
from reads.agreements import conventions_by_id, leases_by_id, minutes_by_id
from reads.papers import documents_by_id
from reads.requirements import requirement_by_id
from reads.reviews import reviews_by_id
from schema.agreements import Convention, Lease, LegalReview
from schema.context import Context, Info
from schema.masking import CodedError
from schema.masking import ErrorCode as RequestError
from schema.papers import OfficialDocument
from schema.requirements import ReviewRequirement
from schema.signing import CouncilMinute, SigningBlocker


@strawberry.type(description="Una razón por la que no se hizo lo pedido.")
class UserError:
    code: ErrorCode = strawberry.field(description="Código estable, para programas.")
    message: str = strawberry.field(description="Qué está mal y cómo arreglarlo, para una persona.")
    path: list[str] = strawberry.field(description="En qué parte de lo enviado.")


@strawberry.interface(description="Respuesta de una operación que cambia algo.")
class Payload:
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Por qué no se hizo; vacío si se hizo."
    )
    client_mutation_id: str | None = strawberry.field(
        default=None, description="El identificador que envió quien pide, devuelto igual."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        """Load what the payload shows, starting from the record (its kind and id) that the action answered with."""
        raise NotImplementedError(type(self).__name__)

    def explain(self, refusal: Refusal) -> None:
        """Show what a refusal carries besides its problems; most carry nothing."""


P = TypeVar("P", bound=Payload)


class Input(Protocol):
    """Any mutation's input."""

    client_mutation_id: str | None


async def answer(info: Info, payload: type[P], input: Input, act: Callable[[User], Awaitable[Model]]) -> P:
    """Run an action for the person who asks; refusals become errors, a repetition gets the first answer."""
    made = payload(client_mutation_id=input.client_mutation_id)
    person = info.context.person
    try:
        checks = Checks()
        once = checks.text(
            input.client_mutation_id, "clientMutationId", label="el clientMutationId", most=100, required=False
        )
        checks.done()
        with on_occasion(request_id=info.context.request_id, client_mutation_id=once):
            touched = await act(person)
        kind, key = type(touched).__name__, touched.pk
    except Repeated as again:
        kind, key = again.subject_type, again.subject_id
    except Forbidden as forbidden:
        raise CodedError(RequestError.FORBIDDEN, "Su papel en el sistema no permite hacer esto.") from forbidden
    except Refusal as refusal:
        made.errors = [UserError(code=p.code, message=p.message, path=list(p.path)) for p in refusal.problems]
        made.explain(refusal)
        return made
    info.context.forget()
    await made.fill(info.context, kind, key)
    return made


@strawberry.type(description="Respuesta a la solicitud de renovación.")
class RequestRenewalPayload(Payload):
    convention: Convention | None = strawberry.field(default=None, description="El convenio nuevo, en trámite.")
    review: LegalReview | None = strawberry.field(
        default=None, description="Su expediente, con la lista de requisitos."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(reviews_by_id, key)
        self.review = LegalReview.of(row)
        self.convention = Convention.of(await context.load(conventions_by_id, row["convention_id"]))


@strawberry.type(description="Respuesta a la entrega de un requisito.")
class SubmitRequirementPayload(Payload):
    requirement: ReviewRequirement | None = strawberry.field(default=None, description="El requisito, ya entregado.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.requirement = ReviewRequirement.of(await context.load(requirement_by_id, key))


@strawberry.type(description="Respuesta con el expediente tal como quedó.")
class ReviewPayload(Payload):
    review: LegalReview | None = strawberry.field(default=None, description="El expediente.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.review = LegalReview.of(await context.load(reviews_by_id, key))


@strawberry.type(description="Respuesta con el documento emitido y su expediente.")
class DocumentPayload(Payload):
    document: OfficialDocument | None = strawberry.field(default=None, description="El documento, con su número.")
    review: LegalReview | None = strawberry.field(
        default=None, description="El expediente tal como quedó; vacío si el documento no es de uno."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(documents_by_id, key)
        self.document = OfficialDocument.of(row)
        review = await context.load(reviews_by_id, row["review_id"])
        self.review = LegalReview.of(review) if review else None


@strawberry.type(description="Respuesta a la anotación de un punto de acta.")
class RecordCouncilMinutePayload(Payload):
    council_minute: CouncilMinute | None = strawberry.field(default=None, description="El punto de acta.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.council_minute = CouncilMinute.of(await context.load(minutes_by_id, key))


SigningSubject = Annotated[
    Convention | Lease, strawberry.union("SigningSubject", description="Lo que se firma: convenio o arrendamiento.")
]


@strawberry.type(description="Respuesta a la anotación de una firma.")
class RecordSignaturePayload(Payload):
    subject: SigningSubject | None = strawberry.field(default=None, description="Lo firmado, tal como quedó.")
    blockers: list[SigningBlocker] = strawberry.field(
        default_factory=list, description="Por qué todavía no puede firmarse: dictamen, punto de acta, delegación…"
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        if kind == "Lease":
            self.subject = Lease.of(await context.load(leases_by_id, key))
        else:
            self.subject = Convention.of(await context.load(conventions_by_id, key))

    def explain(self, refusal: Refusal) -> None:
        if isinstance(refusal, NotReadyToSign):
            self.blockers = [SigningBlocker(code=one.code, message=one.message) for one in refusal.blockers]
