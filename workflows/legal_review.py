"""The office procedure of a legal review, between two human decisions."""

from prefect import flow, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext

from actions.outbox import consume_wakeups, newest_wakeup
from actions.people import system_user
from actions.preparation import prepare_agreement
from actions.reviews import admit_review, close_review
from models.audit import Verb
from models.flows import FlowName
from reads.engine import next_step
from workflows.incidents import told_by_number


@task(name="Admitir el expediente", cache_policy=NO_CACHE, persist_result=False)
async def admit(review_id: int) -> None:
    """Check completeness, draft what is missing, propose a lawyer, tell who must act; the receipt set the deadline."""
    async with told_by_number("admit", flow=FlowName.LEGAL_REVIEW, review_id=review_id):
        await admit_review(actor=await system_user(), review_id=review_id)


@task(name="Preparar el convenio", cache_policy=NO_CACHE, persist_result=False)
async def prepare(review_id: int) -> None:
    """Make and number the agreement's paper after a favorable dictamen, and send the file to signature."""
    async with told_by_number("prepare", flow=FlowName.LEGAL_REVIEW, review_id=review_id):
        await prepare_agreement(actor=await system_user(), review_id=review_id)


@task(name="Concluir el expediente", cache_policy=NO_CACHE, persist_result=False)
async def close(review_id: int) -> None:
    """Close the file: its agreement is signed, or it was a consultation and has its answer."""
    async with told_by_number("close", flow=FlowName.LEGAL_REVIEW, review_id=review_id):
        await close_review(actor=await system_user(), review_id=review_id)


STEPS = {Verb.ADMIT_REVIEW: admit, Verb.PREPARE_AGREEMENT: prepare, Verb.CLOSE_REVIEW: close}


@flow(name="legal_review", flow_run_name="{code}", persist_result=False)
async def legal_review(review_id: int, code: str) -> None:
    """Do what the engine owes a file now, step by step, until it is a person's turn or the file is closed.

    It may start again from this line at any moment: the database alone says what is owed.
    """
    # Tasks of their own have no tags: each would ask the server for its tag's limit of runs, which nobody sets.
    with TagsContext(current_tags=set()):
        await _every_step(review_id)


async def _every_step(review_id: int) -> None:
    async with told_by_number("legal_review", review_id=review_id):
        newest = await newest_wakeup(review_id)
        done: Verb | None = None
        while (step := await next_step(review_id)) is not None:
            if step == done:
                raise RuntimeError(f"{step.value}: done, and yet it is still owed")
            await STEPS[step](review_id)
            done = step
        await consume_wakeups(review_id, newest)


async def drive(review_id: int, code: str) -> None:
    """Run the review's flow in this process, tagged so that Prefect's screen shows a file's whole history."""
    with tags(f"review:{code}"):
        await legal_review(review_id, code)
