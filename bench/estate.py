"""An estate as large as SOSEP's could ever be: 3,000 centers and 100,000 conventions of three decades, all made up.

`build_estate()` fills the installation that this process points at, where the demo is loaded, in half a
minute. `python -m bench.estate postgres://…` fills an empty database that is there already and keeps it.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from tortoise.connection import connections
from tortoise.models import Model

from actions.people import system_user
from bench.estate_life import fill_lives
from bench.estate_parts import (
    BUILDERS,
    Made,
    amendments,
    commitments,
    leases,
    licenses,
    program_of,
    reviews,
    signatures,
    town_of,
)
from bench.home import load_demo
from logs import configure_log
from models.agreements import AgreementStage, Convention, Lease, SanitaryLicense
from models.centers import Center, CenterKind, CenterState, TenureBasis
from models.clock import today
from models.conventions import Amendment, Commitment
from models.database import database, is_sqlite
from models.fields import folded
from models.places import Institution, Municipality, ProgramCode
from models.reviews import LegalReview
from models.signing import Signature
from settings import settings

CENTERS, CONVENTIONS = 3_000, 100_000
TERMS = 32
"""Yearly terms of the convention of each center that has one."""
AT_ONCE = 400
"""Rows of one statement: PostgreSQL takes 32,767 values in it."""


class Estate(NamedTuple):
    """What was made: the first ids, which run on without a gap."""

    first_center: int
    first_convention: int
    centers: int
    conventions: int
    seconds: float


async def build_estate(*, centers: int = CENTERS, conventions: int = CONVENTIONS) -> Estate:
    """Fill the database in reach with made-up centers, agreements and their lives, each as of today.

    Always the same rows for the same day. Most centers stand on a convention of this year; some stand on two, on one
    that has ended, on a lease, or on nothing.
    """
    began = time.monotonic()
    towns = await Municipality.all().order_by("code").values_list("code", flat=True)
    first_center, first = await _next_id(Center), await _next_id(Convention)
    await _create(Center, (_center(n, towns) for n in range(centers)))
    made = [*_chains(first, centers, conventions, towns)]
    made += await _others(first + len(made), conventions - len(made), made, towns)
    await _create(Convention, (row for row, _ in made))
    await _link((first + n, first_center + center) for n, (_, center) in enumerate(made) if center is not None)
    await _create(Amendment, amendments(first, made))
    await _create(Commitment, commitments(first, made))
    by = (await system_user()).id
    await _create(Signature, signatures(first, made, by))
    await _create(LegalReview, reviews(first, made, by))
    await _create(Lease, leases(await _next_id(Lease), first_center, centers, towns))
    await _create(SanitaryLicense, licenses(await _next_id(SanitaryLicense), first_center, centers))
    await fill_lives(first_center, centers, towns, _create)
    await _check(Center, "code", first_center, centers)
    await _check(Convention, "number", first, len(made))
    # As a database is that has been at rest for a minute: PostgreSQL tidies up by itself what was written at once.
    await connections.get("default").execute_script("ANALYZE" if is_sqlite() else "VACUUM ANALYZE")
    return Estate(first_center, first, centers, len(made), time.monotonic() - began)


async def _next_id(model: type[Model]) -> int:
    last: Any = await model.all().order_by("-id").first()
    return last.id + 1 if last else 1


T = TypeVar("T")


def _parts(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows in their order, some thousands at a time."""
    left = iter(rows)
    while some := list(islice(left, 5 * AT_ONCE)):
        yield some


async def _create(model: type[Model], rows: Iterable[Any]) -> None:
    """Write rows in their order."""
    for some in _parts(rows):
        await model.bulk_create(some, batch_size=AT_ONCE)


async def _link(pairs: Iterable[tuple[int, int]]) -> None:
    """Say which convention covers which center."""
    for some in _parts(pairs):
        values = ", ".join(f"({convention}, {center})" for convention, center in some)
        script = f"INSERT INTO convention_centers (convention_id, center_id) VALUES {values}"
        await connections.get("default").execute_script(script)


async def _check(model: type[Model], column: str, first: int, many: int) -> None:
    """Refuse an estate whose ids do not run on: its links would be others than meant."""
    ends: list[Any] = [await model.get_or_none(id=first), await model.get_or_none(id=first + many - 1)]
    if not all(one and getattr(one, column).startswith(BUILDERS) for one in ends):
        raise RuntimeError(f"the ids of {model.__name__} are not in a row: build on a database that nobody else uses")


