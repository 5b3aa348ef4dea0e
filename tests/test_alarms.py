"""Every alarm as of a date: when each begins and ends, whose it is, and who is told what of it."""

from datetime import date
from typing import Any

import pytest

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.load_2024 import load_2024
from actions.people import system_user
from models.agreements import AgreementStage, LeaseNature
from models.alarms import ALARM_LABELS, AlarmCode
from models.centers import Center, CenterEventKind, CenterState, TenureBasis
from models.conventions import Amendment, Commitment
from models.people import Role, User
from models.places import OfficeHolder, ProgramCode
from models.publications import Publication
from models.signing import Side, Signature
from models.supervision import FindingSeverity
from reads.alarm_words import ENDS
from reads.alarms import alarm_counts_by_department, alarms_by_center, alarms_by_convention, alarms_in_reach
from tests import builders
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.door import ask, told

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]
ON = date(2026, 3, 2)
LONG = {"starts_on": date(2024, 1, 1), "ends_on": date(2028, 12, 31)}
LIST = """query ($filter: AlarmFilter, $on: Date, $first: Int = 50, $after: String) {
    alarms(filter: $filter, asOf: $on, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage }
        nodes { code severity message since key owner ends link center { code } convention { number } } } }"""


async def lawyer() -> User:
    """Return somebody who sees everything."""
    return await User.filter(role=Role.LEGAL).first() or await builders.person(Role.LEGAL)


async def of_center(center: Center, on: date = ON) -> dict[str, Any]:
    """Return what is wrong with a center on a date, by code: its message and since when."""
    found = await alarms_by_center([center.id], await lawyer(), on=on)
    return {one.code.value: (one.message, one.since) for one in found[center.id]}


async def calm_center(**more: Any) -> Center:
    """Return a center that nothing is wrong with: license, own building, this month's attendance."""
    center = await builders.center(**{"premises": TenureBasis.OWN_BUILDING} | more)
    await builders.sanitary_license(center)
    for month in (date(2025, 12, 1), date(2026, 2, 1)):
        await builders.attendance(center, month, men=1, women=1)
    return center


async def test_every_code_has_its_words(db: FreshDatabase) -> None:
    assert ENDS.keys() == ALARM_LABELS.keys() == set(AlarmCode)
    assert await of_center(await calm_center()) == {}


async def test_two_conventions_at_once_are_an_alarm_and_a_renewal_is_not() -> None:
    center = await calm_center()
    first = await builders.convention(centers=[center], **LONG)
    # Signed early, its term begins when the other's ends; another program's is another matter.
    await builders.convention(centers=[center], starts_on=date(2029, 1, 1), ends_on=date(2029, 12, 31), renews=first)
    await builders.convention(centers=[center], program=ProgramCode.HC, **LONG)
    assert await of_center(center) == {}

    second = await builders.convention(centers=[center], starts_on=date(2026, 2, 1), ends_on=date(2027, 1, 31))

    said = f"Rigen a la vez para este centro: {first.number} y {second.number}."
    assert await of_center(center) == {"TWO_LIVE_CONVENTIONS": (said, date(2026, 2, 1))}
    assert await of_center(center, date(2026, 1, 31)) == {}
    assert "TWO_LIVE_CONVENTIONS" not in await of_center(center, date(2027, 2, 1))


async def test_a_lease_beside_a_convention_is_an_alarm_and_assigned_premises_are_not() -> None:
    center = await calm_center()
    await builders.convention(centers=[center], **LONG)
    term = {"starts_on": date(2026, 2, 10), "ends_on": date(2027, 2, 9)}
    await builders.lease(center, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, **term)
    assert await of_center(center) == {}

    lease = await builders.lease(center, **term)

    message, since = (await of_center(center))["LEASE_AND_CONVENTION"]
    assert lease.number in message
    assert since == date(2026, 2, 10)
    assert await of_center(center, date(2026, 2, 9)) == {}
    mayor = await builders.person(Role.MUNICIPAL)
    (shown,) = (await alarms_by_center([center.id], mayor, on=ON))[center.id]
    assert "un arrendamiento" in shown.message
    assert lease.number not in f"{shown.message} {shown.link}"


