"""The dates of a calendar: what ends, when its renewal has to begin, what is promised or to be mended by a day.

They are what the calendar's owner reaches at the moment of reading, narrowed to the calendar's own scope. Nothing
reserved is among them, no date of a court, whoever reads; and of what a visit found only that there is a term.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from models.agreements import (
    EXPIRING_DAYS,
    PENDING_STAGES,
    PERFECTED,
    Agreement,
    AgreementStage,
    Convention,
    Lease,
    SanitaryLicense,
    last_in_force,
)
from models.centers import Center
from models.conventions import Commitment
from models.feeds import CalendarFeed
from models.ladders import Instrument
from models.people import User
from models.permissions import within
from models.signing import Side
from models.supervision import SupervisionFinding
from reads.commitments import open_is
from reads.ladders import Ladders, ladders
from reads.paging import Row
from reads.parties import further_with, listed, parties_of
from reads.renewal_start import renewal_starts

BEHIND, AHEAD = timedelta(days=90), timedelta(days=730)
"""How far back and ahead of the day of reading a calendar goes."""

MOST_DATES = 2000
"""Dates that one calendar holds; of more, the first of those to come stay."""

AT_A_TIME = 2000
"""Agreements that are read with one statement."""


@dataclass(frozen=True)
class FeedDate:
    """One date of a calendar; `mark` is the same as long as it is the same matter, `link` is a path of the pages."""

    mark: str
    on: date
    title: str
    link: str
    version: int
    since: datetime
    text: str = ""


@dataclass(frozen=True)
class _Window:
    """From which day to which a calendar goes, both counted in, and the day of reading between them."""

    since: date
    on: date
    until: date

    def holds(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True)
class _Kind:
    """How one kind of agreement is read: where its municipality and program stand, and what it is called."""

    model: type[Agreement]
    instrument: Instrument
    town: str
    program: str
    columns: dict[str, str]
    path: str


_KINDS = (
    _Kind(Convention, Instrument.CONVENTION, "municipality_id", "program", {"kind": "kind"}, "convenios"),
    _Kind(
        Lease,
        Instrument.LEASE,
        "municipality_id",
        "program",
        {"kind": "nature", "center": "center__name", "office": "office__name"},
        "arrendamientos",
    ),
    _Kind(
        SanitaryLicense,
        Instrument.LICENSE,
        "center__municipality_id",
        "center__program",
        {"center": "center__name"},
        "licencias",
    ),
)


async def feed_dates(feed: CalendarFeed, owner: User, *, on: date) -> tuple[list[FeedDate], bool]:
    """Return the dates of a calendar as its owner reaches them on a day, in order, and whether some were left out."""
    window = _Window(on - BEHIND, on, on + AHEAD)
    known = await ladders()
    found: list[FeedDate] = []
    for kind in _KINDS:
        reached = Q(within(kind.model, owner), _scope(kind, feed))
        ending = await _ending(kind, reached, window)
        starting = await _starting(kind, reached, window, known)
        names = await _names(kind, [row for row, _ in (*ending, *starting)])
        found += [_end(kind, row, day, names) for row, day in ending]
        found += [_start(kind, row, day, names) for row, day in starting]
    found += await _promised(feed, owner, window)
    found += await _to_mend(feed, owner, window)
    found.sort(key=lambda one: (one.on, one.mark))
    passed = sum(one.on < on for one in found)
    too_many = max(0, len(found) - MOST_DATES)
    # What is over goes first, then what lies farthest.
    gone = min(passed, too_many)
    return found[gone : gone + MOST_DATES], bool(too_many)


def _scope(kind: _Kind, feed: CalendarFeed) -> Q:
    """Return the filter of a calendar's own scope; a convention is of each municipality that is a party."""
    if feed.program:
        return Q(**{kind.program: feed.program})
    if not feed.municipality_id:
        return Q()
    first = Q(**{kind.town: feed.municipality_id})
    if kind.model is not Convention:
        return first
    return first | Q(id__in=further_with("municipality_id", feed.municipality_id))


