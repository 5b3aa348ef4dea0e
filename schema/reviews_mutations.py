"""Files that the legal office opens from a paper, or ends by itself: inputs, and how each mutation is done."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import conclusion, intake, lapse
from models.people import User
from models.places import ProgramCode
from models.reviews import ReviewMatter
from schema.context import Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import ReviewPayload, answer

SUBJECTS: dict[str, type[intake.Agreement]] = {model.__name__: model for model in intake.AGREEMENTS}


@strawberry.input(description="Ingreso de un expediente que no nació en el sistema.")
class RegisterReviewInput:
    matter: ReviewMatter = strawberry.field(description="Asunto, según la Tabla 14 de la Memoria.")
    title: str = strawberry.field(description="Asunto, en palabras.")
    requesting_unit: str = strawberry.field(description="Quién lo pide: unidad, municipalidad o institución.")
    received_on: date = strawberry.field(description="Día en que se recibió: hoy o hasta 60 días atrás.")
    reference: str | None = strawberry.field(default=None, description="Número del documento con que ingresó.")
    folios: int | None = strawberry.field(default=None, description="Folios, si se contaron.")
    municipality_code: str | None = strawberry.field(
        default=None, description="Municipio de quien es la consulta: sus personas podrán seguirla."
    )
    department_code: str | None = strawberry.field(
        default=None, description="Departamento; sin él vale el del municipio. Su coordinación podrá seguirlo."
    )
    program: ProgramCode | None = strawberry.field(
        default=None, description="Programa de quien es la consulta: su dirección podrá seguirla."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Convenio, arrendamiento o licencia de que trata; el expediente es de quien lo es ese registro.",
    )
    subject_number: str | None = strawberry.field(
        default=None, description="Número de registro de lo mismo, en vez del identificador."
    )
    file_id: strawberry.ID | None = strawberry.field(
        default=None, description="Copia del documento, subida por POST /files."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Conclusión de un expediente por la Asesoría Jurídica.")
class ConcludeReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    reason: str = strawberry.field(description="Por qué se da por concluido: consulta respondida, falta de mérito…")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Solicitud que se tiene por desistida porque nadie respondió la providencia en su plazo.")
class LapseReviewInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente devuelto.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def register_review(info: Info, input: Annotated[RegisterReviewInput, SENT]) -> ReviewPayload:
    """Open a file from a paper."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.subject_id, *SUBJECTS, path="subjectId") if input.subject_id else ("", 0)
        return await intake.register_review(
            actor=actor,
            intake=intake.Intake(
                matter=input.matter,
                title=input.title,
                requesting_unit=input.requesting_unit,
                received_on=input.received_on,
                municipality=input.municipality_code or None,
                department=input.department_code or None,
                program=input.program,
                subject=(SUBJECTS[kind], key) if kind else None,
                subject_number=input.subject_number or "",
                reference=input.reference or "",
                folios=input.folios,
                file_id=row_id(input.file_id, "File", path="fileId")[1] if input.file_id else None,
            ),
        )

    return await answer(info, ReviewPayload, input, act)


async def conclude_review(info: Info, input: Annotated[ConcludeReviewInput, SENT]) -> ReviewPayload:
    """End a file."""

    async def act(actor: User) -> Model:
        return await conclusion.conclude_review(
            actor=actor,
            review_id=row_id(input.review_id, "LegalReview", path="reviewId")[1],
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, ReviewPayload, input, act)


async def lapse_review(info: Info, input: Annotated[LapseReviewInput, SENT]) -> ReviewPayload:
    """Take a request as given up."""

    async def act(actor: User) -> Model:
        lapsed = await lapse.lapse_review(
            actor=actor,
            review_id=row_id(input.review_id, "LegalReview", path="reviewId")[1],
            expected_version=input.expected_version,
        )
        assert lapsed, "only the engine is answered with nothing, and it has no door to the API"
        return lapsed

    return await answer(info, ReviewPayload, input, act)
