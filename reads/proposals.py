"""To whom of the legal office a file is proposed: who has room and knows the matter best, and why, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count

from models.people import Role, User
from models.permissions import within
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.reviews import loads_by_lawyer

CLOSE = 2
"""Files more than the least loaded colleague that a lawyer may have and still have room: knowing counts for more."""


YEAR = timedelta(days=365)
"""How long a file speaks for knowing its matter."""


@dataclass(frozen=True)
class Proposal:
    """A lawyer with what speaks for her or him."""

    lawyer_id: int
    name: str
    open: int
    """Files that she or he has to analyze, this one left out."""
    known: int
    """Files of the same matter within the last year."""

    def sentence(self) -> str:
        """Say who is proposed and why: «se propone a Ana Paz: 3 expedientes abiertos, 5 de esta materia…»."""
        return f"se propone a {self.name}: {why_proposed(self.open, self.known)}"


def why_proposed(open_files: int, known: int) -> str:
    """Say in Spanish what speaks for a lawyer: room, and files of the matter within the last year."""
    room = {0: "ningún expediente abierto", 1: "1 expediente abierto"}.get(
        open_files, f"{open_files} expedientes abiertos"
    )
    return f"{room}, {known or 'ninguno'} de esta materia en el último año"


async def propose_lawyer(review: LegalReview, actor: User, *, on: date) -> Proposal | None:
    """Return the lawyer who, among those with about the least to do, knows the file's matter best; None without any.

    Equals are told apart by their load, then by who has been there longest. Three statements, for any number.
    """
    names = {row["id"]: row["name"] for row in await User.filter(role=Role.LEGAL, active=True).values("id", "name")}
    if not names:
        return None
    loads = await loads_by_lawyer(list(names), actor, on=on, without=review.id)
    known = await known_matters([(one, review.matter) for one in names], actor, on=on, without=review.id)
    chosen = best_of({one: load.open for one, load in loads.items()}, known, review.matter)
    return Proposal(chosen, names[chosen], loads[chosen].open, known[chosen, review.matter])


def best_of(loads: Mapping[int, int], known: Mapping[tuple[int, ReviewMatter], int], matter: ReviewMatter) -> int:
    """Return which of the lawyers a file of a matter is for, by what each has to do and knows."""
    least = min(loads.values())
    return min((-known.get((one, matter), 0), load, one) for one, load in loads.items() if load <= least + CLOSE)[2]


async def known_matters(
    keys: Sequence[tuple[int, ReviewMatter]], actor: User, *, on: date, without: int | None = None
) -> dict[tuple[int, ReviewMatter], int]:
    """Return for each lawyer and matter how many such files, not given up, she or he was given within the last year.

    `without` leaves a file out, the one that is about to be given to somebody.
    """
    theirs = Q(assignee_id__in=list({key[0] for key in keys}), matter__in=list({key[1] for key in keys}))
    files = LegalReview.filter(within(LegalReview, actor), theirs, received_on__gt=on - YEAR, received_on__lte=on)
    files = files.exclude(stage=ReviewStage.WITHDRAWN)
    if without:
        files = files.exclude(id=without)
    counted = dict.fromkeys(keys, 0)
    grouped = files.annotate(files=Count("id")).group_by("assignee_id", "matter")
    for row in await grouped.values("assignee_id", "matter", "files"):
        counted[row["assignee_id"], row["matter"]] = row["files"]
    return counted
