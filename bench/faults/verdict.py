"""What a fault left behind: what must be there once is counted in the database and at the mail server."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from actions.outbox import MAY_HAVE_ARRIVED
from bench.faults.letters import Letter, LetterBox
from bench.faults.plant import ENGINE, until
from bench.faults.stories import GivenUp, Story
from models.agreements import Convention
from models.audit import AuditEntry, Verb
from models.clock import today
from models.outbox import Notice, NoticeState, WakeUp
from models.papers import OfficialDocument, Series
from models.people import User
from models.reviews import LegalReview, ReviewStage
from models.signing import Signature
from reads.audit import broken_links
from reads.engine import next_step
from reads.series import series_reports
from schema.ids import row_id

TOLD_AGAIN = ("Recibimos el expediente", "Expediente ")
"""How the subjects of messages begin that follow each submission of a file, the answer to a providencia too."""


@dataclass
class Row:
    """One line of the bench's table."""

    fault: str
    database: str
    started: int = 0
    ended: int = 0
    lost: int = 0
    """Deeds, papers and messages that should be there and are not."""
    doubled: int = 0
    """Deeds, papers and messages that are there more often than they should."""
    kills: int = 0
    seconds: float = 0.0
    messages: int = 0
    """Messages owed and sent."""
    repeated: int = 0
    """Messages that arrived again under the same Message-ID: their sender was killed before it could note the first."""
    problems: list[str] = field(default_factory=list)
    """What else is wrong, and each thing lost or doubled in words."""

    @property
    def good(self) -> bool:
        """Tell whether everything promised was kept."""
        return self.ended == self.started and not (self.lost or self.doubled or self.problems)

    def miss(self, words: str, count: int = 1) -> None:
        """Note something lost."""
        self.lost += count
        self.problems.append(f"lost: {words}")

    def twice(self, words: str, count: int = 1) -> None:
        """Note something doubled."""
        self.doubled += count
        self.problems.append(f"doubled: {words}")

    def compare(self, what: str, found: int, least: int, most: int) -> None:
        """Note what there is too little or too much of."""
        if found < least:
            self.miss(f"{what}: {found} of {least}", least - found)
        if found > most:
            self.twice(f"{what}: {found} instead of {most}", found - most)


async def at_rest() -> None:
    """Wait until the engine owes nobody anything more: no file to look at, no message to send."""

    async def nothing_owed() -> bool:
        owed = await WakeUp.exists(consumed_at=None)
        return not owed and not await Notice.exists(state=NoticeState.QUEUED)

    await until(nothing_owed, "the engine at rest")


async def judge(row: Row, stories: Sequence[Story], box: LetterBox, engine_kills: Sequence[float], since: int) -> Row:
    """Fill a row with what became of its stories and of all messages after the `since`-th; the engine is given time."""
    try:
        await at_rest()
    except TimeoutError:
        owed = await WakeUp.filter(consumed_at=None).values_list("review__code", flat=True)
        queued = await Notice.filter(state=NoticeState.QUEUED).count()
        row.problems.append(f"stuck: files {sorted(set(owed))} and {queued} messages are still owed")
    row.started += len(stories)
    for story in stories:
        if story.ended and await _kept(row, story):
            row.ended += 1
        elif story.trouble:
            row.miss(f"a story: {story.trouble}")
    await _numbers(row)
    await _messages(row, box, engine_kills, since)
    if broken := await broken_links():
        row.problems.append(f"audit chain broken at {broken[:5]}")
    return row


def _expected(story: Story) -> dict[Verb, tuple[int, int]]:
    """Return how many times each deed must and may have been done to a story's file."""
    times = 1 + story.returned
    early = story.given_up == GivenUp.SUBMITTED
    over = story.given_up != GivenUp.NEVER
    later = 0 if early else 1
    signed = 0 if over else 1
    return {
        Verb.SUBMIT_REQUIREMENT: (story.requirements, story.requirements),
        Verb.SUBMIT_FOR_REVIEW: (times, times),
        # The dictamen may overtake the engine's look at an answer; a file given up needs none.
        Verb.ADMIT_REVIEW: (later, times),
        Verb.ASSIGN_REVIEW: (later, later),
        Verb.RETURN_REVIEW: (int(story.returned), int(story.returned)),
        Verb.ISSUE_DICTAMEN: (later, later),
        Verb.PREPARE_AGREEMENT: (later, later),
        Verb.CLOSE_REVIEW: (signed, signed),
        Verb.WITHDRAW_REVIEW: (int(over), int(over)),
    }


