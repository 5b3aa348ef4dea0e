"""Many papers in one batch, as the engine does them: how long until the zip, and how much memory it asks for."""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from actions.batches import Chosen, start_batch
from bench import desk
from bench.figures import Figure, times
from bench.home import label, temporary_home
from bench.served import PATIENCE, Served, peak_megabytes, served
from models.agreements import AgreementStage, Convention
from models.batches import Batch, BatchItem, BatchItemState, BatchKind, BatchState
from models.clock import today
from models.database import database
from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument, Outcome
from models.people import User
from models.places import Municipality, ProgramCode
from models.reviews import LegalReview, ReviewMatter, ReviewStage

MANY, FEW = 200, 50
TARGET_SECONDS = 20
FLAT_MEGABYTES = 30
"""What the engine's peak may grow by between the fiftieth paper and the zip of all."""
LOOK_EVERY = 0.1
_serials = count(1)


@dataclass
class Taken:
    """What a batch took: seconds, the engine's CPU time, and its peak after the first papers and at the end, in MB."""

    seconds: float
    cpu: float
    early: float
    late: float


def run(dialect: str) -> list[Figure]:
    """Let the engine of a served installation number 200 agreements, and then make projects of 200 others."""
    # Counting sheets is LibreOffice's time, a second or two a paper, and mail its own flow's: neither is here.
    os.environ["CONVENIOS_SOFFICE"] = "none"
    try:
        with temporary_home(dialect) as home:
            owed, unfinished = asyncio.run(_fill())
            with served(home, "serve") as program:
                program.seconds_until("/ready")
                issued = asyncio.run(_prepared(program, owed))
                projects = asyncio.run(_prepared(program, unfinished))
    finally:
        del os.environ["CONVENIOS_SOFFICE"]
    return [
        _seconds(f"{MANY} agreements numbered and packed by a batch", issued, dialect),
        _seconds(f"{MANY} projects made and packed by a batch", projects, dialect, issued),
        Figure(
            f"engine's memory from {FEW} agreements to the zip of {MANY}",
            max(issued.late - issued.early, 0),
            "MB",
            label(dialect),
            f"peak {issued.early:.0f} MB, then {issued.late:.0f} MB; after {MANY} projects {projects.late:.0f} MB",
            FLAT_MEGABYTES,
        ),
    ]


def _seconds(what: str, taken: Taken, dialect: str, beside: Taken | None = None) -> Figure:
    ratio = f"{times(taken.seconds, beside.seconds)} of the numbered ones" if beside else ""
    detail = f"{MANY / taken.seconds:.0f} a second; {taken.cpu:.1f} s of CPU; up to 1 s until the engine looks"
    return Figure(what, taken.seconds, "s", label(dialect), detail, TARGET_SECONDS, ratio)


async def _fill() -> tuple[list[int], list[int]]:
    """Write conventions of which half wait for their paper, with a favorable dictamen, and half for that."""
    async with database():
        lawyer = await desk.demo_person(desk.LAWYER)
        towns = await Municipality.all().order_by("code").limit(MANY)
        return (
            [await _convention(lawyer, town, ReviewStage.DICTAMEN_ISSUED) for town in towns],
            [await _convention(lawyer, town, ReviewStage.IN_ANALYSIS) for town in towns],
        )


async def _convention(lawyer: User, town: Municipality, stage: ReviewStage) -> int:
    serial, on = next(_serials), today()
    title = f"para el funcionamiento del Centro de Atención Diurna de {town.name}"
    of = await Convention.create(
        number=f"CONV-BENCH-{serial:04d}",
        program=ProgramCode.MAD,
        municipality_id=town.code,
        stage=AgreementStage.IN_REVIEW,
        title=title,
        term_months=24,
        requested_by_id=lawyer.id,
        requested_on=on,
    )
    review = await LegalReview.create(
        code=f"EXP-BENCH-{serial:04d}",
        matter=ReviewMatter.CONVENTION_MAD,
        convention_id=of.id,
        municipality_id=town.code,
        department_id=town.department_id,
        program=ProgramCode.MAD,
        title=f"Convenio {title}",
        requesting_unit=f"Municipalidad de {town.name}",
        stage=stage,
        admitted=True,
        assignee_id=lawyer.id,
        requested_by_id=lawyer.id,
        requested_on=on,
        last_moved_on=on,
    )
    if stage == ReviewStage.DICTAMEN_ISSUED:
        await OfficialDocument.create(
            kind=DocumentKind.DICTAMEN,
            unit=LEGAL_UNIT,
            year=on.year,
            serial=10**6 + serial,
            number=f"DICTAMEN-BENCH-{serial}",
            review_id=review.id,
            convention_id=of.id,
            outcome=Outcome.FAVORABLE,
            issued_on=on,
            issued_at=datetime.now(UTC),
            issued_by_id=lawyer.id,
            verification_code=f"BENCH-{serial}",
        )
    return int(of.id)


async def _prepared(program: Served, conventions: list[int]) -> Taken:
    """Start a batch with these, wait for its zip, and see what the engine took."""
    async with database():
        engine = program.part("workflows.serve")
        lawyer = await desk.demo_person(desk.LAWYER)
        began, before = time.monotonic(), program.cpu_of({engine})
        chosen = Chosen(convention_ids=conventions)
        batch = await start_batch(actor=lawyer, kind=BatchKind.PAPERS, chosen=chosen)
        early = 0.0
        while (await Batch.get(id=batch.id)).state != BatchState.DONE:
            done = BatchItem.filter(batch_id=batch.id, state=BatchItemState.DONE)
            if not early and await done.count() >= FEW:
                early = peak_megabytes(engine)
            if time.monotonic() - began > PATIENCE:
                raise RuntimeError("the engine does not finish the batch")
            await asyncio.sleep(LOOK_EVERY)
        seconds = time.monotonic() - began
        if await BatchItem.filter(batch_id=batch.id).exclude(state=BatchItemState.DONE).exists():
            raise RuntimeError("not every paper was made")
        return Taken(seconds, program.cpu_of({engine}) - before, early, peak_megabytes(engine))
