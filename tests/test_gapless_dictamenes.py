"""A hundred dictámenes at once, by two programs, some failing in between: the numbers run from 1 to 100, each once."""

import asyncio
import subprocess
import sys

import pytest

from actions.papers import GroundInput, issue_dictamen
from actions.refusals import ErrorCode, Refusal
from documents.engine import visible_text
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.database import database
from models.outbox import WakeUp
from models.papers import DocumentKind, OfficialDocument, Outcome, Series, StoredFile
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from models.templates import TemplateVersion
from reads.audit import broken_links
from settings import PROJECT
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import bytes_of

WHOLE, FAILING, AT_ONCE = 100, 24, 20
UNPRINTABLE = "\ue000"
"""A character that the paper refuses: known only after the number was taken."""


async def issue(actor: User, review_id: int, *, more: str = "") -> int:
    """Issue a dictamen and return its serial."""
    grounds = [GroundInput("Código Municipal", "Faculta al Concejo.", "35")]
    texts = {"background": f"Expediente {review_id}. {more}", "analysis": "Cumple.", "conclusion": "Procede."}
    paper = await issue_dictamen(actor=actor, review_id=review_id, outcome=Outcome.FAVORABLE, grounds=grounds, **texts)
    return int(paper.serial)


async def issue_all(actor: User, reviews: list[int], *, at_once: int) -> list[int]:
    """Issue dictámenes for these files, some at the same time; a quarter of the first tries fail and are repeated."""
    desks = asyncio.Semaphore(at_once)

    async def one(number: int, review_id: int) -> int:
        async with desks:
            if number % (WHOLE // FAILING) == 0:
                with pytest.raises(Refusal) as refused:
                    await issue(actor, review_id, more=UNPRINTABLE)
                assert [problem.code for problem in refused.value.problems] == [ErrorCode.PAPER_REFUSED]
            return await issue(actor, review_id)

    return await asyncio.gather(*(one(number, review_id) for number, review_id in enumerate(reviews)))


async def elsewhere(email: str, first: str, last: str) -> None:
    """Issue the dictámenes of a range of files in another process: what the test below starts."""
    async with database():
        reviews = await LegalReview.filter(id__gte=int(first), id__lte=int(last)).values_list("id", flat=True)
        print(len(await issue_all(await User.get(email=email), list(reviews), at_once=AT_ONCE // 2)))


@pytest.mark.both_databases
async def test_a_hundred_at_once_leave_no_gap_and_no_double(db: FreshDatabase, clock: object) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    files = []
    for _ in range(WHOLE):
        of = await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
        files.append((await builders.review(of, stage=ReviewStage.IN_ANALYSIS, requested_by=head)).id)
    theirs = files[WHOLE // 2 :]
    program = "import asyncio, sys; from tests.test_gapless_dictamenes import elsewhere as go; "
    program += "asyncio.run(go(*sys.argv[1:]))"
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, head.email, str(theirs[0]), str(theirs[-1]), cwd=PROJECT, stdout=subprocess.PIPE
    )

    mine = await issue_all(head, files[: WHOLE // 2], at_once=AT_ONCE // 2)
    said, _ = await other.communicate()

    assert (other.returncode, len(mine), int(said.split()[-1])) == (0, WHOLE // 2, WHOLE // 2)
    papers = await OfficialDocument.filter(kind=DocumentKind.DICTAMEN).order_by("serial")
    assert [paper.serial for paper in papers] == list(range(1, WHOLE + 1))
    assert [paper.number for paper in papers] == [f"DICTAMEN-AJ-{serial}-2026" for serial in range(1, WHOLE + 1)]
    assert sorted(paper.review_id for paper in papers) == files
    assert (await Series.get(kind="DICTAMEN")).value == WHOLE
    # What failed left nothing: neither entry, file nor wake-up; and the chain is whole.
    assert await AuditEntry.filter(verb=Verb.ISSUE_DICTAMEN).count() == WHOLE
    assert await WakeUp.all().count() == WHOLE
    # Beside the papers' files stands the one of the wording that all of them used.
    assert await TemplateVersion.all().count() == 1
    assert await StoredFile.all().count() == WHOLE + 1
    assert await LegalReview.filter(stage=ReviewStage.DICTAMEN_ISSUED).count() == WHOLE
    assert await broken_links() == []
    for paper in (papers[0], papers[-1]):
        text = visible_text(bytes_of((await StoredFile.get(id=paper.file_id)).sha256))
        assert paper.number in text
        assert f"Expediente {paper.review_id}." in text