async def _ending(kind: _Kind, reached: Q, window: _Window) -> list[tuple[Row, date]]:
    """Return the agreements whose last day in force is in the window, an early end counted in."""
    whole = Q(reached, terminated_on__isnull=True, stage__in=PERFECTED)
    found = await _read(kind, whole, window, window.until, lambda row: row["ends_on"])
    day = timedelta(days=1)
    early = Q(reached, terminated_on__gte=window.since + day, stage__in=PERFECTED)
    rows = kind.model.filter(early, terminated_on__lte=window.until + day).order_by("terminated_on", "id")
    for row in await rows.limit(MOST_DATES).values(*_columns(kind), **kind.columns):
        end = last_in_force(row["ends_on"], row["terminated_on"])
        if end and window.holds(end):
            found.append((row, end))
    return found


async def _starting(kind: _Kind, reached: Q, window: _Window, known: Ladders) -> list[tuple[Row, date]]:
    """Return the agreements that nobody has renewed or asked to renew and whose renewal begins in the window."""
    links = kind.model.filter(renews_id__isnull=False).exclude(stage=AgreementStage.WITHDRAWN)
    alone = Q(~Q(id__in=Subquery(links.values("renews_id"))), stage=AgreementStage.SIGNED, terminated_on__isnull=True)
    if kind.model is SanitaryLicense:
        # Whatever the center asked for since is its renewal, linked or not.
        pending = SanitaryLicense.filter(stage__in=PENDING_STAGES).values("center_id")
        alone &= ~Q(center_id__in=Subquery(pending))
    horizon = max(known.horizon(kind.instrument, window.until) or window.until, window.until)
    found = await _read(
        kind,
        Q(reached, alone),
        window,
        horizon + timedelta(days=EXPIRING_DAYS),
        lambda row: renewal_starts(known, kind.instrument, row.get("kind") or "", row["ends_on"]),
    )
    return await _latest_of_centers(found) if kind.model is SanitaryLicense else found


async def _read(
    kind: _Kind, wanted: Q, window: _Window, horizon: date, day_of: Callable[[Row], date]
) -> list[tuple[Row, date]]:
    """Return the agreements that end until a horizon with a day of each, those whose day is in the window.

    It reads by their end and stops once as many days are to come as a calendar holds: nobody reads one of a hundred
    thousand.
    """
    found: list[tuple[Row, date]] = []
    last, after, coming = window.since, 0, 0
    while coming < MOST_DATES:
        further = Q(ends_on__gt=last) | Q(ends_on=last, id__gt=after)
        rows = kind.model.filter(wanted, further, ends_on__lte=horizon).order_by("ends_on", "id").limit(AT_A_TIME)
        read = await rows.values(*_columns(kind), **kind.columns)
        days = [(row, day_of(row)) for row in read]
        kept = [(row, day) for row, day in days if window.holds(day)]
        found += kept
        coming += sum(day >= window.on for _, day in kept)
        if len(read) < AT_A_TIME:
            break
        last, after = read[-1]["ends_on"], read[-1]["id"]
    return found


async def _latest_of_centers(found: list[tuple[Row, date]]) -> list[tuple[Row, date]]:
    theirs = SanitaryLicense.filter(stage=AgreementStage.SIGNED, center_id__in=[row["center_id"] for row, _ in found])
    latest = {row["center_id"]: row["id"] for row in await theirs.order_by("ends_on", "id").values("id", "center_id")}
    return [(row, day) for row, day in found if latest[row["center_id"]] == row["id"]]


def _columns(kind: _Kind) -> tuple[str, ...]:
    columns = ("id", "number", "ends_on", "terminated_on", "version", "created_at")
    return (*columns, "center_id") if kind.model is SanitaryLicense else columns


