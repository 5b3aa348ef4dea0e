"""The checklist catalog: what a file was asked for never changes, every other line is corrected or succeeded."""

from datetime import date
from typing import Any

import pytest

from actions.agreements import request_renewal
from models.audit import Verb
from models.outbox import Notice
from models.people import Role, User
from models.reviews import Requirement, ReviewRequirement
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

SHOWN = """code title help legalBasis withoutLegalBasis mandatory conventionKind program matter municipalOnly confirmed
  validFrom validTo inForce position uses"""
SAVE = f"""mutation ($input: SaveRequirementInput!) {{ saveRequirement(input: $input) {{
  requirement {{ {SHOWN} history {{ code validFrom validTo }} }} errors {{ code message path }} }} }}"""
RETIRE = """mutation ($input: RetireRequirementInput!) { retireRequirement(input: $input) {
  requirement { code validTo inForce } errors { code message path } } }"""
CONFIRM = """mutation ($input: ConfirmRequirementInput!) { confirmRequirement(input: $input) {
  requirement { code confirmed } errors { code message path } } }"""
CATALOG = """query ($filter: RequirementFilter, $first: Int = 100, $after: String) {
  requirementCatalog(filter: $filter, first: $first, after: $after) {
    totalCount nodes { code } pageInfo { endCursor hasNextPage } } }"""
GOOD: dict[str, Any] = {"title": "Solicitud firmada", "help": "Una carta.", "legalBasis": "Art. 28", "mandatory": True}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def catalog(person: User, **filter: Any) -> list[str]:
    """Return the codes that the catalog lists under a filter."""
    page = (await told(person, CATALOG, filter=filter))["requirementCatalog"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["code"] for node in page["nodes"]]


async def asked_once(code: str = "SOLICITUD") -> Requirement:
    """Return a line of the catalog that one file was asked for."""
    line = await builders.requirement(code, title="Solicitud", mandatory=True, confirmed=True)
    await request_renewal(actor=await builders.person(Role.MUNICIPAL), convention_id=(await builders.convention()).id)
    assert await ReviewRequirement.filter(requirement_id=line.id).count() == 1
    return line


async def test_a_line_is_added_and_asked_for_from_its_day(clock: Clock) -> None:
    admin, mayor = await builders.person(Role.ADMIN), await builders.person(Role.MUNICIPAL)
    await builders.requirement("PRIMERO", position=7)

    payload = await done(
        admin, SAVE, code=" solicitud ", conventionKind="CONVENIO", program="MAD", municipalOnly=True,
        validFrom="2026-03-03", **GOOD,
    )  # fmt: skip

    assert payload["requirement"] == GOOD | {
        "code": "SOLICITUD", "withoutLegalBasis": False, "conventionKind": "CONVENIO", "program": "MAD",
        "matter": None, "municipalOnly": True, "confirmed": False, "validFrom": "2026-03-03", "validTo": None,
        "inForce": False, "position": 8, "uses": 0,
        "history": [{"code": "SOLICITUD", "validFrom": "2026-03-03", "validTo": None}],
    }  # fmt: skip
    entry = await last_entry()
    made = await Requirement.get(code="SOLICITUD")
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.SAVE_REQUIREMENT, "Requirement", str(made.id),
    )  # fmt: skip
    assert changed(entry, made)["title"] == (None, "Solicitud firmada")
    before = await request_renewal(actor=mayor, convention_id=(await builders.convention()).id)
    clock.move_to(date(2026, 3, 3))
    after = await request_renewal(actor=mayor, convention_id=(await builders.convention()).id)
    lines = [await ReviewRequirement.filter(review=file).values_list("code", flat=True) for file in (before, after)]
    assert lines == [["PRIMERO"], ["PRIMERO", "SOLICITUD"]]


