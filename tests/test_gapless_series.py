"""Twenty writers in two programs mix kinds, fail after their number was taken, and void: no series has a hole."""

import asyncio
import random
import subprocess
import sys
from collections import Counter

import pytest

from actions.documents import issue_document
from actions.papers import GroundInput, ObservationInput, issue_dictamen, return_review
from actions.refusals import ErrorCode, Refusal
from actions.voiding import void_document
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.database import database
from models.papers import DocumentKind, OfficialDocument, Outcome, Series
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from reads.audit import broken_links
from reads.series import series_reports
from settings import PROJECT
from tests import builders
from tests.conftest import FreshDatabase

WRITERS, DEEDS = 20, 7
"""Writers at the same time, half of them in each program, and the deeds that each does one after another."""
FILES = 40
"""Files under analysis in each program, more than its dictámenes can be."""
UNPRINTABLE = "\ue000"
"""A character that the papers of a file refuse: known only after the number was taken."""
LETTER = {"addressee": "Ana", "subject": "Informe", "body": "Se remite."}
BY_HAND = {
    DocumentKind.OFICIO: LETTER,
    DocumentKind.PROVIDENCIA: {"subject": "Pase", "destination": "Finanzas", "body": "Pase."},
    DocumentKind.CONOCIMIENTO: {"addressee": "Ana", "items": [{"description": "Disco"}]},
}


class Writers:
    """Half of the writers: what they did, counted, and the files that none of them has used yet."""

    def __init__(self, actor: User, files: list[int], seed: int) -> None:
        self.actor = actor
        self.files = files
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.papers: list[int] = []

    async def work(self) -> None:
        """Do one writer's deeds, each by chance."""
        for _ in range(DEEDS):
            await self.chance.choice((self.by_hand, self.by_hand, self.dictamen, self.fail, self.void))()

    async def by_hand(self) -> None:
        """Issue a paper about nothing on file."""
        kind, fields = self.chance.choice(list(BY_HAND.items()))
        paper = await issue_document(actor=self.actor, kind=kind, fields=fields)
        self.papers.append(paper.id)
        self.done["issued"] += 1

    async def dictamen(self, more: str = "") -> None:
        """Conclude a file of its own."""
        file = self.files[0] if more else self.files.pop()
        texts = {"background": f"Antecedentes. {more}", "analysis": "Cumple.", "conclusion": "Procede."}
        grounds = [GroundInput("Código Municipal", "Faculta al Concejo.", "35")]
        paper = await issue_dictamen(
            actor=self.actor, review_id=file, outcome=Outcome.FAVORABLE, grounds=grounds, **texts
        )
        self.papers.append(paper.id)
        self.done["issued"] += 1

    async def fail(self) -> None:
        """Have a dictamen or a return refused after its number was taken."""
        spoilt = [ObservationInput("Acta", UNPRINTABLE, "Certifíquela.")]
        failing = self.chance.choice(
            (
                lambda: self.dictamen(UNPRINTABLE),
                lambda: return_review(actor=self.actor, review_id=self.files[0], observations=spoilt),
            )
        )
        with pytest.raises(Refusal) as refused:
            await failing()
        assert [problem.code for problem in refused.value.problems] == [ErrorCode.PAPER_REFUSED]
        self.done["failed"] += 1

    async def void(self) -> None:
        """Void a paper of these writers, any kind."""
        if not self.papers:
            await self.by_hand()
        paper = self.papers.pop(self.chance.randrange(len(self.papers)))
        await void_document(actor=self.actor, document_id=paper, reason="Se emitió por error.")
        self.done["voided"] += 1


async def half(email: str, first: str, last: str, seed: str) -> Counter[str]:
    """Let half of the writers work, with the files of a range."""
    files = await LegalReview.filter(id__gte=int(first), id__lte=int(last)).values_list("id", flat=True)
    writers = Writers(await User.get(email=email), list(files), int(seed))
    await asyncio.gather(*(writers.work() for _ in range(WRITERS // 2)))
    return writers.done


async def elsewhere(*given: str) -> None:
    """Do the same in another process: what the test below starts."""
    async with database():
        print(dict(await half(*given)))


@pytest.mark.both_databases
async def test_mixed_writers_leave_every_series_whole(db: FreshDatabase, clock: object) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    files = []
    for _ in range(2 * FILES):
        of = await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
        files.append((await builders.review(of, stage=ReviewStage.IN_ANALYSIS, requested_by=head)).id)
    program = (
        "import asyncio, sys; from tests.test_gapless_series import elsewhere as go; asyncio.run(go(*sys.argv[1:]))"
    )
    theirs = [head.email, str(files[FILES]), str(files[-1]), "2"]
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *theirs, cwd=PROJECT, stdout=subprocess.PIPE
    )

    done = await half(head.email, str(files[0]), str(files[FILES - 1]), "1")
    said, _ = await other.communicate()

    assert other.returncode == 0
    for word, count in (pair.split(": ") for pair in said.decode().strip().splitlines()[-1].strip("{}").split(", ")):
        done[word.strip("'")] += int(count)
    assert sum(done.values()) >= WRITERS * DEEDS
    assert min(done["issued"], done["failed"], done["voided"]) > 10, done
    papers = await OfficialDocument.all()
    assert len(papers) == done["issued"] == len({paper.file_id for paper in papers})
    assert sum(paper.voided_on is not None for paper in papers) == done["voided"]
    serials: dict[str, list[int]] = {}
    for paper in papers:
        assert paper.number == f"{paper.kind}-AJ-{paper.serial}-2026"
        serials.setdefault(paper.kind, []).append(paper.serial)
    assert len(serials) == 4
    for kind, found in serials.items():
        assert sorted(found) == list(range(1, len(found) + 1)), kind
        assert (await Series.get(kind=kind)).value == len(found)
    reports = await series_reports(head, year=2026)
    assert {report.kind for report in reports} == serials.keys()
    assert all(report.complete for report in reports), [report.verdict for report in reports]
    assert await AuditEntry.filter(verb=Verb.VOID_DOCUMENT).count() == done["voided"]
    assert await broken_links() == []
