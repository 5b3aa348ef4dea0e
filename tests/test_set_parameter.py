"""Legal parameters: dated values that close one another, confirmed by a lawyer, and what they do until then."""

from datetime import date
from typing import Any

import pytest

from actions.loading import table
from models.audit import Verb
from models.calendar import LegalParameter
from models.outbox import Notice
from models.parameters import RULES, WhileUnconfirmed, rule_of
from models.people import Role, User
from reads.calendar import legal_parameter
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

SET = """mutation ($input: SetParameterInput!) { setParameter(input: $input) {
  parameter { id code title value unit legalBasis note confirmed validFrom validTo inForce whileUnconfirmed matter }
  errors { code message path } } }"""
CONFIRM = """mutation ($input: ConfirmParameterInput!) { confirmParameter(input: $input) {
  parameter { value confirmed confirmedOn legalBasis confirmedBy { name } } errors { code message path } } }"""
LIST = """query ($code: String, $on: Date, $over: Boolean, $confirmed: Boolean) {
  legalParameters(code: $code, on: $on, over: $over, confirmed: $confirmed) {
    totalCount nodes { code value validFrom validTo } } }"""
CODE = "RETURN_ANSWER_DAYS"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def seeded(**more: Any) -> LegalParameter:
    """Return a value as the office starts with it."""
    values = {"code": CODE, "title": "Días para responder", "value": 15, "unit": "días hábiles"}
    return await LegalParameter.create(**values | {"valid_from": date(2024, 1, 1)} | more)


async def listed(person: User, **asked: Any) -> list[tuple[int, str, str | None]]:
    """Return value and dates of what the list shows."""
    page = (await told(person, LIST, **asked))["legalParameters"]
    return [(one["value"], one["validFrom"], one["validTo"]) for one in page["nodes"]]


@pytest.mark.both_databases
async def test_a_new_value_closes_the_one_before_on_the_eve(clock: Clock) -> None:
    admin, head = await builders.person(Role.ADMIN), await builders.person(Role.LEGAL_HEAD)
    old = await seeded()

    payload = await done(
        admin, SET, code=CODE, value=10, validFrom="2026-04-01", legalBasis="Acuerdo 3-2026", note="Por circular"
    )

    shown = payload["parameter"]
    new = await LegalParameter.get(valid_from=date(2026, 4, 1))
    assert shown == {
        "id": id_of(new), "code": CODE, "title": "Días para responder", "value": 10, "unit": "días hábiles",
        "legalBasis": "Acuerdo 3-2026", "note": "Por circular", "confirmed": False, "validFrom": "2026-04-01",
        "validTo": None, "inForce": False, "whileUnconfirmed": "HOLDS", "matter": None,
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.SET_PARAMETER, str(new.id))
    assert changed(entry, old) == {"valid_to": (None, "2026-03-31")}
    assert await legal_parameter(CODE, on=date(2026, 3, 31)) == 15
    assert await legal_parameter(CODE, on=date(2026, 4, 1)) == 10
    notice = await Notice.get()
    assert (notice.recipient, notice.subject) == (head.email, f"Parámetro por confirmar: {CODE}")
    # One that begins before it ends on its eve.
    await done(admin, SET, code=CODE, value=12, validFrom="2026-03-15")
    assert await listed(admin, code=CODE) == [
        (15, "2024-01-01", "2026-03-14"), (10, "2026-04-01", None), (12, "2026-03-15", "2026-03-31"),
    ]  # fmt: skip
    clock.move_to(date(2026, 4, 1))
    assert await listed(admin, on="2026-04-01") == [(10, "2026-04-01", None)]
    assert await listed(admin, over=False) == [(10, "2026-04-01", None)]


async def test_a_value_of_the_same_day_replaces_what_was_set() -> None:
    admin = await builders.person(Role.ADMIN)
    await seeded()
    await done(admin, SET, code=CODE, value=51)
    row = await LegalParameter.get(value=51)
    await done(await builders.person(Role.LEGAL), CONFIRM, parameterId=id_of(row))

    await done(admin, SET, code=CODE, value=15)

    assert await LegalParameter.all().count() == 2
    after = await LegalParameter.get(id=row.id)
    assert (after.value, after.confirmed, after.confirmed_by_id, after.confirmed_on) == (15, False, None, None)
    assert changed(await last_entry(), row)["value"] == (51, 15)


