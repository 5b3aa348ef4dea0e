"""Calendars by address: made with a secret shown once, read without signing in, and ended."""

import asyncio
import re
from datetime import date
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from actions.feeds import MOST_FEEDS
from api.calendars import ASKED, READ
from models.agreements import AgreementStage
from models.audit import AuditEntry
from models.conventions import Commitment
from models.feeds import CalendarFeed
from models.people import Role, User
from models.places import ProgramCode
from reads.people import token_hash
from tests import builders, court
from tests.browsing import enter, form, send
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock
from tests.door import ask, done, everything, id_of, last_entry, once, refusal, request, told

pytestmark = pytest.mark.usefixtures("db", "clock")

CREATE = """mutation ($input: CreateFeedInput!) { createFeed(input: $input) {
    feed { id scope program municipality { code } owner { id } } address errors { code message path } } }"""
REVOKE = """mutation ($input: RevokeFeedInput!) { revokeFeed(input: $input) {
    feed { id revokedAt } errors { code message path } } }"""
LIST = """query ($everybodys: Boolean) { calendarFeeds(everybodys: $everybodys) {
    totalCount nodes { id scope lastReadAt revokedAt owner { name } } } }"""


@pytest.fixture(autouse=True)
def unhurried() -> None:
    """Count anew how often calendars are asked for: all tests of a process share one address."""
    ASKED.forget()


async def made(person: User, scope: str = "PERSON", **more: Any) -> tuple[dict[str, Any], str]:
    """Make a calendar and return it with the path of its address."""
    payload = await done(person, CREATE, scope=scope, **more)
    return payload["feed"], httpx.URL(payload["address"]).path


