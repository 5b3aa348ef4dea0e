"""Conditions of a favorable dictamen: they stand in the way of a signature until they are met or put off."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage, Convention
from models.audit import Verb
from models.drafts import Condition
from models.outbox import Notice
from models.papers import OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from reads.signing import blockers_of
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.door import (
    PDF,
    Said,
    bad_ids,
    contract,
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

SHOWN = "condition { number position text dueOn deferredReason metOn note overdue file { filename } metBy { name } }"
MEET = f"mutation ($input: MeetConditionInput!) {{ meetCondition(input: $input) {{ {SHOWN} errors {{ code message path }} }} }}"  # noqa: E501
DEFER = MEET.replace("meetCondition", "deferCondition").replace("MeetCondition", "DeferCondition")
SEEN = "query ($code: String!) { legalReview(code: $code) { conditions { text metOn dueOn overdue } } }"
DAY = date(2026, 3, 2)
LICENSE, ROOF = "Que se renueve la licencia sanitaria.", "Que se repare el techo."
pytestmark = pytest.mark.usefixtures("db", "clock")


async def conditional(*texts: str, **more: Any) -> tuple[LegalReview, list[Condition]]:
    """Return a file at its signature, with these conditions."""
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE, outcome=Outcome.FAVORABLE_WITH_CONDITIONS, **more)
    dictamen = await OfficialDocument.get(review=review)
    rows = [
        await Condition.create(review=review, document=dictamen, position=n, text=text)
        for n, text in enumerate(texts or (LICENSE, ROOF), 1)
    ]
    return review, rows


async def unmet(review: LegalReview, on: date = DAY) -> list[str]:
    """Return what the conditions say to who would sign."""
    convention = await Convention.get(id=review.convention_id)
    return [one.message for one in await blockers_of(convention, on=on) if one.code == "CONDITIONS_UNMET"]


async def test_a_dictamen_with_conditions_keeps_each_of_them_and_tells_the_requester() -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    await stages.council_minute(await stages.convention_of(review))
    issued = builders.DICTAMEN | {"outcome": "FAVORABLE_WITH_CONDITIONS", "conditions": [LICENSE, ROOF]}

    await done(lawyer, contract("issue-dictamen"), reviewId=id_of(review), **issued)

    rows = await Condition.filter(review_id=review.id).order_by("position")
    assert [(row.position, row.text, row.met_on, row.due_on) for row in rows] == [
        (1, LICENSE, None, None),
        (2, ROOF, None, None),
    ]
    assert f"Antes de firmar debe cumplirse:\n1. {LICENSE}\n2. {ROOF}" in (await Notice.get(recipient=mayor.email)).body
    assert (await told(mayor, SEEN, code=review.code))["legalReview"]["conditions"] == [
        {"text": text, "metOn": None, "dueOn": None, "overdue": False} for text in (LICENSE, ROOF)
    ]


async def test_nothing_is_signed_before_each_condition_is_met_or_put_off() -> None:
    head, signer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.SIGNATORY)
    review, (license, roof) = await conditional()
    convention = await stages.convention_of(review)
    signing = {
        "subjectId": id_of(convention), "side": "SOSEP", "signerName": "Carla Ruiz", "capacity": "Secretaria",
        "place": "Guatemala", "signedOn": "2026-03-02",
    }  # fmt: skip
    (said,) = await refused(signer, contract("record-signature"), **signing)
    assert said.code == "NOT_READY_TO_SIGN"
    assert f"«{LICENSE}»; «{ROOF}»" in said.message
    assert "DICTAMEN-AJ-" in said.message

    await done(head, MEET, conditionId=id_of(license), metOn="2026-03-02", note="Se tuvo a la vista.")
    (still,) = await unmet(review)
    assert ROOF in still
    assert LICENSE not in still
    # A signature of the day before had nothing to stand on.
    assert LICENSE in (await unmet(review, on=DAY - timedelta(days=1)))[0]
    await done(head, DEFER, conditionId=id_of(roof), dueOn="2026-06-30", reason="Depende de las lluvias.")
    assert await unmet(review) == []
    await done(signer, contract("record-signature"), **signing)


async def test_a_condition_is_met_with_a_proof() -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    _, (condition, _) = await conditional(assignee=lawyer)
    file = await sent_up(lawyer, "licencia.pdf")
    for wrong, path in (
        ({"metOn": "2026-03-03", "note": "x"}, "metOn"),
        ({"metOn": "2026-03-01", "note": "x"}, "metOn"),
        ({"metOn": "2026-03-02", "note": " "}, "note"),
        ({"metOn": "2026-03-02", "note": "x" * 2001}, "note"),
        ({"metOn": "2026-03-02", "fileId": id_text("File")}, "fileId"),
    ):
        assert (await refusal(lawyer, MEET, conditionId=id_of(condition), **wrong)).path == path

    met = {"metOn": "2026-03-02", "fileId": file["id"], "expectedVersion": 1}
    shown = (await done(lawyer, MEET, conditionId=id_of(condition), **met))["condition"]

    assert shown == {
        "number": shown["number"], "position": 1, "text": LICENSE, "dueOn": None, "deferredReason": "",
        "metOn": "2026-03-02", "note": "", "overdue": False, "file": {"filename": "licencia.pdf"},
        "metBy": {"name": lawyer.name},
    }  # fmt: skip
    assert shown["number"].startswith("DICTAMEN-AJ-")
    assert (await last_entry()).verb == Verb.MEET_CONDITION
    # Whose file it is reads the proof, others do not.
    await condition.refresh_from_db()
    address = f"/files/{condition.file_id}"  # type: ignore[attr-defined]
    assert (await request(mayor, "GET", address)).content.startswith(PDF[:8])
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert (await request(stranger, "GET", address)).status_code == 404
    for deed, more in ((MEET, met), (DEFER, {"dueOn": "2026-06-30", "reason": "x"})):
        said = await refusal(lawyer, deed, conditionId=id_of(condition), **more | {"expectedVersion": 2})
        assert "ya se dio por cumplida el 02/03/2026" in said.message


async def test_a_condition_put_off_has_a_day_and_a_reason_and_is_overdue_after_it(clock: Clock) -> None:
    head, mayor = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.MUNICIPAL)
    review, (condition, _) = await conditional()
    for wrong, path in (
        ({"dueOn": "2026-03-02", "reason": "x"}, "dueOn"),
        ({"dueOn": "2037-01-01", "reason": "x"}, "dueOn"),
        ({"dueOn": "9999-12-31", "reason": "x"}, "dueOn"),
        ({"dueOn": "2026-06-30", "reason": " "}, "reason"),
    ):
        assert (await refusal(head, DEFER, conditionId=id_of(condition), **wrong)).path == path
    await done(head, DEFER, conditionId=id_of(condition), dueOn="2026-06-30", reason="Depende del MSPAS.")
    assert LICENSE in (await Notice.get(recipient=mayor.email)).body
    clock.move_to(date(2026, 6, 30))
    assert not (await told(mayor, SEEN, code=review.code))["legalReview"]["conditions"][0]["overdue"]
    clock.move_to(date(2026, 7, 1))
    assert (await told(mayor, SEEN, code=review.code))["legalReview"]["conditions"][0]["overdue"]
    # Overdue it keeps nobody from signing: it was to be met afterwards.
    assert LICENSE not in (await unmet(review, on=date(2026, 7, 1)))[0]
    again = await done(head, DEFER, conditionId=id_of(condition), dueOn="2026-08-31", reason="Otra vez.")
    assert (again["condition"]["dueOn"], again["condition"]["overdue"]) == ("2026-08-31", False)
    await done(head, MEET, conditionId=id_of(condition), metOn="2026-07-01", note="Licencia 12.")


async def test_a_void_dictamen_asks_for_nothing_any_more() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review, (condition, _) = await conditional()
    await OfficialDocument.filter(review_id=review.id).update(voided_on=DAY, void_reason="Error")

    said = await refusal(head, MEET, conditionId=id_of(condition), metOn="2026-03-02", note="x")

    assert "está anulado" in said.message
    assert (await told(head, SEEN, code=review.code))["legalReview"]["conditions"] == []
    # The next dictamen has conditions of its own.
    await stages.dictamen(review, Outcome.FAVORABLE)
    assert await unmet(review) == []


async def test_who_may_settle_a_condition() -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    _, (condition, other) = await conditional(assignee=lawyer)
    met = {"metOn": "2026-03-02", "note": "x"}
    said = await refusal(colleague, MEET, conditionId=id_of(condition), **met)
    assert "asignado a otra persona" in said.message
    assert (await refusal(lawyer, MEET, conditionId=id_of(condition), **met, expectedVersion=2)).code == "STALE"
    gone = await refusal(lawyer, MEET, conditionId=id_text("Condition"), **met)
    assert gone == Said("NOT_FOUND", "conditionId", "No se encontró la condición.")
    for given in bad_ids("Condition"):
        assert (await refusal(lawyer, MEET, conditionId=given, **met)).path == "conditionId"
    await once(lawyer, MEET, conditionId=id_of(condition), **met)
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        person = await builders.person(role)
        await forbidden(person, MEET, conditionId=id_of(other), **met)
        await forbidden(person, DEFER, conditionId=id_of(other), dueOn="2026-06-30", reason="x")


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def test_conditions_are_settled_on_the_files_page(lawyer: User, app_client: httpx.AsyncClient) -> None:
    review, (license, roof) = await conditional(LICENSE, "<b>Techo</b>", assignee=lawyer)
    address = f"/expedientes/{review.code}"
    page = await app_client.get(address)
    assert page.text.count("Por cumplir") == 2
    assert 'Antes de firmar deben cumplirse las <a href="#condiciones">' in page.text
    assert "<b>Techo</b>" not in page.text
    mine = {"conditionId": id_of(license)}
    again = await send(app_client, page, form(page, "MeetCondition", **mine))
    assert again.status_code == 422
    assert f'<a href="#f-MeetCondition{id_of(license)}-note">Escriba cómo se comprobó' in again.text
    assert f'id="f-MeetCondition{id_of(license)}-note"' in again.text
    filled = form(again, "MeetCondition", **mine)
    pdf = {"fileId": ("licencia.pdf", PDF)}
    answer = await send(app_client, again, filled, pdf, note="Se tuvo a la vista.")
    assert answer.status_code == 303, answer.text
    page = await app_client.get(answer.headers["location"])
    assert "La condición quedó cumplida." in page.text
    assert "licencia.pdf" in page.text
    put_off = form(page, "DeferCondition", conditionId=id_of(roof))
    answer = await send(app_client, page, put_off, dueOn="2026-06-30", reason="Por las lluvias.")
    assert answer.status_code == 303, answer.text
    page = await app_client.get(address)
    assert "Antes de firmar deben cumplirse las" not in page.text
    assert "Aplazada" in page.text
    assert "30 de junio de 2026" in page.text


async def test_the_conventions_page_shows_them_and_what_still_blocks(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    review, _ = await conditional(LICENSE)
    convention = await stages.convention_of(review)
    assert convention.stage == AgreementStage.READY_TO_SIGN
    page = await app_client.get(f"/convenios/{convention.number}")
    assert f"1. {LICENSE}" in page.text
    assert f"pone por condición: «{LICENSE}»." in page.text
    # A colleague reads them on the file, and is not offered what only its lawyer may do.
    page = await app_client.get(f"/expedientes/{review.code}")
    assert LICENSE in page.text
    assert "MeetCondition" not in [one.values.get("_operation") for one in forms(page)]
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    page = await app_client.get(f"/expedientes/{review.code}")
    assert LICENSE in page.text