SILENT_SINCE = [
    (None, [], date(2026, 3, 2), "unknown"),
    (None, [date(2026, 1, 1)], date(2026, 3, 31), None),
    (None, [date(2026, 1, 1)], date(2026, 4, 1), date(2026, 4, 1)),
    (None, [date(2025, 12, 1), date(2026, 1, 1)], date(2027, 1, 1), date(2026, 4, 1)),
    # Opened on the first of a month, that one counts; later in it, the next is the first whole one.
    (date(2026, 1, 1), [], date(2026, 2, 28), None),
    (date(2026, 1, 1), [], date(2026, 3, 1), date(2026, 3, 1)),
    (date(2026, 1, 2), [], date(2026, 3, 31), None),
    (date(2026, 1, 2), [], date(2026, 4, 1), date(2026, 4, 1)),
    # Reopened since it last reported: what it did not report while suspended is not asked for.
    (date(2026, 2, 15), [date(2025, 5, 1)], date(2026, 4, 30), None),
]
"""Since when a center is open, the months that it reported, a date, and since when it is silent on it."""


async def test_two_whole_months_without_attendance() -> None:
    for opened, months, on, since in SILENT_SINCE:
        center = await builders.center(state_since=opened)
        for month in months:
            await builders.attendance(center, month)
        found = await of_center(center, on)
        expected = [None] if since == "unknown" else [since] if since else []
        told_since = [found[code][1] for code in found if code == "ATTENDANCE_NOT_REPORTED"]
        assert told_since == expected, (opened, months, on)


async def test_a_suspended_center_need_not_report_and_a_closed_one_raises_nothing() -> None:
    center = await builders.center(state=CenterState.SUSPENDED)
    assert set(await of_center(center)) == {"NO_INSTRUMENT_ON_RECORD", "LICENSE_MISSING"}
    # Closed a year later by a deed: the day before it was what it is told to have been.
    await Center.filter(id=center.id).update(state=CenterState.CLOSED, state_since=date(2026, 2, 1))
    before = {"state": "SUSPENDED", "state_since": None}
    await builders.center_event(center, CenterEventKind.CLOSING, happened_on=date(2026, 2, 1), before=before)
    assert await of_center(center) == {}
    assert set(await of_center(center, date(2026, 1, 31))) == {"NO_INSTRUMENT_ON_RECORD", "LICENSE_MISSING"}


async def test_what_supervision_found_is_overdue_until_it_is_mended() -> None:
    center = await calm_center()
    seen = await builders.visit(center, visited_on=date(2026, 1, 5))
    await builders.finding(seen, "Techo roto", due_on=date(2026, 2, 1), resolved_on=date(2026, 2, 20))
    assert set(await of_center(center, date(2026, 2, 1))) == set()
    assert (await of_center(center, date(2026, 2, 19)))["FINDING_OVERDUE"][1] == date(2026, 2, 2)
    assert await of_center(center) == {}
    await builders.finding(seen, "Sin agua", due_on=date(2026, 2, 10), severity=FindingSeverity.HIGH)
    (alarm,) = (await alarms_by_center([center.id], await lawyer(), on=ON))[center.id]
    assert (alarm.severity.value, alarm.owed_by) == ("CRITICAL", Side.SOSEP)
    assert "Sin agua" in alarm.message


