"""The ladders of reminders in the API: when an end is told of and to whom, and how administrators change that."""

from datetime import date, timedelta
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import ladders
from models.clock import today
from models.ladders import DayUnit, Instrument
from models.people import User
from reads.ladders import KINDS, ladders_in_force, rung_of, rungs_by_id, rungs_by_instrument
from reads.paging import Row
from schema.context import Context, Info
from schema.holidays import refuse_beyond
from schema.ids import global_id, row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.labels import label
from schema.payloads import Payload, answer

EndsOn = Annotated[
    date | None,
    strawberry.argument(description="Último día de vigencia de un instrumento imaginado; vacío: dentro de un año."),
]
LISTS = {Instrument.CONVENTION: "ConventionKind", Instrument.LEASE: "LeaseNature", Instrument.LICENSE: ""}
"""Closed list that the kinds of an instrument come from."""


@strawberry.type(description="Un aviso de una escala: cuántos días antes o después del vencimiento, y a quién.")
class LadderRung:
    row: strawberry.Private[Row]
    days: int = strawberry.field(description="Días antes del vencimiento; negativo: después.")
    unit: DayUnit = strawberry.field(description="Cómo se cuentan esos días.")
    tells_municipality: bool = strawberry.field(
        description="Si se avisa a las contrapartes: cuentas de la municipalidad y contactos sin cuenta."
    )
    tells_program: bool = strawberry.field(description="Si se avisa a la dirección del programa.")
    tells_office: bool = strawberry.field(description="Si se avisa a la coordinación de la sede departamental.")
    tells_legal: bool = strawberry.field(description="Si se avisa a la jefatura de la Asesoría Jurídica.")
    version: int = strawberry.field(description="Versión, para cambiarlo sin pisar a otra persona.")

    @classmethod
    def of(cls, row: Row) -> "LadderRung":
        """Make one from a row of the table, or from a usual rung."""
        names = ("days", "unit", "tells_municipality", "tells_program", "tells_office", "tells_legal", "version")
        return cls(row=row, **{name: row[name] for name in names})

    @strawberry.field(description="Identificador opaco; vacío en la escala de fábrica, que nadie ha guardado.")
    def id(self) -> strawberry.ID | None:
        return global_id("LadderRung", self.row["id"]) if self.row["id"] else None

    @strawberry.field(description="Qué día se avisaría de un instrumento que termina en una fecha.")
    async def notice_on(self, info: Info, ends_on: EndsOn = None) -> date:
        end = ends_on or today() + timedelta(days=365)
        refuse_beyond(end)
        kept = await info.context.load(ladders_in_force, self.row["instrument"])
        day: date = kept.day_of(rung_of(self.row), end)
        return day


@strawberry.type(description="La escala de avisos de una clase de instrumento.")
class Ladder:
    instrument: Instrument = strawberry.field(description="Qué vence.")
    kind: str = strawberry.field(
        description="Clase de convenio o de inmueble con escala propia; vacía: todas las que no tienen una."
    )
    usual: bool = strawberry.field(description="Si es la escala de fábrica, que nadie ha cambiado.")
    rungs: list[LadderRung] = strawberry.field(description="Sus avisos, el primero en llegar primero.")

    @strawberry.field(description="La clase en palabras; vacía si vale para todas.")
    def kind_label(self) -> str:
        return label(self.kind, LISTS[self.instrument]) if self.kind else ""


@strawberry.type(description="Una clase de instrumento que puede tener escala propia.")
class LadderKind:
    instrument: Instrument = strawberry.field(description="Qué vence.")
    kind: str = strawberry.field(description="Clase.")
    label: str = strawberry.field(description="La clase en palabras.")


async def reminder_ladders(info: Info) -> list[Ladder]:
    """Return every ladder that holds now: that of each instrument, then those of its kinds."""
    _ = info.context.person
    found = await rungs_by_instrument()
    places = [(one, kind) for one in Instrument for kind in ("", *KINDS[one])]
    return [
        Ladder(
            instrument=one,
            kind=kind,
            usual=any(not row["id"] for row in found[one, kind]),
            rungs=[LadderRung.of(row) for row in found[one, kind]],
        )
        for one, kind in places
        if found.get((one, kind)) or not kind
    ]


async def ladder_kinds(info: Info) -> list[LadderKind]:
    """Return the kinds that may have a ladder of their own."""
    _ = info.context.person
    return [
        LadderKind(instrument=one, kind=kind, label=label(kind, LISTS[one]))
        for one, kinds in KINDS.items()
        for kind in kinds
    ]


@strawberry.input(description="Un aviso de una escala, tal como queda.")
class SaveRungInput:
    rung_id: strawberry.ID | None = strawberry.field(default=None, description="El que se cambia; vacío: uno nuevo.")
    instrument: Instrument = strawberry.field(description="Qué vence.")
    kind: str | None = strawberry.field(
        default=None,
        description="Clase de convenio o de inmueble. Con su primer aviso esa clase deja la escala general.",
    )
    days: int = strawberry.field(description="Días antes del vencimiento; negativo: después; cero: ese día.")
    unit: DayUnit | None = strawberry.field(default=None, description="Cómo se cuentan; vacío: días calendario.")
    tells_municipality: bool | None = strawberry.field(default=None, description="Si se avisa a las contrapartes.")
    tells_program: bool | None = strawberry.field(default=None, description="Si se avisa a la dirección del programa.")
    tells_office: bool | None = strawberry.field(default=None, description="Si se avisa a la sede departamental.")
    tells_legal: bool | None = strawberry.field(default=None, description="Si se avisa a la jefatura jurídica.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Retiro de un aviso de su escala.")
class RetireRungInput:
    rung_id: strawberry.ID = strawberry.field(description="El aviso.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el aviso tal como quedó.")
class RungPayload(Payload):
    rung: LadderRung | None = strawberry.field(default=None, description="El aviso.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.rung = LadderRung.of(await context.load(rungs_by_id, key))


async def save_rung(info: Info, input: Annotated[SaveRungInput, SENT]) -> RungPayload:
    """Add or change a rung."""

    async def act(actor: User) -> Model:
        return await ladders.save_rung(
            actor=actor,
            rung_id=row_id(input.rung_id, "LadderRung", path="rungId")[1] if input.rung_id else None,
            expected_version=input.expected_version,
            given=ladders.RungInput(
                instrument=input.instrument,
                kind=input.kind or "",
                days=input.days,
                unit=input.unit or DayUnit.CALENDAR,
                tells_municipality=bool(input.tells_municipality),
                tells_program=bool(input.tells_program),
                tells_office=bool(input.tells_office),
                tells_legal=bool(input.tells_legal),
            ),
        )

    return await answer(info, RungPayload, input, act)


async def retire_rung(info: Info, input: Annotated[RetireRungInput, SENT]) -> RungPayload:
    """Take a rung out of its ladder."""

    async def act(actor: User) -> Model:
        key = row_id(input.rung_id, "LadderRung", path="rungId")[1]
        return await ladders.retire_rung(actor=actor, rung_id=key, expected_version=input.expected_version)

    return await answer(info, RungPayload, input, act)
