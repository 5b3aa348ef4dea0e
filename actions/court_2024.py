"""The court files and notices that Tablas 13 and 15 count: how many of each is the report's, the rest is for show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.models import Model

from actions.audited import Entry
from actions.derived_2024 import Desk2024, pick
from actions.files_2024 import NOT_STATED, demo_lawyers
from actions.loading import insert, table
from actions.registry import court_file_codes
from models.calendar import WorkingCalendar
from models.centers import Source
from models.court import (
    BRANCH_OF,
    CourtBranch,
    CourtDate,
    CourtDateKind,
    CourtFile,
    CourtFileKind,
    CourtNotice,
    CourtStage,
    searchable,
)
from models.people import User
from reads.calendar import working_calendar

SOSEP = "Secretaría de Obras Sociales de la Esposa del Presidente"

LINES: dict[tuple[str, str], CourtFileKind | CourtBranch] = {
    ("Tabla 13", "1"): CourtBranch.LABOR,
    ("Tabla 13", "2"): CourtFileKind.REINSTATEMENT,
    ("Tabla 13", "3"): CourtFileKind.ORDINARY_SUIT,
    ("Tabla 13", "4"): CourtFileKind.CAREGIVER_CLAIM,
    ("Tabla 13", "5"): CourtFileKind.LABOR_TERMINATION,
    ("Tabla 15", "1"): CourtFileKind.COMPLAINT,
    ("Tabla 15", "2"): CourtFileKind.CRIMINAL_CASE,
    ("Tabla 15", "3"): CourtBranch.CRIMINAL,
}
"""What each line of the two tables counts: files of a kind, or notices of a branch."""

OURS = {CourtFileKind.LABOR_TERMINATION, CourtFileKind.COMPLAINT}
"""Kinds that SOSEP itself brings; in the others somebody else does."""

STAGES = (
    (70, CourtStage.CLOSED),
    (82, CourtStage.RULED),
    (86, CourtStage.APPEALED),
    (97, CourtStage.IN_PROCEEDINGS),
    (100, CourtStage.FILED),
)
"""How many of a hundred files stand in a stage or in one before it; the report says nothing of stages."""

AHEAD = (-2, 1, 2, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33)
"""Working days from the day of loading to the hearings and deadlines that are open; one has passed."""

UNANSWERED = 9
"""Notices whose answer nobody has noted yet: the last that came."""


async def court_files_exist() -> bool:
    """Tell whether the files and notices of Tablas 13 and 15 are loaded."""
    return await CourtNotice.exists(source=Source.DEMO, source_note__startswith="Tabla 1")


@dataclass(frozen=True)
class Counted:
    """One of the files or notices that a line counts, before it has its code."""

    what: CourtFileKind | CourtBranch
    index: int
    day: date
    source_note: str

    @property
    def seed(self) -> str:
        """Return what its derived facts follow from."""
        return f"court/{self.what.value}/{self.index}"


async def add_court_files(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add the files, coded in the order they began, the notices on files that had begun, and some coming dates."""
    calendar = await working_calendar()
    desk, lawyers = Desk2024(calendar), await demo_lawyers()
    planned = sorted(_counted(desk), key=lambda one: (one.day, one.seed))
    begun = [one for one in planned if isinstance(one.what, CourtFileKind)]
    came = [one for one in planned if isinstance(one.what, CourtBranch)]
    codes = await court_file_codes(entry, len(begun), year=2024)
    files = [
        _file(code, one, one.what, desk, lawyers[number % len(lawyers)] if lawyers else None)
        for number, (code, one) in enumerate(zip(codes, begun, strict=True))
        if isinstance(one.what, CourtFileKind)
    ]
    expected = dict(_coming(entry.today, calendar, files))
    for file in files:
        file.next_on = expected[file.code].on_date if file.code in expected else None
    counts = {"expedientes judiciales": await insert(files)}
    ids = dict(await CourtFile.filter(source=Source.DEMO).values_list("code", "id"))
    for code, coming in expected.items():
        coming.court_file_id = ids[code]
    counts["audiencias y plazos"] = await insert(expected.values())
    counts["notificaciones judiciales"] = await insert(_notices(entry, came, files, ids, desk))
    return await CourtFile.get(code=codes[0]), counts


