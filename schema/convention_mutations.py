"""Asking for a convention: inputs, payload, resolver."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import conventions
from models.agreements import ConventionKind
from models.people import User
from models.places import ProgramCode
from schema.context import Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import RequestRenewalPayload, answer


@strawberry.input(description="Una contraparte más: municipalidad o institución, una de las dos.")
class CounterpartInput:
    municipality_code: str | None = strawberry.field(default=None, description="Municipio, por su código del INE.")
    institution_id: strawberry.ID | None = strawberry.field(default=None, description="Institución.")
    needed_signatures: int | None = strawberry.field(default=None, description="Firmas que necesita; vacío: una.")


@strawberry.input(description="Solicitud de un convenio nuevo, que no renueva a otro.")
class RequestConventionInput:
    kind: ConventionKind = strawberry.field(description="Clase.")
    program: ProgramCode = strawberry.field(description="Programa.")
    title: str = strawberry.field(description="Objeto, en una línea: «Para el funcionamiento de…».")
    municipality_code: str | None = strawberry.field(
        default=None, description="Primera contraparte, si es una municipalidad: su código del INE."
    )
    institution_id: strawberry.ID | None = strawberry.field(
        default=None, description="Primera contraparte, si es otra institución."
    )
    counterpart_signatures: int = strawberry.field(default=1, description="Firmas que necesita la primera contraparte.")
    parties: list[CounterpartInput] | None = strawberry.field(default=None, description="Las demás contrapartes.")
    center_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Centros que cubrirá.")
    term_months: int | None = strawberry.field(default=None, description="Plazo en meses.")
    without_end: bool = strawberry.field(default=False, description="Que no tendrá fecha de vencimiento.")
    sosep_signatures: int = strawberry.field(default=1, description="Firmas que necesita SOSEP.")
    note: str | None = strawberry.field(default=None, description="Nota para la Asesoría Jurídica.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)

    def wanted(self) -> conventions.ConventionRequest:
        """Give what was sent as the action takes it."""
        further = [
            conventions.Counterpart(
                (one.municipality_code or "").strip(),
                _institution(one.institution_id, f"parties.{n}.institutionId"),
                1 if one.needed_signatures is None else one.needed_signatures,
            )
            for n, one in enumerate(self.parties or [])
        ]
        return conventions.ConventionRequest(
            kind=self.kind,
            program=self.program,
            title=self.title,
            first=conventions.Counterpart(
                (self.municipality_code or "").strip(),
                _institution(self.institution_id, "institutionId"),
                self.counterpart_signatures,
            ),
            further=further,
            center_ids=[row_id(one, "Center", path="centerIds")[1] for one in self.center_ids or []],
            term_months=self.term_months,
            without_end=self.without_end,
            sosep_signatures=self.sosep_signatures,
            note=self.note or "",
        )


def _institution(given: str | None, path: str) -> int | None:
    return row_id(given, "Institution", path=path)[1] if given else None


@strawberry.type(description="Respuesta a la solicitud de un convenio.")
class RequestConventionPayload(RequestRenewalPayload):
    pass


async def request_convention(info: Info, input: Annotated[RequestConventionInput, SENT]) -> RequestConventionPayload:
    """Ask for a new convention."""

    async def act(actor: User) -> Model:
        return await conventions.request_convention(actor=actor, wanted=input.wanted())

    return await answer(info, RequestConventionPayload, input, act)
