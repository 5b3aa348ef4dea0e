"""People without an account in the API: who they are, of which party, and whether they are still written to."""

from datetime import datetime
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import contacts as actions
from models.people import User
from reads.contacts import contact_page, contacts_by_id
from reads.paging import Row
from reads.places import institutions_by_id, municipalities_meant, unclear_place
from schema.context import Context, Info
from schema.ids import Node, row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.masking import CodedError, ErrorCode
from schema.notices import BouncedAddress, mark_of
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.people import Person, person_of
from schema.places import Institution, Municipality, municipality_of

Words = Annotated[str | None, strawberry.argument(description="Parte del nombre o del correo.")]
Town = Annotated[str | None, strawberry.argument(description="Solo los de este municipio, por código o nombre.")]
Stopped = Annotated[
    bool | None, strawberry.argument(description="Solo aquellos a quienes ya no se escribe o, con falso, los demás.")
]


@strawberry.type(description="Una persona sin cuenta a quien se escribe sobre los convenios de una parte.")
class Contact(Node):
    email: str = strawberry.field(description="Correo.")
    name: str = strawberry.field(description="Nombre.")
    position: str = strawberry.field(description="Cargo.")
    created_at: datetime = strawberry.field(description="Cuándo se agregó.")
    stopped_at: datetime | None = strawberry.field(description="Desde cuándo ya no se le escribe.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Municipio de cuya municipalidad es.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.row["municipality_id"])

    @strawberry.field(description="Institución de la que es.")
    async def institution(self, info: Info) -> Institution | None:
        row = await info.context.load(institutions_by_id, self.row["institution_id"])
        return Institution.of(row) if row else None

    @strawberry.field(description="Quien lo agregó.")
    async def created_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["created_by_id"])

    @strawberry.field(description="La marca de su dirección, si los servidores la rechazan.")
    async def bounce(self, info: Info) -> BouncedAddress | None:
        return await mark_of(info, self.email)


async def contacts(
    info: Info,
    search: Words = None,
    municipality_code: Town = None,
    stopped: Stopped = None,
    first: First = 50,
    after: After = None,
) -> Connection[Contact]:
    """Return a page of the contacts."""
    person = info.context.person
    town = None
    if (municipality_code or "").strip():
        found = await municipalities_meant(municipality_code or "")
        if len(found) != 1:
            raise CodedError(ErrorCode.BAD_USER_INPUT, unclear_place(municipality_code or "", found))
        town = found[0].code
    page = contact_page(person, municipality=town, search=search, stopped=stopped, first=first, after=after)
    return await connect(Contact.of, page, after)


@strawberry.input(description="Un contacto nuevo, o la corrección de uno.")
class SaveContactInput:
    contact_id: strawberry.ID | None = strawberry.field(default=None, description="Contacto que se corrige.")
    email: str = strawberry.field(description="Correo.")
    name: str = strawberry.field(description="Nombre.")
    position: str | None = strawberry.field(default=None, description="Cargo.")
    municipality_code: str | None = strawberry.field(
        default=None, description="Municipio, por código o nombre; una municipalidad puede dejar vacío el suyo."
    )
    institution_id: strawberry.ID | None = strawberry.field(
        default=None, description="Institución, en vez de municipio."
    )
    asked_again: bool | None = strawberry.field(
        default=None, description="Si pidió de nuevo recibir los avisos después de haberlos detenido."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Dejar de escribir a un contacto.")
class StopContactInput:
    contact_id: strawberry.ID = strawberry.field(description="Contacto.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el contacto tal como quedó.")
class ContactPayload(Payload):
    contact: Contact | None = strawberry.field(default=None, description="El contacto.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.contact = Contact.of(await context.load(contacts_by_id, key))


async def save_contact(info: Info, input: Annotated[SaveContactInput, SENT]) -> ContactPayload:
    """Add or correct a contact."""

    async def act(actor: User) -> Model:
        given = actions.ContactInput(
            email=input.email,
            name=input.name,
            position=input.position or "",
            municipality=input.municipality_code or "",
            institution_id=row_id(input.institution_id, "Institution", path="institutionId")[1]
            if input.institution_id
            else None,
            asked_again=bool(input.asked_again),
        )
        key = row_id(input.contact_id, "Contact", path="contactId")[1] if input.contact_id else None
        return await actions.save_contact(
            actor=actor, given=given, contact_id=key, expected_version=input.expected_version
        )

    return await answer(info, ContactPayload, input, act)


async def stop_contact(info: Info, input: Annotated[StopContactInput, SENT]) -> ContactPayload:
    """Stop writing to a contact."""

    async def act(actor: User) -> Model:
        key = row_id(input.contact_id, "Contact", path="contactId")[1]
        return await actions.stop_contact(actor=actor, contact_id=key, expected_version=input.expected_version)

    return await answer(info, ContactPayload, input, act)
