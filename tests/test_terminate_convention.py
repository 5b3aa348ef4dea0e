"""Ending a convention early: a deliberate act with reason and date; it rules until the eve, nothing reminds after."""

from datetime import date
from typing import Any

import httpx
import pytest

from actions.reminders import remind
from models.agreements import AgreementStage, Convention, Standing, standing_is
from models.audit import Verb
from models.ladders import Instrument
from models.outbox import Notice, Reminder
from models.people import Role
from models.reviews import ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock, FreshDatabase
from tests.door import (
    HOSTILE,
    changed,
    contract,
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

END = contract("terminate-convention")
GOOD: dict[str, Any] = {"reason": "Cierre del centro", "effectiveOn": "2026-03-10", "basis": "MUTUAL_CONSENT"}
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.mark.both_databases
async def test_it_rules_until_the_eve(db: FreshDatabase, clock: Clock) -> None:
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    center = await builders.center()
    of = await builders.convention(centers=[center])

    made = await once(lawyer, END, conventionId=id_of(of), expectedVersion=1, **GOOD)

    assert made["convention"] == {
        "number": of.number, "stage": "TERMINATED", "standing": "EXPIRING",
        "termination": {"reason": "Cierre del centro", "basis": "MUTUAL_CONSENT", "effectiveOn": "2026-03-10"},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.TERMINATE_CONVENTION, str(of.id))
    noted = changed(entry, of)
    assert (noted["stage"], noted["terminated_on"]) == (("SIGNED", "TERMINATED"), (None, "2026-03-10"))
    query = """query ($code: String!, $on: Date) { center(code: $code) { alarms(asOf: $on) { code message }
        tenure(asOf: $on) { basis endsOn daysLeft instrument { ... on Convention { number } } } } }"""
    for day, standing, basis in (
        ("2026-03-09", Standing.EXPIRING, "CONVENTION"),
        ("2026-03-10", Standing.ENDED, "NONE_ON_RECORD"),
    ):
        on = date.fromisoformat(day)
        assert await Convention.filter(standing_is(standing, on=on)).count() == 1
        shown = (await told(director, query, code=center.code, on=day))["center"]
        assert shown["tenure"]["basis"] == basis, day
    shown = (await told(director, query, code=center.code))["center"]
    assert (shown["tenure"]["endsOn"], shown["tenure"]["daysLeft"]) == ("2026-03-09", 7)
    (alarm,) = [one for one in shown["alarms"] if one["code"] == "INSTRUMENT_EXPIRING"]
    assert alarm["message"] == f"{of.number} termina antes de su plazo: rige hasta el 09/03/2026."


async def test_reminders_stop_and_it_is_due_no_more(clock: Clock) -> None:
    head, engine = await builders.person(Role.LEGAL_HEAD), await stages.engine()
    of = await builders.convention()
    await done(head, END, conventionId=id_of(of), **GOOD)

    for day in (date(2026, 3, 2), date(2026, 3, 16), date(2026, 4, 15)):
        clock.move_to(day)
        await remind(actor=engine, instrument=Instrument.CONVENTION)

    assert await Reminder.all().count() == 0
    assert (await told(head, contract("renewals-due"), withinDays=3660))["renewalsDue"]["totalCount"] == 0


async def test_everybody_is_told_and_the_renewal_goes_on(clock: Clock) -> None:
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    people = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    of = await builders.convention()
    await builders.further_party(of, at=builders.MIXCO)
    renewal = await builders.convention(renews=of, stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None)
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=renewal, assignee=lawyer)

    await done(lawyer, END, conventionId=id_of(of), **GOOD)

    notices = await Notice.filter(key=f"terminated:{of.number}:{people[1].email}")
    assert "con efecto el 10/03/2026. Motivo: Cierre del centro" in notices[0].body
    assert f"Su renovación {review.code} está en trámite" in notices[0].body
    recipients = set(await Notice.filter(key__startswith="terminated:").values_list("recipient", flat=True))
    assert {one.email for one in (lawyer, director, *people)} <= recipients
    assert (await Convention.get(id=renewal.id)).stage == AgreementStage.READY_TO_SIGN
    # The renewal then begins the day after the early end, not after the end that was meant.
    signatory = await builders.person(Role.SIGNATORY)
    who = {"signerName": "a", "capacity": "b", "place": "c", "signedOn": "2026-03-02", "subjectId": id_of(renewal)}
    for side in ("SOSEP", "COUNTERPART"):
        await done(signatory, contract("record-signature"), **who, side=side)
    assert (await Convention.get(id=renewal.id)).starts_on == date(2026, 3, 10)