async def test_a_convention_of_a_program_with_centers_covers_one() -> None:
    alone = await builders.convention(**LONG)
    await builders.convention(program=ProgramCode.MUJER, **LONG)
    await builders.convention(at=None, institution=await builders.institution(), **LONG)
    await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    with_center = await builders.convention(centers=[await calm_center()], **LONG)

    found = await alarms_by_convention([alone.id, with_center.id], await lawyer(), on=ON)
    every = [one for one in await alarms_in_reach(await lawyer(), on=ON) if one.convention]

    assert [(one.code, one.since) for one in found[alone.id]] == [("CONVENTION_WITHOUT_CENTER", date(2024, 1, 1))]
    assert list(found) == [alone.id]
    assert [one.convention and one.convention["number"] for one in every] == [alone.number]
    assert not await alarms_by_convention([alone.id], await lawyer(), on=date(2023, 12, 31))


async def test_a_mayor_who_took_office_after_the_signature() -> None:
    center = await calm_center()
    of = await builders.convention(centers=[center], **LONG)
    values = {"position": "Alcalde Municipal", "gender": "M", "municipality_id": CHAMELCO}
    before = await OfficeHolder.create(name="Mario Caal", since=date(2020, 1, 15), until=date(2026, 1, 14), **values)
    await Signature.create(
        convention=of, side=Side.COUNTERPART, signer_name="Mario Caal", capacity="Alcalde", place="x",
        signed_on=date(2023, 12, 20), recorded_by=await lawyer(),
    )  # fmt: skip
    assert await of_center(center) == {}
    await OfficeHolder.create(name="Rosa Tiul", since=date(2026, 1, 15), **values)

    message, since = (await of_center(center))["MAYOR_CHANGED"]
    assert "entonces Mario Caal, hoy Rosa Tiul" in message
    assert since == date(2026, 1, 15)
    assert await of_center(center, date(2026, 1, 14)) == {}
    every = [one.key for one in await alarms_in_reach(await lawyer(), on=ON)]
    assert every.count(f"MAYOR_CHANGED:convention:{of.id}:{CHAMELCO}") == 1
    # The same person noted twice has not changed.
    await OfficeHolder.filter(id=before.id).update(name="ROSA  TIUL")
    assert await of_center(center) == {}


async def test_a_promise_not_kept_is_owed_after_the_term_too() -> None:
    of = await builders.convention(ends_on=date(2026, 1, 31))
    await Commitment.create(convention=of, party="COUNTERPART", item="Techar el patio", due_on=date(2026, 1, 15))

    (alarm,) = (await alarms_by_convention([of.id], await lawyer(), on=ON))[of.id]

    assert (alarm.code, alarm.since, alarm.owed_by) == ("COMMITMENT_OVERDUE", date(2026, 1, 16), Side.COUNTERPART)
    assert "Techar el patio" in alarm.message
    on_its_day = await alarms_by_convention([of.id], await lawyer(), on=date(2026, 1, 15))
    assert [one.code for one in on_its_day[of.id]] == ["CONVENTION_WITHOUT_CENTER"]


async def test_an_extension_signed_later_is_undone() -> None:
    center = await calm_center(premises=None)
    of = await builders.convention(centers=[center], ends_on=date(2026, 12, 31))
    await Amendment.create(
        convention=of, ordinal=1, motive="Prórroga", signed_on=date(2026, 2, 15),
        old_ends_on=date(2026, 2, 20), new_ends_on=date(2026, 12, 31),
    )  # fmt: skip
    assert await of_center(center) == {}
    expiring = await of_center(center, date(2026, 2, 14))
    assert expiring == {"INSTRUMENT_EXPIRING": (f"{of.number} vence en 6 días.", date(2025, 11, 22))}


