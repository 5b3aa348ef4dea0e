"""Which promises are near or past their day and whom that is to be told to, each rung once to each address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.agreements import AgreementStage
from models.conventions import Commitment
from models.outbox import Notice
from models.people import Role, User
from models.places import ProgramCode
from models.signing import Side
from reads.paging import Row
from reads.parties import Party, listed, parties_of
from reads.people import People

RUNGS = (15, 0, -15)
"""Calendar days before a promise is due, that day, and after it. Descending."""


@dataclass(frozen=True)
class DueCommitment:
    """A promise whose rung has come, and the people who have not been told of it yet."""

    id: int
    convention_id: int
    number: str
    parties: str
    party: Side
    item: str
    due_on: date
    rung: int
    people: tuple[tuple[str, str], ...]

    def key(self, address: str) -> str:
        """Return the key that makes a second telling of this rung to this address impossible."""
        return _key(self.id, self.rung, self.due_on, address)


@dataclass(frozen=True)
class DueCommitments:
    """One page of promises: what is due among them, and where the next page starts (None: there is none)."""

    due: list[DueCommitment]
    after_id: int | None


def rung_reached(due_on: date, on: date) -> int | None:
    """Return the most urgent rung that has come, None before the first; what it passed is never told later."""
    reached = [rung for rung in RUNGS if (due_on - on).days <= rung]
    return reached[-1] if reached else None


async def due_commitments(on: date, *, after_id: int = 0, limit: int = 500) -> DueCommitments:
    """Return what of the next `limit` open promises (by id, after `after_id`) is due by `on` and not yet told.

    The number of statements does not depend on the number of promises.
    """
    open_ones = Commitment.filter(
        id__gt=after_id,
        fulfilled_on__isnull=True,
        due_on__lte=on + timedelta(days=RUNGS[0]),
        convention__stage=AgreementStage.SIGNED,
    )
    columns = {"number": "convention__number", "program": "convention__program"}
    rows = (
        await open_ones.order_by("id").limit(limit).values("id", "convention_id", "party", "item", "due_on", **columns)
    )
    parties = await parties_of(list({row["convention_id"] for row in rows}))
    circle = await _circle(rows, parties)
    found = [one for row in rows for one in _due(row, parties[row["convention_id"]], circle, on)]
    told = await _told([one.key(address) for one in found for address, _ in one.people])
    due = []
    for one in found:
        people = tuple(person for person in one.people if one.key(person[0]) not in told)
        if people:
            due.append(DueCommitment(**{**one.__dict__, "people": people}))
    return DueCommitments(due, rows[-1]["id"] if len(rows) == limit else None)


def _due(row: Row, parties: Sequence[Party], circle: "_Circle", on: date) -> list[DueCommitment]:
    rung = rung_reached(row["due_on"], on)
    people = circle.concerned(row, parties, rung) if rung is not None else []
    if rung is None or not people:
        return []
    names = listed([party.name for party in parties])
    party = Side(row["party"])
    place = (row["id"], row["convention_id"], row["number"], names, party, row["item"], row["due_on"])
    return [DueCommitment(*place, rung, tuple(dict(people).items()))]


def _key(commitment_id: int, rung: int, due_on: date, address: str) -> str:
    return f"commitment:{commitment_id}:{rung}:{due_on:%Y%m%d}:{address}"[:160]


async def _told(keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(keys), 500):
        rows = await Notice.filter(key__in=keys[start : start + 500]).values("key")
        found.update(row["key"] for row in rows)
    return found


class _Circle:
    """The people whom these promises concern, loaded once for a page."""

    def __init__(self, people: Iterable[User]) -> None:
        self.municipal: dict[str, People] = {}
        self.directors: dict[ProgramCode, People] = {}
        self.legal_heads: People = []
        for person in people:
            address = (person.email, person.name)
            if person.role == Role.LEGAL_HEAD:
                self.legal_heads.append(address)
            elif person.role == Role.DIRECTOR and person.program:
                self.directors.setdefault(person.program, []).append(address)
            elif person.municipality_id:
                self.municipal.setdefault(person.municipality_id, []).append(address)

    def concerned(self, row: Row, parties: Sequence[Party], rung: int) -> People:
        """Return who owes it and the program's direction; the head of the legal office too once it is late."""
        people = list(self.directors.get(row["program"], []))
        if row["party"] == Side.COUNTERPART:
            people += [one for party in parties for one in self.municipal.get(party.municipality_id or "", [])]
        return people + self.legal_heads if rung < 0 else people


async def _circle(rows: Sequence[Row], parties: dict[int, list[Party]]) -> _Circle:
    if not rows:
        return _Circle([])
    towns = {one.municipality_id for some in parties.values() for one in some if one.municipality_id}
    offices = await User.filter(role__in=[Role.LEGAL_HEAD, Role.DIRECTOR], active=True).order_by("id")
    municipal = User.filter(role=Role.MUNICIPAL, municipality_id__in=list(towns), active=True).order_by("id")
    return _Circle([*offices, *(await municipal)])
