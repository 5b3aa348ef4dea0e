"""Fault: the engine's step for one file fails each time, until somebody mends the cause."""

from bench.faults.people import Person
from bench.faults.plant import until
from bench.faults.scene import key
from bench.faults.stories import GivenUp
from bench.faults.trial import Trial
from bench.faults.verdict import Row
from models.agreements import Convention
from models.audit import Verb
from models.centers import Center
from models.clock import instant
from models.engine import StepFailure
from models.outbox import Notice
from reads.engine import next_step
from schema.ids import row_id

ADMIN = "admin@demo.example"

PAUSES = (1, 5, 30, 120, 600)
"""Seconds that must pass after the first, second, … failed try."""

FAILING = "{ engineStatus { failures { reviewCode incident lastIncident tries reported } } }"


async def failing_step(trial: Trial) -> Row:
    """Take away a name that one paper needs: the others go on; its file waits, longer each time, until it is mended."""
    await trial.on()
    async with trial.fault("a step that always fails") as run:
        story = next(one for one in run.stories if one.given_up == GivenUp.NEVER)
        convention = await Convention.get(id=story.town.convention_id).prefetch_related("centers")
        center = convention.centers[0]
        await Center.filter(id=center.id).update(name="")
        _, telling = run.tell()
        others = [one for one in run.stories if one is not story]
        await until(lambda: all(one.ended or one.trouble for one in others), "the others' ends")
        await until(lambda: _told(story.code), "word to the administrators")
        failure = await StepFailure.get(review__code=story.code, resolved_at=None)
        admin = Person(run.stage.http, [trial.plant.address], await key(ADMIN), run.stage.resent)
        open_ones = (await admin.ask(FAILING))["engineStatus"]["failures"]
        shown = [one for one in open_ones if one["reviewCode"] == story.code]
        if [one["incident"] for one in shown] != [failure.incident] or not shown[0]["reported"]:
            run.row.problems.append(f"the page of the engine shows {shown}, incident {failure.incident}")
        await _backs_off(run.row, failure)
        if await next_step(row_id(story.review_id, "LegalReview", path="")[1]) != Verb.PREPARE_AGREEMENT:
            run.row.problems.append(f"{story.code} did not wait")
        await Center.filter(id=center.id).update(name=center.name)
        await trial.end_pause(story.code)
        await telling
    still = await StepFailure.filter(review__code=story.code, resolved_at=None).count()
    if still:
        run.row.problems.append(f"{still} failures of {story.code} are still open")
    run.row.compare(f"word to the administrators of {story.code}", await _told(story.code), 1, 1)
    return run.row


async def _told(code: str) -> int:
    return await Notice.filter(recipient=ADMIN, review__code=code, key__startswith="failure:").count()


async def _backs_off(row: Row, failure: StepFailure) -> None:
    """Check that no more tries were made than the pauses between them allow."""
    since = (instant() - failure.first_at).total_seconds()
    allowed = 1 + sum(1 for tries in range(len(PAUSES)) if sum(PAUSES[: tries + 1]) <= since)
    tries = (await StepFailure.get(id=failure.id)).tries
    if tries > allowed:
        row.problems.append(f"{tries} tries in {since:.0f} s, at most {allowed} are due")