@pytest.mark.both_databases
async def test_a_line_that_a_file_was_asked_for_is_succeeded(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    old = await asked_once()
    copied = await ReviewRequirement.get()
    clock.move_to(date(2026, 5, 4))

    payload = await done(admin, SAVE, requirementId=id_of(old), **GOOD)

    new = payload["requirement"]
    assert (new["code"], new["title"], new["validFrom"], new["confirmed"]) == (
        "SOLICITUD-2", "Solicitud firmada", "2026-05-04", False,
    )  # fmt: skip
    assert new["position"] == old.position
    assert new["history"] == [
        {"code": "SOLICITUD-2", "validFrom": "2026-05-04", "validTo": None},
        {"code": "SOLICITUD", "validFrom": old.valid_from.isoformat(), "validTo": "2026-05-03"},
    ]
    kept = await Requirement.get(id=old.id)
    assert (kept.title, kept.mandatory, kept.confirmed) == ("Solicitud", True, True)
    assert changed(await last_entry(), kept) == {"valid_to": (None, "2026-05-03")}
    after = await ReviewRequirement.get(id=copied.id)
    assert (after.title, after.code, after.requirement_id) == ("Solicitud", "SOLICITUD", old.id)
    # The line retired is changed no more; the one that holds is, and gets the next number when it was used.
    said = await refusal(admin, SAVE, requirementId=id_of(old), **GOOD)
    assert (said.code, "03/05/2026" in said.message) == ("NOT_ALLOWED_NOW", True)
    mayor = await builders.person(Role.MUNICIPAL)
    await request_renewal(actor=mayor, convention_id=(await builders.convention()).id)
    second = await Requirement.get(code="SOLICITUD-2")
    third = await done(admin, SAVE, requirementId=id_of(second), **GOOD | {"mandatory": False})
    assert (third["requirement"]["code"], third["requirement"]["validFrom"]) == ("SOLICITUD-3", "2026-05-04")
    assert await catalog(admin, inForceOn="2026-05-04") == ["SOLICITUD-3"]
    assert await catalog(admin, inForceOn="2026-05-03") == ["SOLICITUD"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Otra"}, {"help": "Otra ayuda"}, {"legalBasis": ""}, {"mandatory": False},
        {"conventionKind": "CARTA_ENTENDIMIENTO"}, {"program": "HC"}, {"municipalOnly": True},
    ],
)  # fmt: skip
async def test_every_word_and_duty_of_a_used_line_counts(change: dict[str, Any]) -> None:
    admin = await builders.person(Role.ADMIN)
    old = await asked_once()
    same = {"title": old.title, "help": old.help, "legalBasis": old.legal_basis, "mandatory": True}

    await done(admin, SAVE, requirementId=id_of(old), **same | {"position": 40})
    assert (await Requirement.get()).position == 40, "its place in the list is no wording"
    payload = await done(admin, SAVE, requirementId=id_of(old), **same | change)

    assert payload["requirement"]["code"] == "SOLICITUD-2"
    assert (await Requirement.get(id=old.id)).title == "Solicitud"


async def test_a_line_that_nobody_was_asked_for_is_corrected() -> None:
    admin, head = await builders.person(Role.ADMIN), await builders.person(Role.LEGAL_HEAD)
    line = await builders.requirement("CROQUIS", confirmed=True)

    payload = await done(admin, SAVE, requirementId=id_of(line), **GOOD)

    assert (payload["requirement"]["code"], payload["requirement"]["title"]) == ("CROQUIS", "Solicitud firmada")
    assert not payload["requirement"]["confirmed"], "a lawyer confirmed another wording"
    notice = await Notice.get()
    assert (notice.recipient, notice.subject) == (head.email, "Requisito por confirmar: CROQUIS")
    assert await Requirement.all().count() == 1


