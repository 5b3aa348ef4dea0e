"""A month noted for one or many centers: all or none, each problem at its center, and no month twice."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.centers import Attendance, Center, CenterEventKind, CenterState, Source
from models.people import Role, User
from models.places import ProgramCode
from tests import builders
from tests.conftest import Clock
from tests.door import ask, bad_ids, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, told

RECORD = """mutation ($input: RecordAttendanceInput!) { recordAttendance(input: $input) {
  month recorded { center { code } attendance { id month men women total source recordedOn version
    recordedBy { name } corrections { reason } } }
  errors { code message path } } }"""
SHEET = """query ($month: String, $pending: Boolean = false, $search: String, $department: String,
    $program: ProgramCode, $first: Int = 50, $after: String) {
  attendanceSheet(month: $month, pending: $pending, search: $search, departmentCode: $department, program: $program) {
    month previousMonth nextMonth expectedCount reportedCount
    lines(first: $first, after: $after) { totalCount pageInfo { endCursor }
      nodes { center { name } attendance { men women } previous { month men women } } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture
async def coordinator(db: object, clock: object) -> User:
    """Who coordinates Alta Verapaz."""
    await builders.places()
    return await builders.person(Role.COORDINATOR)


def line(of: Center, men: int | None = 3, women: int | None = 4) -> dict[str, Any]:
    """Return one center's part of the input."""
    return {"centerId": id_of(of), "men": men, "women": women}


async def test_a_month_of_several_centers_in_one_deed(coordinator: User) -> None:
    one, other, silent = [await builders.center(f"Centro {n}", at=at) for n, at in enumerate(("1610", "1601", "1610"))]

    payload = await done(
        coordinator, RECORD, month="2026-02", centers=[line(one, 3, 4), line(silent, None, None), line(other, 0, 0)]
    )

    assert payload["month"] == "2026-02-01"
    assert [shown["center"]["code"] for shown in payload["recorded"]] == [one.code, other.code]
    first = await Attendance.get(center=one)
    assert payload["recorded"][0]["attendance"] == {
        "id": id_of(first), "month": "2026-02-01", "men": 3, "women": 4, "total": 7, "source": "SYSTEM",
        "recordedOn": "2026-03-02", "version": 1, "recordedBy": {"name": coordinator.name}, "corrections": [],
    }  # fmt: skip
    rows = await Attendance.all().order_by("id").values_list("center_id", "month", "men", "women", "source")
    month = date(2026, 2, 1)
    assert rows == [(one.id, month, 3, 4, Source.SYSTEM), (other.id, month, 0, 0, Source.SYSTEM)]
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.RECORD_ATTENDANCE, str(first.id))
    assert entry.summary == (
        f"{coordinator.name} anotó la asistencia de febrero de 2026 en 2 centros: 3 hombres y 4 mujeres."
    )
    node = await told(coordinator, "query ($id: ID!) { node(id: $id) { id } }", id=id_of(first))
    assert node["node"] == {"id": id_of(first)}


async def test_repeated_click_and_the_ways_to_write_a_month(coordinator: User) -> None:
    center = await builders.center("Solo")
    payload = await once(coordinator, RECORD, month="marzo 2026", centers=[line(center)])
    assert [shown["attendance"]["month"] for shown in payload["recorded"]] == ["2026-03-01"]
    assert (await last_entry()).summary.endswith("marzo de 2026 en Solo: 3 hombres y 4 mujeres.")
    await done(coordinator, RECORD, month="2025-12-24", centers=[line(center)])
    assert await Attendance.exists(center=center, month=date(2025, 12, 1))


async def test_every_center_that_cannot_be_noted_is_told_and_nothing_is_written(coordinator: User) -> None:
    fine, noted, closed, new = [await builders.center(name) for name in ("Bien", "Anotado", "Cerrado", "Nuevo")]
    far = await builders.center("Lejos", at=builders.MIXCO)
    await builders.attendance(noted, date(2026, 2, 1), men=1, women=25)
    await Center.filter(id=closed.id).update(state=CenterState.CLOSED, state_since=date(2026, 2, 1))
    await builders.center_event(new, CenterEventKind.OPENING, happened_on=date(2026, 3, 1))
    centers = [line(fine), line(noted), line(closed), line(new), line(far), line(fine), line(fine) | {"centerId": "x"}]

    # An id that is none is told before anything else is looked at.
    said = await refusal(coordinator, RECORD, month="2026-02", centers=centers)
    assert said.path == "centers.6.centerId"
    said = await refused(coordinator, RECORD, month="2026-02", centers=centers[:-1])

    assert [(one.code, one.path, one.message) for one in said] == [
        ("CONFLICT", "centers.1.men",
         "Anotado: febrero de 2026 ya está anotado, con 1 hombre y 25 mujeres. Corríjalo con su motivo."),
        ("BAD_USER_INPUT", "centers.2.men",
         "Cerrado: el centro cerró el 01/02/2026: ya no atendía en febrero de 2026."),
        ("BAD_USER_INPUT", "centers.3.men",
         "Nuevo: el centro abrió el 01/03/2026: todavía no atendía en febrero de 2026."),
        ("NOT_FOUND", "centers.4.centerId", "No se encontró el centro."),
        ("BAD_USER_INPUT", "centers.5.centerId", "Bien: está dos veces."),
    ]  # fmt: skip
    # Closed during the month, opened during it: both attended somebody.
    await done(coordinator, RECORD, month="2026-01", centers=[line(closed)])
    await done(coordinator, RECORD, month="2026-03", centers=[line(new)])


async def test_figures_and_months_that_cannot_be(coordinator: User) -> None:
    center = await builders.center("Uno")
    for men, women, paths in [
        (-1, 4, ["centers.0.men"]),
        (2001, -5, ["centers.0.men", "centers.0.women"]),
        (None, 4, ["centers.0.men"]),
        (4, None, ["centers.0.women"]),
    ]:
        said = await refused(coordinator, RECORD, month="2026-02", centers=[line(center, men, women)])
        assert [one.path for one in said] == paths, (men, women)
    for month, words in [
        ("2026-04", "El mes va de enero de 1985 a este mes."),
        ("1984-12", "El mes va de enero de 1985 a este mes."),
        ("", "Escriba el mes, como 2026-03 o marzo 2026."),
        ("2026-13", "El mes 13 no existe. Escriba el mes como 2026-03 o marzo 2026."),
        ("ayer", "No se entiende como fecha. Escriba el mes como 2026-03 o marzo 2026."),
    ]:
        said = await refused(coordinator, RECORD, month=month, centers=[line(center)])
        assert [(one.path, one.message) for one in said] == [("month", words)]
    nothing = "Escriba las personas atendidas de al menos un centro."
    for centers in ([], [line(center, None, None)]):
        assert (await refusal(coordinator, RECORD, month="2026-02", centers=centers)).message == nothing
    many = await refused(coordinator, RECORD, month="2026-02", centers=[line(center)] * 101)
    assert [one.message for one in many] == ["Envíe hasta 100 centros a la vez."]
    await done(coordinator, RECORD, month="1985-01", centers=[line(center, 2000, 0)])


async def test_who_notes_and_where(coordinator: User) -> None:
    center = await builders.center("Uno")
    given = {"month": "2026-02", "centers": [line(center)]}
    for role in (Role.MUNICIPAL, Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR, Role.SIGNATORY):
        await forbidden(await builders.person(role), RECORD, **given)
    await forbidden(None, RECORD, **given)
    for stranger in (
        await builders.person(Role.COORDINATOR, at=builders.MIXCO),
        await builders.person(Role.DIRECTOR, program=ProgramCode.HC),
    ):
        assert (await refusal(stranger, RECORD, **given)).code == "NOT_FOUND"
    for wrong in [*bad_ids("Center", "Convention"), id_text("Center")]:
        await refusal(coordinator, RECORD, month="2026-02", centers=[line(center) | {"centerId": wrong}])
    await done(await builders.person(Role.DIRECTOR), RECORD, **given)
    missing = await ask(coordinator, "query ($id: ID!) { node(id: $id) { id } }", id=id_text("Attendance"))
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    kept = id_of(await Attendance.get())
    assert await ask(stranger, "query ($id: ID!) { node(id: $id) { id } }", id=kept) == missing


@pytest.mark.both_databases
async def test_two_people_note_the_same_month_at_once(coordinator: User) -> None:
    center, other = await builders.center("Uno"), await builders.center("Otro")
    director = await builders.person(Role.DIRECTOR)
    given = {"month": "2026-02", "centers": [line(center), line(other)]}

    answers = await asyncio.gather(*(ask(one, RECORD, input=given) for one in (coordinator, director)))

    codes = sorted([error["code"] for error in one["data"]["recordAttendance"]["errors"]] for one in answers)
    assert codes == [[], ["CONFLICT", "CONFLICT"]]
    assert await Attendance.all().count() == 2


@pytest.mark.both_databases
async def test_the_sheet_of_a_month(coordinator: User, clock: Clock) -> None:
    one, two, three = [await builders.center(name, search=name.lower()) for name in ("Ana", "Bety", "Carmen")]
    children = await builders.center("Dora", program=ProgramCode.HC, at="1601")
    await builders.center("Lejos", at=builders.MIXCO)
    shut = await builders.center("Cerrado", state=CenterState.CLOSED, state_since=date(2026, 2, 15))
    await builders.center("De antes", state=CenterState.CLOSED, state_since=date(2026, 2, 1))
    born = await builders.center("Nuevo")
    await builders.center_event(born, CenterEventKind.OPENING, happened_on=date(2026, 3, 1))
    await builders.attendance(one, date(2026, 2, 1), men=1, women=2)
    await builders.attendance(one, date(2025, 11, 1), men=7, women=8)
    await builders.attendance(two, date(2026, 1, 1), men=5, women=6)

    sheet = (await told(coordinator, SHEET))["attendanceSheet"]

    assert {key: sheet[key] for key in ("month", "previousMonth", "nextMonth", "expectedCount", "reportedCount")} == {
        "month": "2026-02-01", "previousMonth": "2026-01-01", "nextMonth": "2026-03-01", "expectedCount": 5,
        "reportedCount": 1,
    }  # fmt: skip
    lines = {node["center"]["name"]: node for node in sheet["lines"]["nodes"]}
    assert list(lines) == ["Ana", "Bety", "Carmen", shut.name, "Dora"]
    assert lines["Ana"]["attendance"] == {"men": 1, "women": 2}
    assert lines["Ana"]["previous"] == {"month": "2025-11-01", "men": 7, "women": 8}
    assert (lines["Bety"]["attendance"], lines["Bety"]["previous"]["men"]) == (None, 5)
    assert lines[three.name]["previous"] is None

    for given, names in [
        ({"pending": True}, ["Bety", "Carmen", "Cerrado", "Dora"]),
        ({"pending": True, "search": "bety"}, ["Bety"]),
        ({"program": "HC"}, [children.name]),
        ({"department": "01"}, []),
        ({"month": "2026-03"}, ["Ana", "Bety", "Carmen", "Dora", "Nuevo"]),
        ({"month": "2026-01", "search": "ana"}, ["Ana"]),
    ]:
        found = (await told(coordinator, SHEET, **given))["attendanceSheet"]
        assert [node["center"]["name"] for node in found["lines"]["nodes"]] == names, given
        assert found["lines"]["totalCount"] == len(names)
    assert (await told(coordinator, SHEET, month="2026-03"))["attendanceSheet"]["nextMonth"] is None
    for month in ("2026-04", "1984-12", "x", "0001-01"):
        answer = await ask(coordinator, SHEET, month=month)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], month
    page = (await told(coordinator, SHEET, first=2))["attendanceSheet"]["lines"]
    rest = (await told(coordinator, SHEET, first=2, after=page["pageInfo"]["endCursor"]))["attendanceSheet"]["lines"]
    assert [node["center"]["name"] for node in rest["nodes"]] == ["Carmen", "Cerrado"]