def _center(n: int, towns: list[str]) -> Center:
    kinds = (CenterKind.CADI, CenterKind.HOGAR_COMUNITARIO) if n % 3 == 2 else (CenterKind.CAD, CenterKind.CAP)
    state = CenterState.CLOSED if n % 60 == 59 else CenterState.SUSPENDED if n % 60 == 29 else CenterState.OPEN
    name = f"{'Centro' if n % 3 != 2 else 'Hogar'} La Esperanza {n:04d}"
    return Center(
        code=f"{BUILDERS}-{n:04d}",
        name=name,
        kind=kinds[n % 8 == 0],
        program=program_of(n),
        municipality_id=town_of(n, towns),
        settlement=f"Aldea {n % 97}",
        state=state,
        state_since=None if state == CenterState.OPEN else today() - timedelta(days=40 + n % 300),
        capacity=20 + n % 40,
        premises=TenureBasis.OWN_BUILDING if n % 50 == 47 else None,
        search=folded(name),
    )


def _chains(first: int, centers: int, conventions: int, towns: list[str]) -> Iterable[Made]:
    """Yield the yearly terms of each center, oldest first; the last ends between two months ago and ten ahead."""
    position = 0
    terms = min(TERMS, conventions // centers - 1)
    for n in range(centers):
        if n % 60 == 7:
            continue
        end = today() + timedelta(days=n * 11 % 365 - 60)
        for term in range(terms):
            ends_on = end - timedelta(days=365 * (terms - 1 - term))
            # Every hundredth had its last term asked for, and given up or ended before its day.
            broken = term == terms - 1 and n % 100 == 99
            row = _convention(position, program_of(n), ends_on, municipality_id=town_of(n, towns))
            row.renews_id = first + position - 1 if term else None
            if broken:
                row.stage, row.terminated_on = AgreementStage.TERMINATED, ends_on - timedelta(days=30)
                row.termination_reason = "Falta de presupuesto"
            yield row, n
            position += 1


def _convention(position: int, program: ProgramCode, ends_on: date, **more: Any) -> Convention:
    starts_on = ends_on - timedelta(days=364)
    title = f"Funcionamiento de un centro {position}"
    return Convention(
        number=f"{BUILDERS}-{position:06d}",
        program=program,
        title=title,
        stage=AgreementStage.SIGNED,
        starts_on=starts_on,
        ends_on=ends_on,
        requested_on=starts_on - timedelta(days=30 + position % 60),
        term_months=12,
        search=folded(title),
        **more,
    )


async def _others(start: int, many: int, chained: list[Made], towns: list[str]) -> list[Made]:
    """Return the conventions outside the chains: with institutions, without center, asked for, given up, doubled."""
    institutions = await Institution.all().order_by("id").values_list("id", flat=True)
    first = start - len(chained)
    lasts = [n for n, (_, center) in enumerate(chained) if n + 1 == len(chained) or chained[n + 1][1] != center]
    on, made = today(), list[Made]()
    for n in range(many):
        position = len(chained) + n
        ends_on = on + timedelta(days=300 - n * 13 % 12_000)
        kind = n % 10
        if kind < 3 and institutions:
            party: dict[str, Any] = {"institution_id": institutions[n % len(institutions)]}
            made.append((_convention(position, ProgramCode.INSTITUCIONAL, ends_on, **party), None))
            continue
        renewed, center = chained[lasts[n % len(lasts)]]
        town = {"municipality_id": renewed.municipality_id}
        if kind < 5:
            made.append((_convention(position, program_of(n), ends_on, municipality_id=town_of(n, towns)), None))
        elif kind < 7 and n < 10 * len(lasts) // 20:
            # A renewal being made of every second or so that ends soon.
            row = _convention(position, renewed.program, on, **town)
            row.stage = (AgreementStage.REQUESTED, AgreementStage.IN_REVIEW, AgreementStage.READY_TO_SIGN)[n % 3]
            row.starts_on = row.ends_on = None
            row.requested_on = on - timedelta(days=n % 90)
            row.renews_id = first + lasts[n % len(lasts)]
            made.append((row, center))
        elif kind < 8:
            row = _convention(position, renewed.program, on, **town)
            row.stage, row.starts_on, row.ends_on = AgreementStage.WITHDRAWN, None, None
            row.requested_on = on - timedelta(days=100 + n % 4000)
            row.terminated_on = row.requested_on + timedelta(days=60)
            made.append((row, None))
        else:
            # Of decades ago, and a few that cover a center which has another one in force.
            doubled = n < 500
            ends_on = on + timedelta(days=100 + n % 200) if doubled else on - timedelta(days=900 + n % 9000)
            made.append((_convention(position, renewed.program, ends_on, **town), center if doubled else None))
    return made


async def _build_alone() -> None:
    await load_demo()
    async with database():
        made = await build_estate()
    print(f"{made.centers:,} centers, {made.conventions:,} conventions: {made.seconds:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.estate", description="Fill an empty database with a large estate.")
    parser.add_argument("url", help="postgres://… or sqlite://path of a database that holds nothing yet")
    os.environ |= {"CONVENIOS_DATABASE_URL": parser.parse_args().url, "CONVENIOS_DEMO": "true"}
    settings.cache_clear()
    configure_log()
    asyncio.run(_build_alone())
