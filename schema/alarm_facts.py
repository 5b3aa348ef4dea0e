"""What an alarm shows of itself: everything but the center and the convention that it is about; and its silence."""

import asyncio
from datetime import date
from typing import Self

import strawberry

from models.alarms import AlarmCode, Severity
from models.centers import CenterState
from reads.alarm_records import first_seen
from reads.alarm_words import ENDS, Alarm, owner_of
from reads.alarms import alarms_by_convention
from reads.attendance import attendance_by_center
from reads.center_alarms import alarms_of_center, center_facts, findings_by_center
from reads.licenses import license_by_center
from reads.paging import Row
from reads.places import departments_by_code, institutions_by_id, municipalities_by_code, programs_by_code
from reads.silences import silenced, silences_held
from reads.tenure import footing_by_center
from schema.context import Info
from schema.ids import Node
from schema.people import Person, person_of


@strawberry.type(description="Alguien dijo que de una alarma no hace falta oír hasta una fecha, y por qué.")
class AlarmSilence(Node):
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    reason: str = strawberry.field(description="Por qué.")
    since: date = strawberry.field(description="Primer día en silencio.")
    until: date = strawberry.field(description="Último día en silencio.")
    lifted_on: date | None = strawberry.field(description="Día desde el que se levantó; vacío si no se levantó.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    silenced_by_id: strawberry.Private[int]
    lifted_by_id: strawberry.Private[int | None]

    @strawberry.field(description="Quién la silenció.")
    async def silenced_by(self, info: Info) -> Person | None:
        return await person_of(info, self.silenced_by_id)

    @strawberry.field(description="Quién levantó el silencio.")
    async def lifted_by(self, info: Info) -> Person | None:
        return await person_of(info, self.lifted_by_id)


@strawberry.type(description="Lo que una alarma muestra de sí misma.")
class AlarmFacts:
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    severity: Severity = strawberry.field(description="Urgencia.")
    message: str = strawberry.field(description="Explicación para una persona.")
    since: date | None = strawberry.field(description="Primer día en que es así; vacío si no se sabe.")
    key: str = strawberry.field(description="Clave que la distingue: la misma de un día a otro.")
    ends: str = strawberry.field(description="Cómo se quita.")
    link: str = strawberry.field(description="Página donde se remedia.")
    row: strawberry.Private[Alarm]

    @classmethod
    def of(cls, row: Alarm) -> Self:
        """Make one from what a read found."""
        plain = {name: getattr(row, name) for name in ("code", "severity", "message", "since", "key", "link")}
        return cls(**plain, ends=ENDS[row.code], row=row)

    @strawberry.field(description="Quién la atiende.")
    async def owner(self, info: Info) -> str:
        of, load = self.row, info.context.load
        program = await load(programs_by_code, of.program or None)
        department = await load(departments_by_code, of.place[:2] or None)
        town = await load(municipalities_by_code, of.place or None)
        party = await load(institutions_by_id, (of.convention or {}).get("institution_id"))
        return owner_of(
            of,
            direction=program["direction"] if program else "",
            department=department["name"] if department else "",
            counterpart=f"Municipalidad de {town['name']}" if town else party["name"] if party else "",
        )

    @strawberry.field(
        description="Día en que la revisión nocturna la vio por primera vez, cuando no se sabe desde cuándo es así."
    )
    async def seen_on(self, info: Info) -> date | None:
        return None if self.since else await info.context.load(first_seen, self.key)

    @strawberry.field(description="Quién la silenció, hasta cuándo y por qué; vacío si suena.")
    def silence(self) -> AlarmSilence | None:
        return AlarmSilence.of(self.row.silence) if self.row.silence else None


async def alarms_of(info: Info, center_id: int, on: date, known: Row | None = None) -> list[Alarm]:
    """Return the alarms of a center as of a date, the most pressing first, silenced ones with their silence.

    By the loaders of what a center stands on, so that a table with both asks the database once. `known` is the center
    as it was on that date, where it has been read already.
    """
    load = info.context.load
    # One after the other: each has been asked for every center of the page by the time that it is awaited here.
    center = known or await load(center_facts, center_id, on=on)
    footing = await load(footing_by_center, center_id, on=on)
    license = await load(license_by_center, center_id, on=on)
    attended = await load(attendance_by_center, center_id, on=on)
    overdue = await load(findings_by_center, center_id, on=on)
    held = await load(silences_held, center_id, on=on)
    if center is None or center["state"] == CenterState.CLOSED:
        return []
    found = alarms_of_center(center, footing, license, attended, overdue or [], on=on)
    covering = [one.row["id"] for one in footing.live if one.kind == "Convention" and one.shown]
    for some in await asyncio.gather(*(load(alarms_by_convention, one, on=on) for one in covering)):
        found += some or []
    return sorted(silenced(found, held), key=lambda alarm: alarm.rank[0])
