"""Returning a file once with all its observations: the providencia, the stopped clock, and a reason for the second."""

from datetime import date
from typing import Any

import pytest

from documents.engine import visible_text
from models.audit import Verb
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, Series
from models.people import Role, User
from models.reviews import LegalReview, Observation, ReviewStage
from tests import builders, stages
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    bytes_of,
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
)

RETURN = contract("return-review")
ONE = {
    "subject": "Acta",
    "finding": "No consta aprobada.",
    "legalBasis": "Art. 41",
    "cure": "Certifique la aprobación.",
}
TWO = {"subject": "DPI", "finding": "Está vencido.", "cure": "Presente uno vigente."}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def on_desk(**more: Any) -> tuple[User, LegalReview]:
    """Return a lawyer and a file under analysis on her desk, due in ten working days."""
    lawyer = await builders.person(Role.LEGAL)
    values = {"assignee": lawyer, "due_on": date(2026, 3, 16), "requesting_unit": "Municipalidad de San Juan Chamelco"}
    return lawyer, await stages.file_in(ReviewStage.IN_ANALYSIS, **values | more)


async def test_one_providencia_carries_every_observation_and_the_clock_stops() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    lawyer, review = await on_desk(requested_by=mayor)
    # A patron day of the town: the requester's days are counted by it, the office's are not.
    await builders.holiday(date(2026, 3, 5), at=builders.CHAMELCO)

    payload = await done(
        lawyer, RETURN, reviewId=id_of(review), observations=[ONE, TWO], workingDays=5, expectedVersion=1
    )

    cured = {"cured": False}
    assert payload["review"] == {
        "code": review.code, "stage": "RETURNED", "dueOn": "2026-03-10", "returnsCount": 1,
        "observations": [ONE | cured, TWO | {"legalBasis": ""} | cured],
    }  # fmt: skip
    paper = payload["document"]
    assert (paper["kind"], paper["number"], paper["issuedOn"]) == ("PROVIDENCIA", "PROVIDENCIA-AJ-1-2026", "2026-03-02")
    assert paper["file"]["url"].startswith("/files/")
    text = visible_text(bytes_of(paper["file"]["sha256"]))
    for words in (
        review.code,
        "PROVIDENCIA-AJ-1-2026",
        ONE["finding"],
        TWO["cure"],
        "Municipalidad de San Juan Chamelco",
    ):
        assert words in text
    after = await stages.again(review)
    assert (after.days_left, after.due_on) == (10, date(2026, 3, 10))
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.RETURN_REVIEW, str(review.id))
    assert changed(entry, review)["stage"] == ("IN_ANALYSIS", "RETURNED")
    notice = await Notice.get(recipient=mayor.email)
    assert "10/03/2026" in notice.body
    assert TWO["cure"] in notice.body


async def test_without_days_the_usual_ones_hold() -> None:
    lawyer, review = await on_desk()

    payload = await done(lawyer, RETURN, reviewId=id_of(review), observations=[ONE])

    assert payload["review"]["dueOn"] == "2026-03-23"


async def test_an_overdue_file_has_no_day_left() -> None:
    lawyer, review = await on_desk(due_on=date(2026, 2, 20))

    await done(lawyer, RETURN, reviewId=id_of(review), observations=[ONE])

    assert (await stages.again(review)).days_left == 0


async def test_a_second_return_needs_a_reason_and_is_counted() -> None:
    lawyer, review = await on_desk(returns_count=1)

    for reason in (None, "", "   "):
        said = await refusal(lawyer, RETURN, reviewId=id_of(review), observations=[ONE], reasonForSecondReturn=reason)
        assert (said.code, said.path) == ("REASON_REQUIRED", "reasonForSecondReturn")
    payload = await done(
        lawyer, RETURN, reviewId=id_of(review), observations=[ONE], reasonForSecondReturn="Cambió la ley."
    )

    assert payload["review"]["returnsCount"] == 2
    assert "Cambió la ley." in visible_text(bytes_of(payload["document"]["file"]["sha256"]))


async def test_a_lawyer_returns_only_her_own_files_and_the_head_any() -> None:
    _, review = await on_desk()
    colleague, head = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)

    said = await refusal(colleague, RETURN, reviewId=id_of(review), observations=[ONE])
    assert said.code == "NOT_ALLOWED_NOW"
    assert "asignado a otra persona" in said.message
    assert await Series.all().count() == 0
    await done(head, RETURN, reviewId=id_of(review), observations=[ONE])


