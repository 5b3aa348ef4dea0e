"""Ending a lease before its time: a deliberate act with its date, cause and reason; not the same as expiry."""

from datetime import date

import pytest

from models.agreements import AgreementStage, Lease
from models.audit import Verb
from models.outbox import Notice
from models.people import Role
from tests import builders
from tests.door import HOSTILE, Said, bad_ids, changed, done, forbidden, id_of, id_text, last_entry, once, refusal, told

TERMINATE = """mutation ($input: TerminateLeaseInput!) { terminateLease(input: $input) {
    lease { number stage standing endsOn termination { reason basis effectiveOn } } errors { code message path } } }"""
END = {"reason": "El centro se mudó.", "basis": "MUTUAL_CONSENT", "effectiveOn": "2026-06-30"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_it_rules_until_the_eve_and_the_trail_keeps_why() -> None:
    center = await builders.center()
    lease, lawyer = await builders.lease(center), await builders.person(Role.LEGAL)
    director = await builders.person(Role.DIRECTOR)

    payload = await done(lawyer, TERMINATE, leaseId=id_of(lease), expectedVersion=1, **END)

    assert payload["lease"] == {
        "number": lease.number, "stage": "TERMINATED", "standing": "IN_FORCE", "endsOn": "2026-12-31",
        "termination": {"reason": "El centro se mudó.", "basis": "MUTUAL_CONSENT", "effectiveOn": "2026-06-30"},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.TERMINATE_LEASE, str(lease.id))
    assert changed(entry, lease)["terminated_on"] == (None, "2026-06-30")
    assert (await Notice.get()).recipient == director.email
    query = """query ($asOf: Date, $code: String!) { leases(asOf: $asOf, filter: { standing: [IN_FORCE, EXPIRING] }) {
        totalCount } center(code: $code) { tenure(asOf: $asOf) { basis instrument { __typename } } } }"""
    for day, ruling in [("2026-06-29", True), ("2026-06-30", False), ("2026-02-01", True)]:
        shown = await told(lawyer, query, asOf=day, code=center.code)
        basis = shown["center"]["tenure"]["basis"]
        assert (shown["leases"]["totalCount"], basis) == ((1, "LEASE") if ruling else (0, "NONE_ON_RECORD")), day


async def test_it_ends_once_and_only_what_is_signed_and_runs() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    for more, words in [
        ({"stage": AgreementStage.REQUESTED}, "no está firmado"),
        ({"stage": AgreementStage.WITHDRAWN}, "no está firmado"),
        ({"stage": AgreementStage.TERMINATED, "terminated_on": date(2026, 2, 1)}, "ya terminó"),
        ({"ends_on": date(2026, 3, 1)}, "ya venció"),
    ]:
        lease = await builders.lease(center, **more)
        said = await refusal(lawyer, TERMINATE, leaseId=id_of(lease), **END)
        assert (said.code, words in said.message) == ("NOT_ALLOWED_NOW", True)
    lease = await builders.lease(center)
    await once(lawyer, TERMINATE, leaseId=id_of(lease), **END)


async def test_wrong_values_and_people() -> None:
    lease = await builders.lease(await builders.center(), version=2)
    endless = await builders.lease(await builders.center(), ends_on=None)
    lawyer = await builders.person(Role.LEGAL)
    good = {"leaseId": id_of(lease), **END}
    for more, code, path in [
        ({"reason": " "}, "BAD_USER_INPUT", "reason"),
        ({"reason": "x" * 2001}, "BAD_USER_INPUT", "reason"),
        *(({"effectiveOn": day}, "BAD_USER_INPUT", "effectiveOn") for day in ("2025-12-31", "2027-01-01")),
        ({"effectiveOn": "9999-12-31", "leaseId": id_of(endless)}, "BAD_USER_INPUT", "effectiveOn"),
        ({"expectedVersion": 1}, "STALE", "expectedVersion"),
        *(({"leaseId": given}, "BAD_USER_INPUT", "leaseId") for given in bad_ids("Lease", "Convention")),
    ]:
        said = await refusal(lawyer, TERMINATE, **good | more)
        assert (said.code, said.path) == (code, path)
    gone = Said("NOT_FOUND", "leaseId", "No se encontró el arrendamiento.")
    assert await refusal(lawyer, TERMINATE, **good | {"leaseId": id_text("Lease")}) == gone
    for role in (Role.COORDINATOR, Role.DIRECTOR, Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), TERMINATE, **good)


async def test_any_reason_is_kept_as_typed() -> None:
    lawyer, center = await builders.person(Role.LEGAL), await builders.center()
    for text in HOSTILE:
        lease = await builders.lease(center)
        await done(lawyer, TERMINATE, leaseId=id_of(lease), **END | {"reason": text})
        assert (await Lease.get(id=lease.id)).termination_reason == text