async def events(path: str) -> dict[str, Any]:
    """Read a calendar as a program does and return its entries by their titles."""
    answer = await request(None, "GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    entries = Calendar.from_ical(answer.content).walk("VEVENT")
    found = {str(entry["summary"]): entry for entry in entries}
    assert len(found) == len(entries) == len({str(entry["uid"]) for entry in entries})
    return found


async def gone(path: str) -> bytes:
    """Return what a calendar that opens nothing answers."""
    answer = await request(None, "GET", path)
    assert answer.status_code == 404
    return answer.content


@pytest.mark.both_databases
async def test_a_calendar_holds_the_dates_in_reach_of_its_owner_and_no_other(clock: Clock) -> None:
    director = await builders.person(Role.DIRECTOR)
    center = await builders.center("Casa Maya")
    soon = await builders.convention(centers=[center])
    later = await builders.convention(ends_on=date(2028, 3, 1))
    far = await builders.convention(ends_on=date(2028, 3, 2))
    renewed = await builders.convention(ends_on=date(2026, 4, 30))
    await builders.convention(renews=renewed, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    await builders.convention(ends_on=date(2025, 12, 1))
    ended = await builders.convention(
        ends_on=date(2026, 12, 31), stage=AgreementStage.TERMINATED, terminated_on=date(2026, 2, 1)
    )
    await builders.convention(program=ProgramCode.HC)
    lease = await builders.lease(center)
    license = await builders.sanitary_license(center, ends_on=date(2026, 5, 31))
    await Commitment.create(
        convention=soon, party="COUNTERPART", item="Pintar; y \n<b>más</b>", due_on=date(2026, 4, 5)
    )
    await Commitment.create(
        convention=soon, party="SOSEP", item="Hecho", due_on=date(2026, 4, 6), fulfilled_on=date(2026, 1, 2)
    )
    seen = await builders.visit(center)
    await builders.finding(seen, due_on=date(2026, 3, 20))
    await builders.finding(seen, due_on=date(2026, 3, 21), resolved_on=date(2026, 3, 1))

    found = await events((await made(director))[1])

    town, house = " (Municipalidad de San Juan Chamelco)", " (Casa Maya)"
    days = {title: entry.decoded("dtstart") for title, entry in found.items()}
    assert days == {
        f"Vence el convenio {soon.number}{town}": date(2026, 3, 31),
        f"Iniciar la renovación del convenio {soon.number}{town}": date(2025, 12, 31),
        f"Vence el convenio {later.number}{town}": date(2028, 3, 1),
        f"Iniciar la renovación del convenio {later.number}{town}": date(2027, 12, 2),
        f"Iniciar la renovación del convenio {far.number}{town}": date(2027, 12, 3),
        f"Vence el convenio {renewed.number}{town}": date(2026, 4, 30),
        f"Último día del convenio {ended.number}, por terminación anticipada{town}": date(2026, 1, 31),
        f"Vence el arrendamiento {lease.number}{house}": date(2026, 12, 31),
        f"Iniciar la renovación del arrendamiento {lease.number}{house}": date(2026, 10, 2),
        f"Vence la licencia sanitaria {license.number}{house}": date(2026, 5, 31),
        f"Iniciar la renovación de la licencia sanitaria {license.number}{house}": date(2026, 3, 2),
        f"Compromiso del convenio {soon.number}: Pintar; y \n<b>más</b>": date(2026, 4, 5),
        "Corregir un hallazgo de supervisión de Casa Maya": date(2026, 3, 20),
    }
    (entry,) = (one for title, one in found.items() if title.startswith(f"Vence el convenio {soon.number}"))
    assert entry.decoded("dtend") == date(2026, 4, 1)
    assert str(entry["url"]).endswith(f"/convenios/{soon.number}")
    assert (entry["sequence"], entry.decoded("dtstamp")) == (1, soon.created_at.replace(microsecond=0))


@pytest.mark.both_databases
async def test_nothing_of_another_municipality_and_nothing_reserved_is_in_a_calendar() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    ours = await builders.convention()
    joint = await builders.convention(at=MIXCO)
    await builders.further_party(joint, at=CHAMELCO)
    theirs = await builders.convention(at=MIXCO)
    center, other = await builders.center("Nuestro"), await builders.center("Ajeno", at=MIXCO)
    await builders.lease(center)
    await builders.finding(await builders.visit(other), due_on=date(2026, 4, 1))
    await builders.sanitary_license(other, ends_on=date(2026, 4, 1))
    await Commitment.create(convention=theirs, party="SOSEP", item="Ajeno", due_on=date(2026, 4, 5))
    lawyer = await builders.person(Role.LEGAL_HEAD)
    await court.court_date(await builders.court_file(), date(2026, 3, 9), title="Audiencia de conciliación")

    for scope in ({}, {"scope": "MUNICIPALITY"}, {"scope": "PROGRAM", "program": "MAD"}):
        titles = " ".join(await events((await made(mayor, **scope))[1]))
        assert ours.number in titles
        assert joint.number in titles
        assert theirs.number not in titles
        assert "Ajeno" not in titles
        assert "arrendamiento" not in titles, "a lease is none of the municipality's papers"
    every = " ".join(await events((await made(lawyer))[1]))
    assert theirs.number in every
    assert "Ajeno" in every
    assert "Audiencia" not in every
    of_mixco = " ".join(await events((await made(lawyer, "MUNICIPALITY", municipalityCode="Mixco"))[1]))
    assert (theirs.number in of_mixco, joint.number in of_mixco, ours.number in of_mixco) == (True, True, False)
    of_hc = await events((await made(lawyer, "PROGRAM", program="HC"))[1])
    assert of_hc == {}


async def test_a_calendar_follows_what_its_owner_is_today() -> None:
    await builders.municipality(MIXCO)
    mayor = await builders.person(Role.MUNICIPAL)
    ours, theirs = await builders.convention(), await builders.convention(at=MIXCO)
    _, own = await made(mayor)
    _, of_town = await made(mayor, "MUNICIPALITY", municipalityCode=CHAMELCO)
    assert ours.number in " ".join(await events(of_town))

    await User.filter(id=mayor.id).update(municipality_id=MIXCO)
    moved = " ".join(await events(own))
    assert (theirs.number in moved, ours.number in moved) == (True, False)
    assert await events(of_town) == {}
    await User.filter(id=mayor.id).update(municipality_id=None)
    assert await events(own) == {}
    missing = await gone("/calendarios/" + "A" * 43 + ".ics")
    for change in ({"active": False}, {"active": True, "role": Role.AUDITOR}):
        await User.filter(id=mayor.id).update(**change)
        assert await gone(own) == missing
    await User.filter(id=mayor.id).update(role=Role.LEGAL)
    assert theirs.number in " ".join(await events(own))


@pytest.mark.both_databases
async def test_a_revoked_calendar_is_like_one_that_never_was() -> None:
    mayor, other = await builders.person(Role.MUNICIPAL), await builders.person(Role.MUNICIPAL)
    feed, path = await made(mayor)
    _, second = await made(mayor)
    missing = await gone("/calendarios/" + "A" * 43 + ".ics")

    assert (await refusal(other, REVOKE, feedId=feed["id"])).code == "NOT_FOUND"
    await once(mayor, REVOKE, feedId=feed["id"])
    assert await gone(path) == missing
    assert await events(second) == {}
    assert "ya está revocado" in (await refusal(mayor, REVOKE, feedId=feed["id"])).message
    assert (await last_entry()).summary == f"{mayor.name} revocó un calendario suyo: su dirección ya no abre nada."
    admin = await builders.person(Role.ADMIN)
    listed = (await told(admin, LIST, everybodys=True))["calendarFeeds"]["nodes"]
    assert {one["owner"]["name"] for one in listed} == {mayor.name}
    assert (await told(admin, LIST))["calendarFeeds"]["totalCount"] == 0
    assert (await told(other, LIST, everybodys=True))["calendarFeeds"]["totalCount"] == 0
    for one in listed:
        if not one["revokedAt"]:
            await done(admin, REVOKE, feedId=one["id"])
    assert await gone(second) == missing


@pytest.mark.both_databases
async def test_hostile_addresses_are_answered_like_unknown_ones() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    _, path = await made(mayor)
    secret = path.split("/")[-1].removesuffix(".ics")
    stored = (await CalendarFeed.get()).token_hash
    missing = await gone("/calendarios/x.ics")
    for text in (
        stored, stored[:43], secret[:-1], secret + "A", secret.swapcase(), "' OR 1=1--" + "x" * 33, "%F0%9F%93%85" * 43,
        "A" * 4000, "%ED%A0%80" * 43,
    ):  # fmt: skip
        assert await gone(f"/calendarios/{text}.ics") == missing, text
    for address in (
        "/calendarios/",
        f"/calendarios/{secret}",
        f"/calendarios/{secret}.ics/x",
        "/calendarios/..%2f..%2f.ics",
    ):
        assert (await request(None, "GET", address)).status_code == 404
    assert (await request(None, "POST", path)).status_code == 405
    assert (await request(None, "GET", "/calendarios/a%00b.ics")).status_code == 400


async def test_the_secret_is_kept_nowhere(clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    with capture_logs() as lines:
        _, path = await made(mayor)
        await events(path)
    secret = path.split("/")[-1].removesuffix(".ics")
    kept = str(await everything())
    assert secret not in kept
    assert secret not in str(lines)
    assert [line["path"] for line in lines if line.get("event") == "request"] == ["/graphql", "/calendarios/…"]
    assert token_hash(secret) not in str([entry.changes for entry in await AuditEntry.all()])
    again = await done(mayor, CREATE, scope="PERSON", clientMutationId="clic-1")
    assert secret not in str(await done(mayor, CREATE, scope="PERSON", clientMutationId="clic-1"))
    assert again["address"]
    assert (await CalendarFeed.get(token_hash=token_hash(secret))).last_read_at


async def test_who_has_the_latest_calendar_is_told_so() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    convention = await builders.convention()
    _, path = await made(mayor)
    first = await request(None, "GET", path)
    assert first.headers["cache-control"] == "private, max-age=900"
    assert "default-src 'none'" in first.headers["content-security-policy"]
    read_at = (await CalendarFeed.get()).last_read_at
    same = {"If-None-Match": f'"x", W/{first.headers["etag"]}'}
    answer = await _with(path, same)
    assert (answer.status_code, answer.content) == (304, b"")
    assert (await CalendarFeed.get()).last_read_at == read_at, "noted once an hour"
    convention.ends_on, convention.version = date(2026, 6, 30), 2
    await convention.save()
    answer = await _with(path, same)
    assert answer.status_code == 200
    entry = next(one for title, one in (await events(path)).items() if title.startswith("Vence"))
    assert (entry.decoded("dtstart"), entry["sequence"]) == (date(2026, 6, 30), 2)


async def test_the_page_shows_an_address_once_and_revokes(app_client: httpx.AsyncClient) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    await enter(app_client, mayor)
    page = await app_client.get("/mis-calendarios")
    wrong = await send(app_client, page, form(page, "CreateFeed"), scope="PROGRAM")
    assert wrong.status_code == 422
    assert "Elija el programa." in wrong.text
    assert form(wrong, "CreateFeed").values["scope"] == "PROGRAM"

    shown = await send(app_client, wrong, form(wrong, "CreateFeed"), program="MAD")
    assert shown.status_code == 200
    [address] = re.findall(r"http\S+\.ics", shown.text)
    assert await events(httpx.URL(address).path) == {}
    again = await send(app_client, wrong, form(wrong, "CreateFeed"), program="MAD")
    assert "ya estaba creado" in again.text
    listed = await app_client.get("/mis-calendarios")
    assert ".ics" not in listed.text
    assert "Leído" in listed.text
    ended = await send(app_client, listed, form(listed, "RevokeFeed"))
    assert (ended.status_code, ended.headers["location"]) == (303, "/mis-calendarios?hecho=RevokeFeed")
    await gone(httpx.URL(address).path)


async def _with(path: str, headers: dict[str, str]) -> httpx.Response:
    from api.app import build_app

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=build_app()), base_url="http://127.0.0.1") as client:
        return await client.get(path, headers=headers)


@pytest.mark.both_databases
async def test_of_many_at_once_no_more_are_made_than_a_person_may_have() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for _ in range(MOST_FEEDS - 1):
        await made(mayor)
    answers = await asyncio.gather(*(told(mayor, CREATE, input={"scope": "PERSON"}) for _ in range(3)))
    assert sum(not answer["createFeed"]["errors"] for answer in answers) == 1
    assert await CalendarFeed.filter(owner_id=mayor.id).count() == MOST_FEEDS
    assert "revoque uno" in (await refusal(mayor, CREATE, scope="PERSON")).message
    await done(mayor, REVOKE, feedId=id_of((await CalendarFeed.all())[0]))
    await made(mayor)


async def test_what_a_calendar_cannot_be_is_refused_with_its_reason() -> None:
    await builders.places()
    mayor, coordinator = await builders.person(Role.MUNICIPAL), await builders.person(Role.COORDINATOR)
    director = await builders.person(Role.DIRECTOR)
    for person, given, code, path in (
        (mayor, {"scope": "MUNICIPALITY", "municipalityCode": MIXCO}, "NOT_FOUND", "municipalityCode"),
        (coordinator, {"scope": "MUNICIPALITY", "municipalityCode": "Mixco"}, "NOT_FOUND", "municipalityCode"),
        (director, {"scope": "MUNICIPALITY"}, "BAD_USER_INPUT", "municipalityCode"),
        (director, {"scope": "MUNICIPALITY", "municipalityCode": "Nada"}, "BAD_USER_INPUT", "municipalityCode"),
        (director, {"scope": "PROGRAM"}, "BAD_USER_INPUT", "program"),
        (director, {"scope": "PROGRAM", "program": "HC"}, "NOT_FOUND", "program"),
        (director, {"scope": "PERSON", "program": "MAD"}, "BAD_USER_INPUT", "program"),
        (director, {"scope": "PERSON", "municipalityCode": MIXCO}, "BAD_USER_INPUT", "municipalityCode"),
    ):
        said = await refusal(person, CREATE, **given)
        assert (said.code, said.path) == (code, path), (given, said)
    answer = await ask(await builders.person(Role.AUDITOR), CREATE, input={"scope": "PERSON"})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.both_databases
async def test_of_more_dates_than_a_calendar_holds_the_next_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reads.feed_dates.MOST_DATES", 4)
    monkeypatch.setattr("reads.feed_dates.AT_A_TIME", 2)
    mayor = await builders.person(Role.MUNICIPAL)
    for day in (5, 10, 15, 20, 25):
        await builders.convention(ends_on=date(2026, 2, day))
    _, path = await made(mayor)
    days = sorted(entry.decoded("dtstart") for entry in (await events(path)).values())
    assert days == [date(2026, 2, day) for day in (10, 15, 20, 25)], "of what is over the latest stays"
    for day in (5, 10, 15, 20, 25):
        await builders.convention(ends_on=date(2026, 3, day))
    answer = await request(None, "GET", path)
    titles = [str(entry["summary"]) for entry in Calendar.from_ical(answer.content).walk("VEVENT")]
    days = sorted(entry.decoded("dtstart") for entry in Calendar.from_ical(answer.content).walk("VEVENT"))
    assert days == [date(2026, 3, day) for day in (5, 10, 15, 20)], titles
    assert "cree otros" in str(Calendar.from_ical(answer.content)["x-wr-caldesc"])


async def test_who_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    _, path = await made(mayor)
    _, other = await made(mayor)
    monkeypatch.setattr(READ, "most", 2)
    await events(path)
    await events(path)
    answer = await request(None, "GET", path)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 3601
    await events(other)
    monkeypatch.setattr(ASKED, "most", 0 + len(ASKED._passed["127.0.0.1"]))
    assert (await request(None, "GET", other)).status_code == 429
    assert (await request(None, "GET", "/calendarios/x.ics")).status_code == 429