def _counted(desk: Desk2024) -> Iterator[Counted]:
    """Give as many files and notices as the report's lines say, spread over its working days."""
    for line in table("legal_results_2024.csv"):
        what = LINES.get((line["table"], line["number"]))
        if what is None:
            continue
        count = int(line["quantity"])
        note = f"{line['table']}, l.{line['source_line']}"
        for index in range(count):
            day = desk.days[int((index + 0.5) / count * len(desk.days))]
            yield Counted(what, index, day, note)


def _file(code: str, one: Counted, kind: CourtFileKind, desk: Desk2024, lawyer: User | None) -> CourtFile:
    share = pick(f"{one.seed}/stage", 100)
    stage = next(stage for upto, stage in STAGES if share < upto)
    closed = min(desk.days.index(one.day) + 10 + pick(f"{one.seed}/closed", 90), len(desk.days) - 1)
    claimants, defendants = (SOSEP, NOT_STATED) if kind in OURS else (NOT_STATED, SOSEP)
    return CourtFile(
        code=code,
        branch=BRANCH_OF[kind],
        kind=kind,
        court=NOT_STATED,
        claimants=claimants,
        defendants=defendants,
        lawyer_id=lawyer.id if lawyer else None,
        stage=stage,
        opened_on=one.day,
        closed_on=desk.days[closed] if stage == CourtStage.CLOSED else None,
        outcome=NOT_STATED if stage == CourtStage.CLOSED else "",
        source=Source.DEMO,
        source_note=one.source_note,
        search=searchable(code, NOT_STATED, SOSEP),
    )


def _coming(today: date, calendar: WorkingCalendar, files: list[CourtFile]) -> Iterable[tuple[str, CourtDate]]:
    """Give by code the open hearings and deadlines, in files that are under way; every third is a deadline."""
    under_way = [file for file in files if file.stage == CourtStage.IN_PROCEEDINGS]
    chosen = sorted(under_way, key=lambda file: pick(f"court/date/{file.code}", 2**32))
    for number, (days, file) in enumerate(zip(AHEAD, chosen, strict=False)):
        deadline = number % 3 == 2
        # A deadline is counted from the day of loading or, when it has passed, from a week before.
        counted = days if days > 0 else 5
        since = today if days > 0 else today - timedelta(days=12)
        yield (
            file.code,
            CourtDate(
                kind=CourtDateKind.DEADLINE if deadline else CourtDateKind.HEARING,
                on_date=calendar.add(since, counted),
                at_time="" if deadline else f"{8 + number % 6:02d}:30",
                title="Evacuar la audiencia conferida" if deadline else "Audiencia señalada por el juzgado",
                counted_from=since if deadline else None,
                counted_days=counted if deadline else None,
                source=Source.DEMO,
            ),
        )


def _notices(
    entry: Entry, came: list[Counted], files: list[CourtFile], ids: dict[str, int], desk: Desk2024
) -> Iterator[CourtNotice]:
    """Give the notices, each on one of the files of its branch that had begun by then; none before there was one."""
    begun: dict[CourtBranch, list[CourtFile]] = {branch: [] for branch in CourtBranch}
    waiting = iter(files)
    following = next(waiting, None)
    for number, one in enumerate(came):
        assert isinstance(one.what, CourtBranch)
        while following and following.opened_on <= one.day:
            begun[following.branch].append(following)
            following = next(waiting, None)
        known = begun[one.what]
        file = known[pick(f"{one.seed}/file", len(known))] if known else None
        answered = min(desk.days.index(one.day) + 1 + pick(f"{one.seed}/answer", 5), len(desk.days) - 1)
        noted = number < len(came) - UNANSWERED
        yield CourtNotice(
            branch=one.what,
            court=NOT_STATED,
            received_on=one.day,
            summary="Notificación del Organismo Judicial; el informe no dice qué notifica",
            court_file_id=ids[file.code] if file else None,
            answered_on=desk.days[answered] if noted else None,
            answer=NOT_STATED if noted else "",
            recorded_by_id=entry.actor.id,
            source=Source.DEMO,
            source_note=one.source_note,
            search=searchable(file.code if file else "", NOT_STATED, "notificacion del organismo judicial"),
        )
