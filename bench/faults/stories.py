"""The main job as its people live it, many at once: from the request of a renewal to the closed file, or given up."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

import httpx

from bench.desk import PDF
from bench.faults.people import Person
from bench.faults.plant import until
from bench.faults.scene import OFFICE, Town, key
from models.clock import today
from models.people import User
from schema.ids import global_id

STATE = "query Waiting($code: String!) { legalReview(code: $code) { stage proposedLawyer { name } } }"
WITHDRAW = """mutation Withdraw($input: WithdrawReviewInput!) {
  withdrawReview(input: $input) { review { code stage } errors { code message path } }
}"""


class GivenUp(StrEnum):
    """Where a story is given up by the town."""

    NEVER = "NEVER"
    SUBMITTED = "SUBMITTED"
    PREPARED = "PREPARED"


@dataclass
class Story:
    """One renewal, what becomes of it, and how far it has come."""

    town: Town
    returned: bool
    given_up: GivenUp
    review_id: str = ""
    code: str = ""
    requirements: int = 0
    ended: bool = False
    trouble: str = ""


Pace = Callable[[], Awaitable[None]]
"""Lets the next step of a story come when its moment has."""


@dataclass
class Stage:
    """Where stories are told: the office's people, the doors to the program, and when each step may come."""

    addresses: Sequence[str]
    http: httpx.AsyncClient
    keys: dict[str, str]
    lawyer_id: str
    resent: list[str] = field(default_factory=list)

    def person(self, token: str) -> Person:
        """Return somebody who asks by a key."""
        return Person(self.http, self.addresses, token, self.resent)


async def stage_at(addresses: Sequence[str], http: httpx.AsyncClient) -> Stage:
    """Return a stage with the office's people."""
    keys = {name: await key(f"{name}@demo.example") for name in OFFICE}
    lawyer = await User.get(email="juridico@demo.example")
    return Stage(addresses, http, keys, str(global_id("Person", lawyer.id)))


def plots(towns: Sequence[Town], chance: random.Random) -> list[Story]:
    """Return one story for each town: two of six are given up, two of six returned once on their way."""
    ends = [GivenUp.NEVER, GivenUp.PREPARED, GivenUp.NEVER, GivenUp.SUBMITTED, GivenUp.NEVER, GivenUp.NEVER]
    chosen = [(town, ends[place % len(ends)], place % 3 == 1) for place, town in enumerate(_shuffled(towns, chance))]
    return [Story(town, back and end != GivenUp.SUBMITTED, end) for town, end, back in chosen]


def _shuffled(towns: Sequence[Town], chance: random.Random) -> list[Town]:
    return chance.sample(list(towns), len(towns))


async def tell(story: Story, on: Stage, pace: Pace) -> None:
    """Live one story to its end; what goes wrong is kept in it."""
    try:
        await _live(story, on, pace)
        story.ended = True
    except Exception as fault:
        story.trouble = f"{story.code or story.town.number}: {type(fault).__name__}: {fault}"


async def _live(story: Story, on: Stage, pace: Pace) -> None:
    town = on.person(story.town.token)
    lawyer, head, office = (on.person(on.keys[name]) for name in OFFICE)
    renewed = str(global_id("Convention", story.town.convention_id))

    await pace()
    asked = await town.do("request-renewal", conventionId=renewed, termMonths=24)
    convention, review = asked["convention"]["id"], asked["review"]
    story.review_id, story.code = review["id"], review["code"]
    for line in review["requirements"]:
        if line["mandatory"]:
            await pace()
            file = await town.upload(f"{line['code'].lower()}.pdf", PDF)
            await town.do("submit-requirement", reviewId=story.review_id, requirementCode=line["code"], fileId=file)
            story.requirements += 1
    await pace()
    await town.do("submit-for-review", reviewId=story.review_id)
    if story.given_up == GivenUp.SUBMITTED:
        await pace()
        return await _give_up(story, town)

    await _engine(lawyer, story, lambda file: file["proposedLawyer"], "looked at")
    await pace()
    await head.do("assign-review", reviewId=story.review_id, assigneeId=on.lawyer_id)
    if story.returned:
        await pace()
        found = {"subject": "Punto de acta", "finding": "La copia no se lee.", "cure": "Presentar copia legible."}
        await lawyer.do("return-review", reviewId=story.review_id, observations=[found], workingDays=10)
        await pace()
        await town.do("submit-for-review", reviewId=story.review_id)
    await pace()
    await lawyer.do(
        "issue-dictamen",
        reviewId=story.review_id,
        outcome="FAVORABLE",
        background="La municipalidad solicitó renovar el convenio y presentó los requisitos.",
        grounds=[{"norm": "Código Municipal, Decreto 12-2002", "article": "35", "text": "Autoriza convenios."}],
        analysis="Los requisitos están completos.",
        conclusion="Es procedente la renovación.",
    )
    await pace()
    await town.do(
        "record-council-minute",
        conventionId=convention,
        actNumber="12-2026",
        pointNumber="TERCERO",
        sessionDate=(today() - timedelta(days=9)).isoformat(),
        approvedDate=(today() - timedelta(days=2)).isoformat(),
        votesFor=7,
        votesAgainst=1,
    )
    await _engine(lawyer, story, lambda file: file["stage"] == "AWAITING_SIGNATURE", "sent to signature")
    if story.given_up == GivenUp.PREPARED:
        await pace()
        return await _give_up(story, town)
    for person, side, capacity in ((office, "SOSEP", "Secretaria"), (town, "COUNTERPART", "Alcaldesa Municipal")):
        await pace()
        given = {"subjectId": convention, "side": side, "signerName": f"Firmante {side}", "capacity": capacity}
        await person.do("record-signature", **given, signedOn=today().isoformat(), place="Ciudad de Guatemala")
    return await _engine(lawyer, story, lambda file: file["stage"] == "CLOSED", "closed")


async def _give_up(story: Story, town: Person) -> None:
    await town.change(WITHDRAW, reviewId=story.review_id, reason="El Concejo decidió no continuar.")


async def _engine(person: Person, story: Story, holds: Callable[[dict[str, Any]], Any], what: str) -> None:
    """Wait until the engine has done its step."""

    async def done() -> Any:
        await asyncio.sleep(0.5)
        return holds((await person.ask(STATE, code=story.code))["legalReview"])

    await until(done, f"{story.code} {what}")


MOST_STEPS = 16
"""Steps of the longest story, at the most: so many moments are drawn for each."""


@dataclass
class Moments:
    """Spreads the steps of stories over so many events, however fast the machine is.

    Each story draws, for each of its steps, how many events must have happened before; it waits for them.
    """

    events: int
    happened: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def pace(self, chance: random.Random) -> Pace:
        """Return the pace of one story."""
        drawn = iter(sorted(chance.randint(0, self.events) for _ in range(MOST_STEPS)))

        async def wait() -> None:
            moment = next(drawn, self.events)
            async with self._changed:
                await self._changed.wait_for(lambda: self.happened >= moment)

        return wait

    async def one_more(self) -> None:
        """Note that an event happened."""
        async with self._changed:
            self.happened += 1
            self._changed.notify_all()


async def tell_all(stories: Sequence[Story], on: Stage, moments: Moments, chance: random.Random) -> None:
    """Live all stories at once, to their end."""
    await asyncio.gather(*(tell(story, on, moments.pace(chance)) for story in stories))
