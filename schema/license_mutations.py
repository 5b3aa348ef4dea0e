"""Asking for sanitary licenses and noting them: inputs, payload and resolvers."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import licenses
from actions.refusals import ErrorCode, Problem, Refusal
from models.people import User
from reads.agreements import licenses_by_id
from reads.reviews import reviews_by_id
from schema.agreements import LegalReview, SanitaryLicense
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer


@strawberry.input(description="Solicitud de la licencia sanitaria de un centro, o de la que sigue a la última.")
class RequestLicenseInput:
    center_id: strawberry.ID = strawberry.field(description="Centro.")
    note: str | None = strawberry.field(default=None, description="Nota para la Asesoría Jurídica.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(
    description="Anotación de la licencia que extendió el MSPAS: de una solicitud, o directa de un centro."
)
class RecordLicenseInput:
    license_id: strawberry.ID | None = strawberry.field(
        default=None, description="Solicitud con dictamen favorable; o bien el centro."
    )
    center_id: strawberry.ID | None = strawberry.field(
        default=None, description="Centro, para anotar una que no se solicitó aquí: solo la Asesoría Jurídica."
    )
    license_number: str = strawberry.field(description="Número que le dio el MSPAS.")
    issued_on: date = strawberry.field(description="Fecha de emisión: primer día en que vale.")
    expires_on: date = strawberry.field(description="Último día en que vale.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Copia, subida por POST /files.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la licencia tal como quedó y su expediente, si lo tiene.")
class LicensePayload(Payload):
    license: SanitaryLicense | None = strawberry.field(default=None, description="La licencia.")
    review: LegalReview | None = strawberry.field(default=None, description="El expediente que se abrió.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        if kind == "LegalReview":
            row = await context.load(reviews_by_id, key)
            self.review, key = LegalReview.of(row), row["license_id"]
        self.license = SanitaryLicense.of(await context.load(licenses_by_id, key))


async def request_license(info: Info, input: Annotated[RequestLicenseInput, SENT]) -> LicensePayload:
    """Ask for a license."""

    async def act(actor: User) -> Model:
        center_id = row_id(input.center_id, "Center", path="centerId")[1]
        return await licenses.request_license(actor=actor, center_id=center_id, note=input.note or "")

    return await answer(info, LicensePayload, input, act)


async def record_license(info: Info, input: Annotated[RecordLicenseInput, SENT]) -> LicensePayload:
    """Note a license that was issued."""

    async def act(actor: User) -> Model:
        if (input.license_id is None) == (input.center_id is None):
            message = "Diga de qué solicitud es la licencia, o de qué centro: una de las dos cosas."
            raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("licenseId",)))
        return await licenses.record_license(
            actor=actor,
            issued=licenses.IssuedLicense(
                input.license_number,
                input.issued_on,
                input.expires_on,
                row_id(input.file_id, "File", path="fileId")[1] if input.file_id else None,
            ),
            license_id=row_id(input.license_id, "SanitaryLicense", path="licenseId")[1] if input.license_id else None,
            center_id=row_id(input.center_id, "Center", path="centerId")[1] if input.center_id else None,
            expected_version=input.expected_version,
        )

    return await answer(info, LicensePayload, input, act)