async def test_a_missing_file_is_said_so() -> None:
    said = await refusal(await builders.person(Role.LEGAL), RETURN, reviewId=id_text("LegalReview"), observations=[ONE])

    assert said == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_a_role_that_returns_nothing_is_forbidden(role: Role) -> None:
    _, review = await on_desk()
    for place in (builders.CHAMELCO, builders.MIXCO):
        await forbidden(await builders.person(role, at=place), RETURN, reviewId=id_of(review), observations=[ONE])


async def test_twice_is_answered_or_refused() -> None:
    lawyer, review = await on_desk()

    await once(lawyer, RETURN, reviewId=id_of(review), observations=[ONE])

    said = await refusal(lawyer, RETURN, reviewId=id_of(review), observations=[ONE], reasonForSecondReturn="Otra vez")
    assert said.code == "NOT_ALLOWED_NOW"
    assert "«Devuelto con observaciones»" in said.message
    assert (await Series.get()).value == await OfficialDocument.all().count() == 1


async def test_what_somebody_changed_meanwhile_is_stale() -> None:
    lawyer, review = await on_desk(version=7)

    said = await refusal(lawyer, RETURN, reviewId=id_of(review), observations=[ONE], expectedVersion=6)

    assert (said.code, said.path) == ("STALE", "expectedVersion")


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, review = await on_desk()
    good: dict[str, Any] = {"reviewId": id_of(review), "observations": [ONE, TWO]}
    for more, path, words in [
        ({"observations": []}, "observations", "al menos una"),
        ({"observations": [ONE] * 101}, "observations", "100 observaciones"),
        ({"workingDays": 0}, "workingDays", "de 1 a 60"),
        ({"workingDays": -5}, "workingDays", "de 1 a 60"),
        ({"workingDays": 61}, "workingDays", "de 1 a 60"),
        ({"reasonForSecondReturn": "x" * 2001}, "reasonForSecondReturn", "2000 caracteres"),
        ({"observations": [ONE, TWO | {"subject": " "}]}, "observations.1.subject", "Escriba"),
        ({"observations": [ONE, TWO | {"subject": "x" * 241}]}, "observations.1.subject", "240 caracteres"),
        ({"observations": [ONE | {"finding": ""}]}, "observations.0.finding", "Escriba el hallazgo"),
        ({"observations": [ONE | {"finding": "x" * 60_001}]}, "observations.0.finding", "60000 caracteres"),
        ({"observations": [ONE | {"legalBasis": "x" * 241}]}, "observations.0.legalBasis", "240 caracteres"),
        ({"observations": [ONE | {"cure": "\t"}]}, "observations.0.cure", "Escriba cómo subsanar"),
        ({"observations": [ONE | {"cure": "a\x1bb"}]}, "observations.0.cure", "caracteres de control"),
    ]:
        said = await refusal(lawyer, RETURN, **good | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message, said
    empty = {"subject": "", "finding": "", "cure": ""}
    paths = [one.path for one in await refused(lawyer, RETURN, **good | {"observations": [empty], "workingDays": 0})]
    assert paths == ["workingDays", *(f"observations.0.{name}" for name in ("subject", "finding", "cure"))]
    for given in bad_ids("LegalReview"):
        assert (await refusal(lawyer, RETURN, **good | {"reviewId": given})).path == "reviewId"


async def test_what_the_paper_cannot_print_is_refused_and_gives_the_number_back() -> None:
    lawyer, review = await on_desk()
    for name in ONE:
        said = await refusal(lawyer, RETURN, reviewId=id_of(review), observations=[TWO, ONE | {name: "a\ue000b"}])
        assert (said.code, said.path) == ("PAPER_REFUSED", f"observations.1.{name}")
    assert await Series.all().count() == 0


async def test_any_text_is_kept_and_printed_as_typed() -> None:
    lawyer, review = await on_desk()
    observations = [dict.fromkeys(("subject", "finding", "legalBasis", "cure"), text) for text in HOSTILE]

    payload = await done(lawyer, RETURN, reviewId=id_of(review), observations=observations)

    assert [one | {"cured": None} for one in payload["review"]["observations"]] == [
        one | {"cured": None} for one in observations
    ]
    assert await Observation.all().order_by("id").values_list("finding", flat=True) == list(HOSTILE)
    text = visible_text(bytes_of(payload["document"]["file"]["sha256"]))
    for typed in HOSTILE:
        assert text.count(typed) >= 4, typed
    assert (await OfficialDocument.get()).kind == DocumentKind.PROVIDENCIA