async def _names(kind: _Kind, rows: Sequence[Row]) -> dict[int, str]:
    """Return with whom, or for what, each agreement is."""
    if kind.model is not Convention:
        return {row["id"]: row["center"] or row.get("office") or "" for row in rows}
    parties = await parties_of(sorted({row["id"] for row in rows}))
    return {one: listed([party.name for party in found]) for one, found in parties.items()}


def _agreement(kind: _Kind, row: Row) -> Agreement:
    """Return the agreement of a row, as far as it is named in words."""
    nature = {"nature": row["kind"]} if kind.model is Lease else {}
    return kind.model(number=row["number"], **nature)


def _of(name: str) -> str:
    return f" ({name})" if name else ""


def _end(kind: _Kind, row: Row, day: date, names: dict[int, str]) -> FeedDate:
    agreement, of = _agreement(kind, row), _of(names.get(row["id"], ""))
    early = row["terminated_on"] is not None
    title = (
        f"Último día {agreement.of_words()}, por terminación anticipada" if early else f"Vence {agreement.in_words()}"
    )
    return _date(kind, row, "end", day, title + of, "Es su último día en vigor.")


def _start(kind: _Kind, row: Row, day: date, names: dict[int, str]) -> FeedDate:
    title = f"Iniciar la renovación {_agreement(kind, row).of_words()}{_of(names.get(row['id'], ''))}"
    return _date(kind, row, "renewal", day, title, f"Vence el {row['ends_on']:%d/%m/%Y} y nadie ha pedido renovarlo.")


def _date(kind: _Kind, row: Row, what: str, day: date, title: str, text: str) -> FeedDate:
    mark = f"{kind.instrument.value}-{row['id']}-{what}"
    return FeedDate(mark, day, title, f"/{kind.path}/{row['number']}", row["version"], row["created_at"], text)


async def _promised(feed: CalendarFeed, owner: User, window: _Window) -> list[FeedDate]:
    """Return what the parties of conventions still owe by a day of the window."""
    conventions = Convention.filter(within(Convention, owner), _scope(_KINDS[0], feed))
    rows = _owed(Commitment, open_is(window.on), window, "convention_id", conventions)
    columns = {"number": "convention__number", "since": "convention__created_at"}
    return [
        FeedDate(
            f"commitment-{row['id']}",
            row["due_on"],
            f"Compromiso del convenio {row['number']}: {row['item']}",
            f"/convenios/{row['number']}",
            row["version"],
            row["since"],
            _charged(row),
        )
        for row in await rows.values("id", "due_on", "item", "party", "version", **columns)
    ]


async def _to_mend(feed: CalendarFeed, owner: User, window: _Window) -> list[FeedDate]:
    """Return what visits found in centers and is to be mended by a day of the window; not in which words."""
    scope: dict[str, Any] = {}
    if feed.program:
        scope["program"] = feed.program
    if feed.municipality_id:
        scope["municipality_id"] = feed.municipality_id
    centers = Center.filter(within(Center, owner), **scope)
    rows = _owed(SupervisionFinding, Q(resolved_on__isnull=True), window, "visit__center_id", centers)
    columns = {"center": "visit__center__name", "code": "visit__center__code", "since": "visit__recorded_at"}
    return [
        FeedDate(
            f"finding-{row['id']}",
            row["due_on"],
            f"Corregir un hallazgo de supervisión de {row['center']}",
            f"/centros/{row['code']}",
            row["version"],
            row["since"],
            _charged(row),
        )
        for row in await rows.values("id", "due_on", "party", "version", **columns)
    ]


def _charged(row: Row) -> str:
    return "A cargo de SOSEP." if row["party"] == Side.SOSEP else "A cargo de la contraparte."


def _owed(model: type[Model], still: Q, window: _Window, link: str, reached: Any) -> Any:
    """Return what is due in the window and hangs on what is reached, the first to come first."""
    due = Q(still, due_on__gte=window.since, due_on__lte=window.until)
    query = model.filter(due, **{f"{link}__in": Subquery(reached.values("id"))})
    return query.order_by("due_on", "id").limit(2 * MOST_DATES)