async def test_the_list_narrows_pages_and_says_who_attends() -> None:
    await builders.places()
    bare = await builders.center("El Amate")
    await builders.center("Las Flores", at=MIXCO, program=ProgramCode.HC)
    alone = await builders.convention(at=MIXCO, **LONG)
    await Publication.all().delete()
    person = await lawyer()

    async def asked(**variables: Any) -> dict[str, Any]:
        return dict((await told(person, LIST, **variables))["alarms"])

    whole = await asked()
    assert whole["totalCount"] == len(whole["nodes"]) == 9
    severities = [one["severity"] for one in whole["nodes"]]
    assert severities == sorted(severities, key=["CRITICAL", "WARNING", "INFO"].index)
    for filter, many in [
        ({"departmentCode": "16"}, 3),
        ({"municipalityCode": MIXCO}, 4),
        ({"program": "HC"}, 3),
        ({"code": ["LICENSE_MISSING", "LISTING_STALE"]}, 4),
        ({"severity": ["INFO"]}, 4),
        ({"search": "amate licencia"}, 1),
        ({"search": alone.number.lower()}, 1),
        ({"silenced": True}, 0),
    ]:
        assert (await asked(filter=filter))["totalCount"] == many, filter
    pages, after = [], None
    while after is not None or not pages:
        page = await asked(first=2, after=after)
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert pages == whole["nodes"]
    of = {(one["code"], (one["center"] or {}).get("code")): one for one in whole["nodes"]}
    assert of["NO_INSTRUMENT_ON_RECORD", bare.code]["owner"] == "Dirección de Mis Años Dorados"
    assert of["LICENSE_MISSING", bare.code]["owner"] == "Coordinación departamental de Alta Verapaz"
    assert of["CONVENTION_WITHOUT_CENTER", None]["owner"] == "Asesoría Jurídica"
    assert of["CONVENTION_WITHOUT_CENTER", None]["link"] == f"/convenios/{alone.number}"
    for after in ("x", "W10=", "WzEsMiwzXQ=="):
        answer = await ask(person, LIST, after=after)
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_each_role_hears_of_its_own_and_counts_are_the_list(clock: Clock) -> None:
    await builders.places()
    for at, program in ((CHAMELCO, ProgramCode.MAD), (MIXCO, ProgramCode.MAD), ("1601", ProgramCode.HC)):
        await builders.convention(at=at, program=program, centers=[await builders.center(at=at, program=program)])
        await builders.convention(at=at, program=program, **LONG)
    for role, more, departments in [
        (Role.MUNICIPAL, {"at": CHAMELCO}, {"16": 4}),
        (Role.COORDINATOR, {"at": CHAMELCO}, {"16": 8}),
        (Role.COORDINATOR, {"at": MIXCO}, {"01": 4}),
        (Role.DIRECTOR, {}, {"16": 4, "01": 4}),
        (Role.DIRECTOR, {"program": ProgramCode.HC}, {"16": 4}),
        (Role.DIRECTOR, {"program": None}, {}),
        (Role.AUDITOR, {}, {"16": 8, "01": 4, "": 2}),
    ]:
        person = await builders.person(role, **more)
        assert await alarm_counts_by_department(person, ON) == departments, role
        listed = (await told(person, LIST, first=200))["alarms"]
        assert listed["totalCount"] == sum(departments.values())


async def test_the_report_of_2024_raises_finding_c_by_itself(clock: Clock) -> None:
    await load_catalogs(actor=await system_user())
    await load_demo_people(actor=await system_user(), password_hash="x")
    await load_2024(actor=await system_user())

    found = await alarms_in_reach(await lawyer(), on=clock.today)

    bare = [one.center["municipality_id"] for one in found
            if one.code == AlarmCode.NO_INSTRUMENT_ON_RECORD and one.center]  # fmt: skip
    assert sorted(bare) == ["0315", "0414", "1301", "1608", "1904", "1907", "2212"]
    towns = [one.convention["municipality_id"] for one in found
             if one.code == AlarmCode.CONVENTION_WITHOUT_CENTER and one.convention]  # fmt: skip
    assert sorted(towns) == ["0108", "0415", "1802"]
    silent = {one.center["id"] for one in found if one.code == AlarmCode.ATTENDANCE_NOT_REPORTED and one.center}
    assert len(silent) == 69
