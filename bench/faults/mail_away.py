"""Fault: the mail server is down for a day while files move on, and comes back."""

from itertools import pairwise

from bench.faults.trial import Trial, newest_notice
from bench.faults.verdict import Row
from models.outbox import Notice, NoticeState
from models.reviews import OPEN_STAGES


async def mail_away(trial: Trial) -> Row:
    """Close the mail server, let a day go by, open it: what is still of use arrives once, the oldest first."""
    await trial.on()
    since, received = await newest_notice(), len(trial.box.letters)
    trial.box.close()
    async with trial.fault("mail server down for a day") as run:
        _, telling = run.tell()
        await telling
        await trial.off(for_days=1)
        # Pauses after a refusal are of the real clock, which stands still while a day goes by. In the short form the
        # server is back before the machine: one more try that fails would be followed by a pause of minutes.
        await trial.end_claims()
        if trial.size.hurried:
            trial.box.open()
        await trial.on()
        if not trial.size.hurried:
            trial.box.open()
    await _order(trial, run.row, received)
    await _settled(trial, run.row, since)
    return run.row


async def _order(trial: Trial, row: Row, received: int) -> None:
    """Check that what had waited arrived in the order in which it was owed."""
    ids = dict(await Notice.all().values_list("message_id", "id"))
    came = [ids[letter.message_id] for letter in trial.box.letters[received:] if letter.message_id in ids]
    late = [after for before, after in pairwise(came) if after < before]
    if late:
        row.problems.append(f"{len(late)} of {len(came)} messages arrived before older ones: {late[:5]}")


async def _settled(trial: Trial, row: Row, since: int) -> None:
    """Check that nobody was asked for what nobody needs any more."""
    passing = Notice.filter(id__gt=since, passing=True).exclude(review_id=None)
    moot = await passing.exclude(review__stage__in=list(OPEN_STAGES)).order_by("id")
    arrived = {letter.message_id for letter in trial.box.letters}
    if not moot:
        row.problems.append("no message had become useless meanwhile: the check proves nothing")
    for notice in moot:
        if notice.message_id in arrived or notice.state != NoticeState.DROPPED:
            row.problems.append(f"«{notice.subject}» to {notice.recipient} went out though its file is over")
