"""The directory of departmental offices: added, corrected, closed on a day, and read by everybody."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.people import Role, User
from models.places import DepartmentalOffice
from tests import builders
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
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
    told,
)

SAVE = """mutation ($input: SaveOfficeInput!) { saveOffice(input: $input) {
  office { id name address phone validFrom validTo open department { code } } errors { code message path } } }"""
OPEN = "query ($on: Date) { departmentalOffices(asOf: $on) { name } }"
ALL = "{ officeDirectory { name open } programs { code name direction } }"
GOOD: dict[str, Any] = {
    "name": "Sede de Cobán",
    "departmentCode": "16",
    "address": "4a. calle 1-20",
    "phone": "79520000",
}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def named(person: User, on: str | None = None) -> list[str]:
    """Return the names of the offices open on a day."""
    return [one["name"] for one in (await told(person, OPEN, on=on))["departmentalOffices"]]


@pytest.mark.both_databases
async def test_an_office_opens_is_corrected_and_closes(clock: Clock) -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)

    payload = await done(admin, SAVE, validFrom="2026-04-01", **GOOD)

    office = await DepartmentalOffice.get()
    shown = {name: GOOD[name] for name in ("name", "address", "phone")} | {"department": {"code": "16"}}
    assert payload["office"] == shown | {
        "id": id_of(office), "validFrom": "2026-04-01", "validTo": None, "open": False,
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.SAVE_OFFICE, "DepartmentalOffice", str(office.id),
    )  # fmt: skip
    assert await named(admin) == []
    assert await named(admin, "2026-04-01") == ["Sede de Cobán"]
    moved = GOOD | {"address": "Otra calle", "phone": "", "validFrom": "2026-04-01", "validTo": "2026-12-31"}
    payload = await done(admin, SAVE, officeId=id_of(office), **moved)
    assert payload["office"]["validTo"] == "2026-12-31"
    assert changed(await last_entry(), office) == {
        "address": (GOOD["address"], "Otra calle"), "phone": (GOOD["phone"], ""), "valid_to": (None, "2026-12-31"),
    }  # fmt: skip
    assert await named(admin, "2026-12-31") == ["Sede de Cobán"]
    assert await named(admin, "2027-01-01") == []
    clock.move_to(date(2027, 1, 1))
    assert (await told(admin, ALL))["officeDirectory"] == [{"name": "Sede de Cobán", "open": False}]


async def test_a_department_may_have_two_and_a_name_only_one() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    await done(admin, SAVE, **GOOD | {"validTo": "2025-12-31"})
    await done(admin, SAVE, **GOOD | {"name": "Sede de Tactic"})
    for name in ("Sede de Cobán", "SEDE DE COBAN "):
        said = await refusal(admin, SAVE, **GOOD | {"name": name})
        assert (said.code, said.path) == ("CONFLICT", "name")
        assert "cerrada el 31/12/2025" in said.message
    other = await DepartmentalOffice.get(name="Sede de Tactic")
    assert (await refusal(admin, SAVE, officeId=id_of(other), **GOOD)).path == "name"
    await done(admin, SAVE, officeId=id_of(other), **GOOD | {"name": "Sede de Tactic"})


async def test_what_is_wrong_is_said_at_once() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    said = await refused(
        admin, SAVE, name=" ", departmentCode="99", address="x" * 201, phone="9" * 41, validFrom="1899-01-01"
    )
    assert [one.path for one in said] == ["name", "address", "phone", "validFrom", "departmentCode"]
    said = await refused(admin, SAVE, **GOOD | {"validFrom": "2026-02-01", "validTo": "2026-01-31"})
    assert [one.path for one in said] == ["validTo"]
    for code in ("", "1", "016", "x" * 500):
        assert (await refusal(admin, SAVE, **GOOD | {"departmentCode": code})).path == "departmentCode"
    assert (await refusal(admin, SAVE, officeId=id_text("DepartmentalOffice"), **GOOD)).code == "NOT_FOUND"
    for bad in bad_ids("DepartmentalOffice"):
        if bad:
            assert (await refusal(admin, SAVE, officeId=bad, **GOOD)).path == "officeId"
    for text in HOSTILE:
        payload = await done(admin, SAVE, **GOOD | {"name": text, "address": text})
        assert (payload["office"]["name"], payload["office"]["address"]) == (text, text)


async def test_everybody_reads_the_directory_and_administrators_keep_it() -> None:
    await builders.places()
    office = await builders.office()
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        shown = await told(person, ALL)
        assert [one["name"] for one in shown["officeDirectory"]] == [office.name]
        assert {one["code"]: one["direction"] for one in shown["programs"]}["HC"] == (
            "Dirección de Hogares Comunitarios"
        )
        if role != Role.ADMIN:
            await forbidden(person, SAVE, **GOOD)
    await forbidden(None, SAVE, **GOOD)


async def test_the_same_click_adds_one() -> None:
    await builders.places()
    await once(await builders.person(Role.ADMIN), SAVE, **GOOD)
    assert await DepartmentalOffice.all().count() == 1