async def test_only_what_makes_sense_is_set() -> None:
    admin = await builders.person(Role.ADMIN)
    for code, value in [(CODE, 0), (CODE, 61), (CODE, -5), ("DICTAMEN_VOBO_REQUIRED", 2), ("LEASE_ACTA_MOST", 10**9)]:
        assert (await refusal(admin, SET, code=code, value=value)).path == "value"
    for code in ("", "OTRO", f"{CODE}.LEASE_ACTA", "REVIEW_DEADLINE_DAYS.NADA", "REVIEW_DEADLINE_DAYS.", "x" * 500):
        assert (await refusal(admin, SET, code=code, value=10)).path == "code", code
    said = await refused(admin, SET, code="OTRO", value=1, legalBasis="x" * 241, note="x" * 2001)
    assert [one.path for one in said] == ["code", "legalBasis", "note"]
    assert (await refusal(admin, SET, code=CODE, value=10, validFrom="2026-03-01")).path == "validFrom"
    for n, text in enumerate(HOSTILE, start=3):
        payload = await done(admin, SET, code=CODE, value=10, validFrom=f"2026-03-{n:02d}", legalBasis=text, note=text)
        assert (payload["parameter"]["legalBasis"], payload["parameter"]["note"]) == (text, text)


async def test_a_matter_may_have_its_own_days() -> None:
    admin = await builders.person(Role.ADMIN)
    payload = await done(admin, SET, code="review_deadline_days.opinion", value=4)
    shown = payload["parameter"]
    assert (shown["code"], shown["unit"]) == ("REVIEW_DEADLINE_DAYS.OPINION", "días hábiles")
    assert (shown["title"], shown["matter"]) == (RULES["REVIEW_DEADLINE_DAYS"].title, "OPINION")


async def test_a_lawyer_confirms_a_value_once(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    row = await seeded(legal_basis="Sin base")
    assert len(await listed(lawyer, confirmed=False)) == 1

    payload = await done(lawyer, CONFIRM, parameterId=id_of(row), legalBasis="Circular 4-2026")

    assert payload["parameter"] == {
        "value": 15, "confirmed": True, "confirmedOn": "2026-03-02", "legalBasis": "Circular 4-2026",
        "confirmedBy": {"name": lawyer.name},
    }  # fmt: skip
    assert (await last_entry()).verb == Verb.CONFIRM_PARAMETER
    assert (await refusal(lawyer, CONFIRM, parameterId=id_of(row))).code == "NOT_ALLOWED_NOW"
    past = await seeded(code="COUNCIL_MINUTE_DAYS", valid_to=date(2026, 3, 1))
    assert "01/03/2026" in (await refusal(lawyer, CONFIRM, parameterId=id_of(past))).message
    assert (await refusal(lawyer, CONFIRM, parameterId=id_text("LegalParameter"))).code == "NOT_FOUND"
    for bad in bad_ids("LegalParameter"):
        assert (await refusal(lawyer, CONFIRM, parameterId=bad)).path == "parameterId"


async def test_unconfirmed_values_hold_or_only_warn_as_their_rule_says() -> None:
    on = date(2026, 3, 2)
    for code, rule in RULES.items():
        assert await legal_parameter(code, on=on) == rule.default
        other = rule.least if rule.default != rule.least else rule.most
        row = await seeded(code=code, value=other)
        holds = rule.unconfirmed == WhileUnconfirmed.HOLDS
        assert await legal_parameter(code, on=on) == (other if holds else rule.default), code
        await LegalParameter.filter(id=row.id).update(confirmed=True)
        assert await legal_parameter(code, on=on) == other
    assert {code for code, rule in RULES.items() if rule.unconfirmed == WhileUnconfirmed.WARNS} == {
        "DICTAMEN_VOBO_REQUIRED", "LEASE_ACTA_MOST", "RETURN_LAPSE_DAYS",
    }  # fmt: skip


def test_every_value_that_an_office_starts_with_is_known() -> None:
    rows = table("legal_parameters.csv")
    for row in rows:
        rule = rule_of(row["code"])
        assert rule, row["code"]
        assert rule.unit == row["unit"]
        assert rule.least <= int(row["value"]) <= rule.most
        assert row["title"] == rule.title or "." in row["code"]
    assert {row["code"] for row in rows} >= RULES.keys()


async def test_who_sets_and_who_confirms() -> None:
    row = await seeded()
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        if role != Role.ADMIN:
            await forbidden(person, SET, code=CODE, value=10)
        if role not in (Role.LEGAL, Role.LEGAL_HEAD):
            await forbidden(person, CONFIRM, parameterId=id_of(row))
    await forbidden(None, SET, code=CODE, value=10)


async def test_the_same_click_sets_once() -> None:
    await once(await builders.person(Role.ADMIN), SET, code=CODE, value=10)
    assert await LegalParameter.all().count() == 1