async def test_a_change_may_begin_later(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    line = await builders.requirement("CROQUIS")

    payload = await done(admin, SAVE, requirementId=id_of(line), validFrom="2026-07-01", **GOOD)

    assert (payload["requirement"]["code"], payload["requirement"]["inForce"]) == ("CROQUIS-2", False)
    assert (await Requirement.get(id=line.id)).valid_to == date(2026, 6, 30)
    coming = await Requirement.get(code="CROQUIS-2")
    payload = await done(admin, SAVE, requirementId=id_of(coming), validFrom="2026-08-01", **GOOD)
    assert payload["requirement"]["validFrom"] == "2026-08-01", "what has not begun is corrected, its day too"
    said = await refusal(admin, SAVE, requirementId=id_of(coming), validFrom="2026-03-01", **GOOD)
    assert (said.code, said.path) == ("BAD_USER_INPUT", "validFrom")


async def test_a_code_names_one_line_at_a_time(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    await done(admin, SAVE, code="CROQUIS", **GOOD)
    for taken in ("CROQUIS", "croquis "):
        said = await refusal(admin, SAVE, code=taken, **GOOD)
        assert (said.code, said.path) == ("CONFLICT", "code")
        assert "CROQUIS: «Solicitud firmada»" in said.message
    # One code is the beginning of another's.
    assert (await done(admin, SAVE, code="CROQUIS_CADI", **GOOD))["requirement"]["code"] == "CROQUIS_CADI"
    await done(admin, RETIRE, requirementId=id_of(await Requirement.get(code="CROQUIS")))
    assert (await done(admin, SAVE, code="CROQUIS", **GOOD))["requirement"]["code"] == "CROQUIS-2"


async def test_what_is_wrong_with_a_line_is_said_at_once() -> None:
    admin = await builders.person(Role.ADMIN)
    wrong = {
        "code": "1 acta", "title": " ", "help": "x" * 4001, "legalBasis": "y" * 241, "position": 1000,
        "matter": "CONVENTION_MAD", "municipalOnly": True,
    }  # fmt: skip
    said = await refused(admin, SAVE, **wrong)
    assert [one.path for one in said] == ["title", "help", "legalBasis", "position", "matter", "matter", "code"]
    for code in ("", "A", "ACTA-2", "ACTA CONCEJO", "ÁCTA", "A" * 35, "_ACTA"):
        assert (await refusal(admin, SAVE, code=code, **GOOD)).path == "code", code
    for bad in bad_ids("Requirement"):
        if bad:
            assert (await refusal(admin, SAVE, requirementId=bad, **GOOD)).path == "requirementId"
    assert (await refusal(admin, SAVE, requirementId=id_text("Requirement"), **GOOD)).code == "NOT_FOUND"
    for text in HOSTILE:
        payload = await done(admin, SAVE, code=f"COD_{HOSTILE.index(text)}", **GOOD | {"title": text, "help": text})
        assert (payload["requirement"]["title"], payload["requirement"]["help"]) == (text, text)


@pytest.mark.both_databases
async def test_lines_of_other_matters_than_conventions() -> None:
    admin = await builders.person(Role.ADMIN)
    await done(admin, SAVE, code="TITULO_INMUEBLE", matter="LEASE_CONTRACT", **GOOD)
    await done(admin, SAVE, code="SOLICITUD", **GOOD)
    await done(admin, SAVE, code="CROQUIS", program="HC", **GOOD | {"legalBasis": ""})

    assert await catalog(admin, matter="LEASE_CONTRACT") == ["TITULO_INMUEBLE"]
    assert await catalog(admin, conventionKind="CONVENIO") == ["SOLICITUD", "CROQUIS"]
    assert await catalog(admin, program="MAD") == ["TITULO_INMUEBLE", "SOLICITUD"]
    assert await catalog(admin, withoutLegalBasis=True) == ["CROQUIS"]
    assert await catalog(admin, search="CRÓQUIS") == ["CROQUIS"]
    assert await catalog(admin, search="solicitud art. 28") == ["TITULO_INMUEBLE", "SOLICITUD"]
    first = (await told(admin, CATALOG, first=2))["requirementCatalog"]
    rest = await told(admin, CATALOG, first=2, after=first["pageInfo"]["endCursor"])
    assert [node["code"] for node in rest["requirementCatalog"]["nodes"]] == ["CROQUIS"]


async def test_retiring_keeps_what_files_were_asked_for(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    line = await asked_once()

    payload = await done(admin, RETIRE, requirementId=id_of(line), retiredFrom="2026-04-01")
    assert payload["requirement"] == {"code": "SOLICITUD", "validTo": "2026-03-31", "inForce": True}
    assert await catalog(admin, retired=True) == []
    clock.move_to(date(2026, 4, 1))
    assert await catalog(admin) == []
    assert await catalog(admin, retired=True) == ["SOLICITUD"]
    assert (await ReviewRequirement.get()).title == "Solicitud"
    for deed in (RETIRE, CONFIRM):
        person = admin if deed == RETIRE else await builders.person(Role.LEGAL)
        said = await refusal(person, deed, requirementId=id_of(line))
        assert (said.code, "01/04/2026" in said.message) == ("NOT_ALLOWED_NOW", True)
    said = await refusal(
        admin, RETIRE, requirementId=id_of(await builders.requirement("OTRO")), retiredFrom="2026-03-31"
    )
    assert said.path == "retiredFrom"


async def test_a_line_that_another_follows_is_not_retired_twice() -> None:
    admin = await builders.person(Role.ADMIN)
    line = await builders.requirement("CROQUIS")
    await done(admin, SAVE, requirementId=id_of(line), validFrom="2026-07-01", **GOOD)
    said = await refusal(admin, RETIRE, requirementId=id_of(line))
    assert "CROQUIS-2" in said.message
    await done(admin, RETIRE, requirementId=id_of(await Requirement.get(code="CROQUIS-2")))
    assert await catalog(admin, inForceOn="2026-07-01") == []


async def test_a_lawyer_confirms_a_line_once() -> None:
    lawyer = await builders.person(Role.LEGAL)
    line = await builders.requirement("CROQUIS")
    assert await catalog(lawyer, confirmed=False) == ["CROQUIS"]
    await done(lawyer, CONFIRM, requirementId=id_of(line))
    assert (await last_entry()).verb == Verb.CONFIRM_REQUIREMENT
    assert await catalog(lawyer, confirmed=True) == ["CROQUIS"]
    assert (await refusal(lawyer, CONFIRM, requirementId=id_of(line))).code == "NOT_ALLOWED_NOW"


async def test_who_keeps_the_catalog() -> None:
    line = {"requirementId": id_of(await builders.requirement("CROQUIS"))}
    for role in (Role.LEGAL, Role.LEGAL_HEAD, Role.DIRECTOR, Role.COORDINATOR, Role.MUNICIPAL, Role.AUDITOR):
        person = await builders.person(role)
        await forbidden(person, SAVE, code="NUEVO", **GOOD)
        await forbidden(person, RETIRE, **line)
        if role not in (Role.LEGAL, Role.LEGAL_HEAD):
            await forbidden(person, CONFIRM, **line)
    await forbidden(await builders.person(Role.ADMIN), CONFIRM, **line)
    await forbidden(None, SAVE, code="NUEVO", **GOOD)


async def test_the_same_click_adds_one_line() -> None:
    await once(await builders.person(Role.ADMIN), SAVE, code="CROQUIS", **GOOD)
    assert await Requirement.all().count() == 1