async def test_only_what_is_signed_and_has_not_ended() -> None:
    lawyer = await builders.person(Role.LEGAL)
    none = {"starts_on": None, "ends_on": None}
    for more, words in [
        ({"stage": AgreementStage.REQUESTED} | none, "no está firmado"),
        ({"stage": AgreementStage.IN_REVIEW} | none, "no está firmado"),
        ({"stage": AgreementStage.READY_TO_SIGN} | none, "desista de la solicitud"),
        ({"stage": AgreementStage.WITHDRAWN} | none, "no está firmado"),
        ({"ends_on": date(2026, 3, 1)}, "venció el 01/03/2026"),
        ({"stage": AgreementStage.TERMINATED, "terminated_on": date(2026, 3, 20)}, "ya se terminó con efecto el 20"),
    ]:
        of = await builders.convention(**more)
        said = await refusal(lawyer, END, conventionId=id_of(of), **GOOD)
        assert said.code == "NOT_ALLOWED_NOW"
        assert of.number in said.message
        assert words in said.message


async def test_the_day_lies_in_the_term_and_not_far_back() -> None:
    lawyer = await builders.person(Role.LEGAL)
    running = await builders.convention()
    young = await builders.convention(starts_on=date(2026, 2, 20), ends_on=None)
    unborn = await builders.convention(starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
    for of, day, words in [
        (running, "2026-01-30", "del 31/01/2026"),
        (running, "2025-03-31", "del 31/01/2026"),
        (running, "2026-04-01", "al 31/03/2026"),
        (running, "9999-12-31", "al 31/03/2026"),
        (running, "0001-01-01", "30 días atrás"),
        (young, "2026-02-19", "del 20/02/2026"),
        (young, "2036-03-02", "al 01/03/2036"),
        (unborn, "2026-03-31", "del 01/04/2026"),
    ]:
        said = await refusal(lawyer, END, conventionId=id_of(of), **GOOD | {"effectiveOn": day})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "effectiveOn")
        assert words in said.message, said
    for of, day, standing in [
        (running, "2026-01-31", "ENDED"), (young, "2036-03-01", "IN_FORCE"), (unborn, "2026-04-01", "PENDING"),
    ]:  # fmt: skip
        made = await done(lawyer, END, conventionId=id_of(of), **GOOD | {"effectiveOn": day})
        assert made["convention"]["standing"] == standing
    assert await Convention.filter(standing_is(Standing.ENDED, on=date(2026, 4, 1))).count() == 2


async def test_wrong_values_missing_rows_and_other_roles() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention(version=3)
    wrong = GOOD | {"conventionId": id_of(of), "reason": " ", "effectiveOn": "9999-12-31"}
    assert [one.path for one in await refused(lawyer, END, **wrong)] == ["reason", "effectiveOn"]
    assert "4000" in (await refusal(lawyer, END, **GOOD | {"conventionId": id_of(of), "reason": "x" * 4001})).message
    assert (await refusal(lawyer, END, conventionId=id_text("Convention"), **GOOD)).code == "NOT_FOUND"
    assert (await refusal(lawyer, END, conventionId=id_of(of), expectedVersion=2, **GOOD)).code == "STALE"
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), END, conventionId=id_of(of), **GOOD)
    await forbidden(None, END, conventionId=id_of(of), **GOOD)


async def test_any_reason_is_kept_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        of = await builders.convention()
        made = await done(lawyer, END, conventionId=id_of(of), **GOOD | {"reason": text})
        assert made["convention"]["termination"]["reason"] == text


async def test_the_page_ends_it(app_client: httpx.AsyncClient) -> None:
    of = await builders.convention()
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    shown = await app_client.get(f"/convenios/{of.number}")
    assert f"/convenios/{of.number}/terminar" in shown.text
    page = await app_client.get(f"/convenios/{of.number}/terminar")
    again = await send(app_client, page, form(page, "TerminateConvention"), reason="Cierre")
    assert again.status_code == 422
    kept = form(again, "TerminateConvention")
    assert kept.values["reason"] == "Cierre"

    answer = await send(app_client, again, kept, basis="BREACH", effectiveOn="2026-03-31")

    assert answer.headers["location"] == f"/convenios/{of.number}?hecho=TerminateConvention"
    page = await app_client.get(answer.headers["location"])
    assert "31 de marzo de 2026. Cierre (Incumplimiento)" in page.text
    page = await app_client.get(f"/convenios/{of.number}/terminar")
    assert "Ya se terminó" in page.text
    assert not [one for one in forms(page) if "_operation" in one.values]
    await enter(app_client, await builders.person(Role.DIRECTOR))
    assert (await app_client.get(f"/convenios/{of.number}/terminar")).status_code == 403
    assert "/terminar" not in (await app_client.get(f"/convenios/{of.number}")).text
