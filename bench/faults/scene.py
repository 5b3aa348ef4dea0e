"""What the stories start from: an office with its catalogs and people, and conventions of towns that will end."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.people import create_token, system_user
from models.agreements import AgreementStage, Convention
from models.centers import Center, CenterKind
from models.clock import today
from models.database import migrate
from models.people import User
from models.places import Municipality, ProgramCode

OFFICE = ("juridico", "jefatura", "despacho")
"""People of the office who take part in a story, by the part of their address before the @."""

FAR = 200
"""Days until the end of a convention that no rung of a ladder concerns yet."""


async def furnish() -> None:
    """Migrate the open database and load catalogs and people; nobody signs in by password here."""
    await migrate()
    actor = await system_user()
    await load_catalogs(actor=actor)
    await load_demo_people(actor=actor, password_hash="nobody")


@dataclass(frozen=True)
class Town:
    """A municipality with a convention in force, and the key by which its secretary asks."""

    convention_id: int
    municipality: str
    number: str
    email: str
    token: str


async def old_convention(municipality: str, ends_on: date) -> Convention:
    """Return a signed convention of a town for a center of its own, in force until a date."""
    mark = uuid4().hex[:10]
    center = await Center.create(
        code=f"MAD-{mark}",
        name=f"Centro {mark}",
        kind=CenterKind.CAD,
        program=ProgramCode.MAD,
        municipality_id=municipality,
    )
    made = await Convention.create(
        number=f"CONV-ANT-{mark}",
        program=ProgramCode.MAD,
        municipality_id=municipality,
        stage=AgreementStage.SIGNED,
        title=f"para la atención de personas adultas mayores en el centro {mark}",
        starts_on=ends_on - timedelta(days=729),
        ends_on=ends_on,
        term_months=24,
    )
    await made.centers.add(center)
    return made


async def towns(count: int, *, ends_in: int = FAR) -> list[Town]:
    """Return towns that have no convention yet, each with one that ends in so many days."""
    taken = await Convention.filter(municipality_id__isnull=False).values_list("municipality_id", flat=True)
    found = await Municipality.exclude(code__in=list(taken)).order_by("code").limit(count)
    if len(found) < count:
        raise RuntimeError(f"only {len(found)} towns are left")
    made = []
    for place in found:
        convention = await old_convention(place.code, today() + timedelta(days=ends_in))
        email = f"municipio.{place.code}@demo.example"
        made.append(Town(convention.id, place.code, convention.number, email, await key(email)))
    return made


async def key(email: str) -> str:
    """Return a key with which a person asks over HTTP."""
    return await create_token(actor=await system_user(), owner=await User.get(email=email), label="faults")