async def _kept(row: Row, story: Story) -> bool:
    """Compare a story with its records; tell whether its file is where the story left it."""
    review = await LegalReview.get(id=row_id(story.review_id, "LegalReview", path="")[1])
    entries = AuditEntry.filter(subject_type="LegalReview", subject_id=str(review.id))
    # An engine that looked in vain, because another one was faster, says so and changes nothing.
    deeds = Counter([verb for verb, changes in await entries.values_list("verb", "changes") if changes])
    for verb, (least, most) in _expected(story).items():
        row.compare(f"{verb.value} of {story.code}", deeds[verb], least, most)
    papers = Counter(await OfficialDocument.filter(review_id=review.id).values_list("kind", flat=True))
    for kind, verb in (
        ("PROVIDENCIA", Verb.RETURN_REVIEW),
        ("DICTAMEN", Verb.ISSUE_DICTAMEN),
        ("CONVENIO", Verb.PREPARE_AGREEMENT),
    ):
        row.compare(f"{kind} of {story.code}", papers[kind], *_expected(story)[verb])
    signed = 0 if story.given_up != GivenUp.NEVER else 2
    row.compare(
        f"signatures of {story.code}",
        await Signature.filter(convention_id=review.convention_id).count(),
        signed,
        signed,
    )
    row.compare(
        f"renewals of {story.town.number}", await Convention.filter(renews_id=story.town.convention_id).count(), 1, 1
    )
    end = ReviewStage.CLOSED if story.given_up == GivenUp.NEVER else ReviewStage.WITHDRAWN
    owed = await next_step(review.id)
    if review.stage != end or owed:
        row.miss(f"the end of {story.code}: it is {review.stage.value}, the engine owes it {owed}")
        return False
    return True


async def _numbers(row: Row) -> None:
    """Look for holes in every series of numbers: papers, files, conventions."""
    auditor = await User.get(email="auditoria@demo.example")
    for year in {today().year, *await Series.all().values_list("year", flat=True)}:
        for report in await series_reports(auditor, year=year):
            if not report.complete:
                row.miss(f"{report.kind.value} {year}: {report.verdict}", max(1, report.missing_count))
            row.compare(f"numbers of {report.kind.value} {year}", report.issued, report.counter, report.counter)
        for series, numbers in (
            ("EXPEDIENTE", LegalReview.filter(code__startswith=f"EXP-{year}-")),
            ("REGISTRO_CONVENIOS", Convention.filter(number__startswith=f"CONV-{year}-")),
        ):
            given = await Series.get_or_none(kind=series, year=year)
            count = given.value if given else 0
            row.compare(f"numbers of {series} {year}", await numbers.count(), count, count)


async def _messages(row: Row, box: LetterBox, engine_kills: Sequence[float], since: int) -> None:
    """Compare the messages owed with those that arrived."""
    arrived: dict[str, list[Letter]] = defaultdict(list)
    for letter in list(box.letters):
        arrived[letter.message_id].append(letter)
    known = set(await Notice.all().values_list("message_id", flat=True))
    for stranger in arrived.keys() - known:
        row.twice(f"a message that nobody owed: {stranger}")
    alike: Counter[tuple[str, str, int | None]] = Counter()
    for notice in await Notice.filter(id__gt=since).order_by("id"):
        name = f"«{notice.subject}» to {notice.recipient}"
        letters = arrived[notice.message_id]
        if notice.state != NoticeState.SENT:
            if notice.state in (NoticeState.QUEUED, NoticeState.FAILED):
                row.miss(f"{name}: {notice.state.value}, {notice.tries} tries, {notice.error}")
            # Its sender died with it in hand, and then nobody needed it any more: it says so itself.
            if letters and not (notice.state == NoticeState.DROPPED and notice.error.endswith(MAY_HAVE_ARRIVED)):
                row.problems.append(f"{name} arrived and is {notice.state.value}")
            continue
        row.messages += 1
        if not letters:
            row.miss(f"{name}: sent, and never arrived")
        if notice.review_id and not notice.subject.startswith(TOLD_AGAIN):
            alike[notice.subject, notice.recipient, notice.review_id] += 1
        for before, after in pairwise(letters):
            # A sender that lives between two sendings has noted the first.
            if any(before.at <= at <= after.at for at in engine_kills):
                row.repeated += 1
            else:
                row.twice(f"{name} arrived twice, {after.at - before.at:.0f} s apart, though its sender lived")
    for (subject, recipient, _), count in alike.items():
        row.compare(f"«{subject}» to {recipient}", count, 1, 1)


def engine_kills(killed: Sequence[tuple[float, str]]) -> list[float]:
    """Return when a sender may have been killed, of all kills: with the supervisor the engine stops as well."""
    return [at for at, what in killed if what in (ENGINE, "part", "supervisor")]


HEAD = ["Fault", "Database", "Stories", "Ended", "Lost", "Doubled", "Kills", "Seconds", "Messages", "Repeated"]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, and under it what is wrong with them."""
    cells = [
        [
            row.fault,
            row.database,
            *map(str, (row.started, row.ended, row.lost, row.doubled, row.kills)),
            f"{row.seconds:.0f}",
            *map(str, (row.messages, row.repeated)),
        ]
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [HEAD, *cells]) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [HEAD, *cells]
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines + [f"{row.fault}, {row.database}: {words}" for row in rows for words in row.problems])
