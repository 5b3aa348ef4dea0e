"""What becomes of a center by dated deeds: noted in order, each as the center then allows, annulled from the last."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.centers import Center, CenterEvent, CenterEventKind, CenterState
from models.people import Role, User
from models.permissions import ALLOWED
from models.places import ProgramCode
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import (
    ask,
    bad_ids,
    changed,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
    sent_up,
    told,
)

RECORD = """mutation ($input: RecordCenterEventInput!) { recordCenterEvent(input: $input) {
    center { state capacity settlement address version municipality { code } }
    event { kind happenedOn act reason warnings file { sha256 } changes { what before after } }
    errors { code message path } } }"""
ANNUL = """mutation ($input: AnnulCenterEventInput!) { annulCenterEvent(input: $input) {
    center { state capacity version municipality { code } }
    event { kind annulledOn annulledReason annulledBy { name } } errors { code message path } } }"""
HISTORY = """query ($code: String!, $asOf: Date) { center(code: $code, asOf: $asOf) { state capacity possibleEvents
    events { id kind act annulledOn annulledReason annullable recordedBy { name } center { code } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")
TODAY = "2026-03-02"


@pytest.fixture
async def director(db: FreshDatabase, clock: object) -> User:
    """The director of Mis Años Dorados, in an office that knows its places."""
    await builders.places()
    return await builders.person(Role.DIRECTOR)


def deed(of: Center, kind: str, on: str = TODAY, **more: Any) -> dict[str, Any]:
    """Return the input of a deed that has all it needs."""
    why = {"reason": "Lo ordena el acto"} if kind in ("SUSPENSION", "REDUCTION", "CLOSING") else {}
    return {"centerId": id_of(of), "kind": kind, "happenedOn": on, "act": "Acuerdo Interno 7-2026"} | why | more


@pytest.mark.both_databases
async def test_a_life_of_a_center_is_told_as_of_every_day(director: User) -> None:
    center = await builders.center(capacity=30, settlement="zona 1", search="cad san juan chamelco")
    file = await sent_up(director, "acuerdo.pdf")

    made = await done(director, RECORD, **deed(center, "ENLARGEMENT", "2024-02-01", capacity=45, fileId=file["id"]))

    assert made["event"] == {
        "kind": "ENLARGEMENT", "happenedOn": "2024-02-01", "act": "Acuerdo Interno 7-2026", "reason": "",
        "warnings": [], "file": {"sha256": file["sha256"]},
        "changes": [{"what": "Capacidad", "before": "30", "after": "45"}],
    }  # fmt: skip
    assert (made["center"]["capacity"], made["center"]["version"]) == (45, 2)
    entry = await last_entry()
    assert (entry.verb, changed(entry, center)["capacity"]) == (Verb.RECORD_CENTER_EVENT, (30, 45))
    assert "Ampliación de Centro de Atención Diurna desde el 01/02/2024" in entry.summary
    await done(director, RECORD, **deed(center, "SUSPENSION", "2024-06-01"))
    await done(director, RECORD, **deed(center, "REDUCTION", "2024-07-01", capacity=20))
    await done(director, RECORD, **deed(center, "REOPENING", "2024-08-01"))
    moved = await done(
        director, RECORD, **deed(center, "MOVE", "2024-09-01", municipalityCode="mixco", address="4a calle 1-20")
    )
    assert moved["event"]["changes"] == [
        {"what": "Municipio", "before": "San Juan Chamelco, Alta Verapaz", "after": "Mixco, Guatemala"},
        {"what": "Zona, aldea o colonia", "before": "zona 1", "after": ""},
        {"what": "Dirección", "before": "", "after": "4a calle 1-20"},
    ]
    row = await Center.get(id=center.id)
    assert (row.municipality_id, row.settlement, row.state) == (builders.MIXCO, "", CenterState.OPEN)
    assert row.state_since == date(2024, 8, 1)
    assert "mixco" in row.search
    await done(director, RECORD, **deed(center, "CLOSING", "2025-01-01"))
    told_on = {
        on: (found["state"], found["capacity"])
        for on in ("2024-01-31", "2024-02-01", "2024-06-30", "2024-07-01", "2024-12-31", "2025-01-01")
        for found in [(await told(director, HISTORY, code=center.code, asOf=on))["center"]]
    }
    assert told_on == {
        "2024-01-31": ("OPEN", 30), "2024-02-01": ("OPEN", 45), "2024-06-30": ("SUSPENDED", 45),
        "2024-07-01": ("SUSPENDED", 20), "2024-12-31": ("OPEN", 20), "2025-01-01": ("CLOSED", 20),
    }  # fmt: skip
    history = (await told(director, HISTORY, code=center.code))["center"]
    kinds = ["CLOSING", "MOVE", "REOPENING", "REDUCTION", "SUSPENSION", "ENLARGEMENT"]
    assert [one["kind"] for one in history["events"]] == kinds
    assert [one["annullable"] for one in history["events"]] == [True, *[False] * 5]
    assert history["events"][0]["recordedBy"] == {"name": director.name}
    assert history["possibleEvents"] == ["OPENING", "REOPENING"]
    assert (await request(director, "GET", f"/files/{(await CenterEvent.get(kind='ENLARGEMENT')).file_id}")).is_success


async def test_what_cannot_have_happened_is_refused_with_its_reason(director: User) -> None:
    center = await builders.center("CAD Uno", capacity=30, address="1a calle")
    await done(director, RECORD, **deed(center, "SUSPENSION", "2025-06-01"))
    for kind, more, code, path, words in [
        ("SUSPENSION", {}, "NOT_ALLOWED_NOW", "kind", "CAD Uno está suspendido desde el 01/06/2025: no cabe"),
        ("REOPENING", {"happenedOn": "2025-05-31"}, "BAD_USER_INPUT", "happenedOn", "01/06/2025 (suspensión)"),
        ("REOPENING", {"happenedOn": "2026-03-03"}, "BAD_USER_INPUT", "happenedOn", "a hoy, 02/03/2026"),
        ("REOPENING", {"happenedOn": "1984-12-31"}, "BAD_USER_INPUT", "happenedOn", "del 01/01/1985"),
        ("REOPENING", {"act": "  "}, "BAD_USER_INPUT", "act", "Escriba el acto"),
        ("REOPENING", {"act": "x" * 161}, "BAD_USER_INPUT", "act", "160"),
        ("REOPENING", {"capacity": 5}, "BAD_USER_INPUT", "capacity", "solo se escribe en una ampliación"),
        ("REOPENING", {"address": "x"}, "BAD_USER_INPUT", "address", "solo se escribe en un traslado"),
        ("CLOSING", {"reason": " "}, "BAD_USER_INPUT", "reason", "Escriba el motivo"),
        ("ENLARGEMENT", {}, "BAD_USER_INPUT", "capacity", "Escriba la capacidad nueva"),
        ("ENLARGEMENT", {"capacity": 30}, "BAD_USER_INPUT", "capacity", "es de 30: la ampliación pide una mayor"),
        ("ENLARGEMENT", {"capacity": 2001}, "BAD_USER_INPUT", "capacity", "de 1 a 2,000"),
        ("REDUCTION", {"capacity": 30}, "BAD_USER_INPUT", "capacity", "pide una menor"),
        ("REDUCTION", {"capacity": 0}, "BAD_USER_INPUT", "capacity", "de 1 a 2,000"),
        ("MOVE", {}, "BAD_USER_INPUT", "municipalityCode", "Escriba adónde se traslada"),
        (
            "MOVE",
            {"municipalityCode": "1610", "address": "1a calle"},
            "BAD_USER_INPUT",
            "municipalityCode",
            "otra zona",
        ),
        ("MOVE", {"address": "1a calle"}, "BAD_USER_INPUT", "municipalityCode", "Escriba adónde se traslada"),
        ("MOVE", {"municipalityCode": "Mixkistán"}, "BAD_USER_INPUT", "municipalityCode", "No se conoce"),
        ("MOVE", {"municipalityCode": "9999"}, "BAD_USER_INPUT", "municipalityCode", "No se conoce"),
        ("OPENING", {"happenedOn": "2025-06-02"}, "BAD_USER_INPUT", "happenedOn", "la apertura no puede ser posterior"),
    ]:
        said = await refusal(director, RECORD, **deed(center, kind) | more)
        assert (said.code, said.path) == (code, path), (kind, more, said)
        assert words in said.message, (kind, more, said)
    closed = await builders.center("CAD Dos", state=CenterState.CLOSED, state_since=date(2024, 1, 1))
    for kind, more in [
        ("CLOSING", {}),
        ("MOVE", {"address": "x"}),
        ("ENLARGEMENT", {"capacity": 3}),
        ("SUSPENSION", {}),
    ]:
        said = await refusal(director, RECORD, **deed(closed, kind) | more)
        assert "CAD Dos está cerrado desde el 01/01/2024" in said.message
    said = await refusal(director, RECORD, **deed(closed, "REOPENING", "2023-12-31"))
    assert (said.path, "cerrado desde el 01/01/2024" in said.message) == ("happenedOn", True)
    several = await refused(director, RECORD, **deed(center, "ENLARGEMENT", "2026-03-03", act="", settlement="x"))
    assert [one.path for one in several] == ["act", "happenedOn", "settlement", "capacity"]


async def test_an_opening_is_noted_once_and_before_all_else(director: User) -> None:
    center = await builders.center()
    await builders.attendance(center, date(2024, 1, 1))
    said = await refusal(director, RECORD, **deed(center, "OPENING", "2024-02-01"))
    assert "asistencia informada de 01/2024" in said.message

    made = await done(director, RECORD, **deed(center, "OPENING", "2024-01-31"))

    assert made["event"]["changes"] == []
    assert (await Center.get(id=center.id)).state_since == date(2024, 1, 31)
    assert (await told(director, HISTORY, code=center.code, asOf="2024-01-30"))["center"] is None
    said = await refusal(director, RECORD, **deed(center, "OPENING", "2020-01-01"))
    assert (said.code, "ya consta: el 31/01/2024 (Acuerdo Interno 7-2026)" in said.message) == ("NOT_ALLOWED_NOW", True)
    event = await CenterEvent.get()
    await done(director, ANNUL, eventId=id_of(event), reason="El día era otro")
    await done(director, RECORD, **deed(center, "OPENING", "2019-05-02"))
    assert (await Center.get(id=center.id)).state_since == date(2019, 5, 2)


@pytest.mark.both_databases
async def test_only_the_last_deed_is_annulled_and_what_it_changed_is_undone(director: User) -> None:
    center = await builders.center(capacity=30)
    await done(director, RECORD, **deed(center, "ENLARGEMENT", "2024-02-01", capacity=45))
    await done(director, RECORD, **deed(center, "MOVE", "2024-03-01", municipalityCode=builders.MIXCO))
    await done(director, RECORD, **deed(center, "SUSPENSION", "2024-04-01"))
    first, move, last = await CenterEvent.all().order_by("id")
    why = {"reason": "Era de otro centro"}
    said = await refusal(director, ANNUL, eventId=id_of(first), **why)
    assert (said.code, "suspensión del 01/04/2024" in said.message) == ("NOT_ALLOWED_NOW", True)
    said = await refusal(director, ANNUL, eventId=id_of(last), reason=" ")
    assert (said.code, said.path) == ("BAD_USER_INPUT", "reason")
    said = await refusal(director, ANNUL, eventId=id_of(last), expectedVersion=3, **why)
    assert said.code == "STALE"

    made = await once(director, ANNUL, eventId=id_of(last), expectedVersion=4, **why)

    assert made["event"] == {
        "kind": "SUSPENSION", "annulledOn": TODAY, "annulledReason": why["reason"],
        "annulledBy": {"name": director.name},
    }  # fmt: skip
    assert (made["center"]["state"], made["center"]["version"]) == ("OPEN", 5)
    assert (await Center.get(id=center.id)).state_since is None
    said = await refusal(director, ANNUL, eventId=id_of(last), **why)
    assert "ya se anuló el 02/03/2026" in said.message
    lease = await builders.lease(await Center.get(id=center.id), requested_on=date(2024, 5, 1))
    said = await refusal(director, ANNUL, eventId=id_of(move), **why)
    assert f"el arrendamiento {lease.number} se hizo ya para el lugar nuevo" in said.message
    await lease.delete()
    await done(director, ANNUL, eventId=id_of(move), **why)
    assert (await Center.get(id=center.id)).municipality_id == builders.CHAMELCO
    await Center.filter(id=center.id).update(capacity=99)
    said = await refusal(director, ANNUL, eventId=id_of(first), **why)
    assert "ya no está como lo dejó" in said.message
    await Center.filter(id=center.id).update(capacity=45)
    assert (await done(director, ANNUL, eventId=id_of(first), **why))["center"]["capacity"] == 30
    history = (await told(director, HISTORY, code=center.code))["center"]
    assert [one["annulledReason"] for one in history["events"]] == [why["reason"]] * 3
    assert not any(one["annullable"] for one in history["events"])


async def test_an_own_building_is_left_behind_by_a_move_and_found_again_before_it(director: User) -> None:
    center = await builders.center()
    tenure = "query ($code: String!, $on: Date) { center(code: $code, asOf: $on) { tenure { basis } } }"
    for premises, words in [("LEASE", "se registran aparte"), ("NONE_ON_RECORD", "Elija «inmueble propio»")]:
        said = await refusal(director, RECORD, **deed(center, "OPENING", "2020-01-01", premises=premises))
        assert (said.path, words in said.message) == ("premises", True)
    said = await refusal(director, RECORD, **deed(center, "SUSPENSION", premises="OWN_BUILDING"))
    assert said.path == "premises"

    made = await done(director, RECORD, **deed(center, "OPENING", "2020-01-01", premises="OWN_BUILDING"))
    assert made["event"]["changes"] == [{"what": "Inmueble", "before": "", "after": "Inmueble propio"}]
    await done(director, RECORD, **deed(center, "MOVE", "2024-01-01", address="5a calle"))
    await done(director, RECORD, **deed(center, "MOVE", "2025-01-01", address="x", premises="PROPERTY_ASSIGNMENT"))

    for on, basis in [
        ("2023-12-31", "OWN_BUILDING"), ("2024-06-01", "NONE_ON_RECORD"), (None, "PROPERTY_ASSIGNMENT"),
    ]:  # fmt: skip
        assert (await told(director, tenure, code=center.code, on=on))["center"]["tenure"]["basis"] == basis, on


async def test_a_center_of_long_ago_turns_out_to_be_in_its_own_building(director: User) -> None:
    center = await builders.center()
    facts = "query ($code: String!, $on: Date) { center(code: $code, asOf: $on) { tenure { basis } alarms { code } } }"
    before = (await told(director, facts, code=center.code))["center"]
    assert "NO_INSTRUMENT_ON_RECORD" in [one["code"] for one in before["alarms"]]

    await done(director, RECORD, **deed(center, "PREMISES", "2025-01-01", premises="OWN_BUILDING"))

    after = (await told(director, facts, code=center.code))["center"]
    assert after["tenure"]["basis"] == "OWN_BUILDING"
    assert "NO_INSTRUMENT_ON_RECORD" not in [one["code"] for one in after["alarms"]]
    earlier = (await told(director, facts, code=center.code, on="2024-12-31"))["center"]
    assert earlier["tenure"]["basis"] == "NONE_ON_RECORD"
    same = await refusal(director, RECORD, **deed(center, "PREMISES", premises="OWN_BUILDING"))
    assert (same.path, same.message) == ("premises", "Así consta ya: elija otra cosa.")
    await done(director, RECORD, **deed(center, "PREMISES"))
    assert (await told(director, facts, code=center.code))["center"]["tenure"]["basis"] == "NONE_ON_RECORD"


async def test_a_closing_warns_of_what_is_still_in_force(director: User) -> None:
    center = await builders.center()
    live = await builders.convention(centers=[center])
    await builders.convention(centers=[center], starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))
    rented = await builders.lease(center)
    await builders.attendance(center, date(2026, 2, 1))

    made = await done(director, RECORD, **deed(center, "CLOSING", "2026-01-31"))

    assert made["center"]["state"] == "CLOSED"
    assert made["event"]["warnings"] == [
        f"El convenio {live.number} rige hasta el 31/03/2026: termínelo si el centro ya no lo necesita.",
        f"El arrendamiento {rented.number} rige hasta el 31/12/2026: termínelo si el centro ya no lo necesita.",
        "Hay asistencia informada después del cierre, de 02/2026: revise cuál dato es cierto.",
    ]


@pytest.mark.both_databases
async def test_twice_at_once_is_done_once(director: User) -> None:
    center = await builders.center()
    given = deed(center, "SUSPENSION") | {"expectedVersion": 1}

    answers = await asyncio.gather(*(ask(director, RECORD, input=given) for _ in range(4)))

    told_codes = sorted(one["code"] for a in answers for one in a["data"]["recordCenterEvent"]["errors"])
    assert told_codes == ["STALE"] * 3
    assert await CenterEvent.all().count() == 1
    event = await CenterEvent.get()
    back = {"eventId": id_of(event), "reason": "Era otro"}
    answers = await asyncio.gather(*(ask(director, ANNUL, input=back) for _ in range(4)))
    told_codes = sorted(one["code"] for a in answers for one in a["data"]["annulCenterEvent"]["errors"])
    assert told_codes == ["NOT_ALLOWED_NOW"] * 3
    assert (await Center.get(id=center.id)).version == 3
    await once(director, RECORD, **deed(center, "SUSPENSION"))


async def test_each_keeper_within_reach_and_nobody_else(director: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = await builders.center()
    theirs = await builders.center(program=ProgramCode.HC)
    event = await builders.center_event(theirs, CenterEventKind.SUSPENSION)
    missing = await refusal(director, RECORD, **deed(ours, "SUSPENSION") | {"centerId": id_text("Center")})
    assert await refusal(director, RECORD, **deed(theirs, "SUSPENSION")) == missing
    missing = await refusal(director, ANNUL, eventId=id_text("CenterEvent"), reason="x")
    assert await refusal(director, ANNUL, eventId=id_of(event), reason="x") == missing
    for bad in bad_ids("CenterEvent")[:4]:
        assert (await refusal(director, ANNUL, eventId=bad, reason="x")).path == "eventId"
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        person = await builders.person(role)
        await forbidden(person, RECORD, **deed(ours, "SUSPENSION"))
        await forbidden(person, ANNUL, eventId=id_of(event), reason="x")
    # Were coordinators keepers: none of them moves a center out of the own department, nor back into it.
    verbs = (Verb.RECORD_CENTER_EVENT, Verb.ANNUL_CENTER_EVENT)
    for verb in verbs:
        monkeypatch.setitem(ALLOWED, verb, ALLOWED[verb] | {Role.COORDINATOR})
    here, there = [await builders.person(Role.COORDINATOR, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    await forbidden(here, RECORD, **deed(ours, "MOVE", municipalityCode="0108"))
    await done(here, RECORD, **deed(ours, "MOVE", municipalityCode="1601"))
    await done(director, RECORD, **deed(ours, "MOVE", municipalityCode="Mixco"))
    move = await CenterEvent.filter(center=ours).order_by("-id").first()
    assert move
    await forbidden(there, ANNUL, eventId=id_of(move), reason="x")
    assert (await refusal(here, ANNUL, eventId=id_of(move), reason="x")).code == "NOT_FOUND"


async def test_a_municipality_reads_the_history_of_its_own_centers(director: User) -> None:
    own, foreign = await builders.center(), await builders.center(at=builders.MIXCO)
    for center in (own, foreign):
        await done(director, RECORD, **deed(center, "SUSPENSION"))
    mayor = await builders.person(Role.MUNICIPAL)

    shown = (await told(mayor, HISTORY, code=own.code))["center"]

    assert [one["kind"] for one in shown["events"]] == ["SUSPENSION"]
    assert (await told(mayor, HISTORY, code=foreign.code))["center"] is None
    node = "query ($id: ID!) { node(id: $id) { __typename ... on CenterEvent { center { code } } } }"
    mine, other = await CenterEvent.all().order_by("id")
    seen = {"__typename": "CenterEvent", "center": {"code": own.code}}
    assert (await told(mayor, node, id=id_of(mine)))["node"] == seen
    assert (await told(mayor, node, id=id_of(other)))["node"] is None
