"""Issuing a dictamen: number, Word file, stage and wake-up are born together, or not at all."""

from datetime import date
from typing import Any

import pytest

from actions.preparation import prepare_agreement
from documents.engine import visible_text
from documents.seal import sha256_hex
from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind, OfficialDocument, Series, StoredFile
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from models.signing import Signature
from reads.engine import next_step
from tests import builders, stages
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    bytes_of,
    changed,
    contract,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
)

ISSUE = contract("issue-dictamen")
SIGN = contract("record-signature")
GOOD: dict[str, Any] = {
    "outcome": "FAVORABLE",
    "background": "La municipalidad pidió renovar.",
    "grounds": [{"norm": "Código Municipal", "article": "35", "text": "Faculta al Concejo."}],
    "analysis": "Cumple los requisitos.",
    "conclusion": "Es procedente suscribir el convenio.",
}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def on_desk(**more: Any) -> tuple[User, LegalReview]:
    """Return a lawyer and a file under analysis on her desk."""
    lawyer = await builders.person(Role.LEGAL)
    return lawyer, await stages.file_in(ReviewStage.IN_ANALYSIS, **{"assignee": lawyer} | more)


async def test_number_paper_and_stage_are_born_together() -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    lawyer, review = await on_desk(requested_by=mayor, due_on=date(2026, 3, 16))

    payload = await done(lawyer, ISSUE, reviewId=id_of(review), expectedVersion=1, **GOOD)

    row = await OfficialDocument.get()
    file = await StoredFile.get(id=row.file_id)
    assert payload["document"] == {
        "id": id_of(row),
        "kind": "DICTAMEN",
        "number": "DICTAMEN-AJ-1-2026",
        "serial": 1,
        "year": 2026,
        "issuedOn": "2026-03-02",
        "verificationCode": row.verification_code,
        "file": {
            "url": f"/files/{file.id}",
            "filename": "DICTAMEN-AJ-1-2026.docx",
            "mediaType": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "size": file.size,
            "sha256": file.sha256,
        },
    }
    assert payload["review"] == {"code": review.code, "stage": "DICTAMEN_ISSUED", "version": 2}
    kept = bytes_of(file.sha256)
    assert (len(kept), sha256_hex(kept), file.used) == (file.size, file.sha256, True)
    text = visible_text(kept)
    assert row.text_sha256 == sha256_hex(text)
    for words in (review.code, row.number, row.verification_code, lawyer.name, *_words(GOOD)):
        assert words in text
    assert (row.convention_id, row.outcome, row.issued_by_id) == (review.convention_id, "FAVORABLE", lawyer.id)
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.ISSUE_DICTAMEN, str(review.id))
    assert changed(entry, review)["stage"] == ("IN_ANALYSIS", "DICTAMEN_ISSUED")
    assert (await WakeUp.get()).review_id == review.id
    assert set(await Notice.all().values_list("recipient", flat=True)) == {mayor.email, director.email}
    assert (await stages.again(review)).due_on is None
    # A dictamen concludes, it does not decide.
    assert (await stages.convention_of(review)).stage == AgreementStage.IN_REVIEW
    answer = await request(mayor, "GET", f"/files/{file.id}")
    assert answer.content == kept


def _words(input: dict[str, Any]) -> list[str]:
    return [input["background"], input["analysis"], input["conclusion"], input["grounds"][0]["text"]]


async def test_conditions_belong_to_one_outcome() -> None:
    lawyer, review = await on_desk()
    conditional = GOOD | {"reviewId": id_of(review), "outcome": "FAVORABLE_WITH_CONDITIONS"}

    said = await refusal(lawyer, ISSUE, **conditional)
    assert (said.code, said.path) == ("BAD_USER_INPUT", "conditions")
    for outcome in ("FAVORABLE", "UNFAVORABLE"):
        said = await refusal(lawyer, ISSUE, **conditional | {"outcome": outcome, "conditions": ["Anexar el plano."]})
        assert said.path == "conditions"
    payload = await done(lawyer, ISSUE, **conditional, conditions=["Anexar el plano."])

    assert "Anexar el plano." in visible_text(bytes_of(payload["document"]["file"]["sha256"]))


async def test_an_unfavorable_one_leaves_no_agreement_and_no_signature() -> None:
    lawyer, review = await on_desk()
    await stages.council_minute(await stages.convention_of(review))
    engine = await stages.engine()

    await done(lawyer, ISSUE, **GOOD | {"reviewId": id_of(review), "outcome": "UNFAVORABLE"})

    assert await next_step(review.id) is None
    before = await everything()
    assert await prepare_agreement(actor=engine, review_id=review.id) is None
    assert await everything() == before
    assert await OfficialDocument.filter(kind=DocumentKind.CONVENIO).count() == 0
    said = await refusal(
        await builders.person(Role.SIGNATORY), SIGN, subjectId=id_of(await stages.convention_of(review)), side="SOSEP",
        signerName="Ana", capacity="Secretaria", place="Guatemala", signedOn="2026-03-02",
    )  # fmt: skip
    assert said.code == "NOT_READY_TO_SIGN"
    assert "dictamen favorable" in said.message
    assert await Signature.all().count() == 0


@pytest.mark.parametrize("stage", stages.stages_refusing(Verb.ISSUE_DICTAMEN))
async def test_a_file_that_is_elsewhere_gets_none(stage: ReviewStage) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(stage, assignee=head)

    said = await refusal(head, ISSUE, reviewId=id_of(review), **GOOD)

    assert said.code == "NOT_ALLOWED_NOW"
    assert said.message.startswith(f"No se puede emitir el dictamen: el expediente {review.code} está «")


async def test_a_lawyer_concludes_only_her_own_files_and_the_head_any() -> None:
    _, review = await on_desk()
    colleague, head = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)

    said = await refusal(colleague, ISSUE, reviewId=id_of(review), **GOOD)
    assert said.code == "NOT_ALLOWED_NOW"
    assert "asignado a otra persona" in said.message
    await done(head, ISSUE, reviewId=id_of(review), **GOOD)


async def test_a_missing_file_is_said_so() -> None:
    said = await refusal(await builders.person(Role.LEGAL), ISSUE, reviewId=id_text("LegalReview"), **GOOD)

    assert said == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_a_role_that_issues_nothing_is_forbidden(role: Role) -> None:
    _, review = await on_desk()
    for place in (builders.CHAMELCO, builders.MIXCO):
        await forbidden(await builders.person(role, at=place), ISSUE, reviewId=id_of(review), **GOOD)


async def test_twice_is_answered_or_refused() -> None:
    lawyer, review = await on_desk()

    await once(lawyer, ISSUE, reviewId=id_of(review), **GOOD)

    said = await refusal(lawyer, ISSUE, reviewId=id_of(review), **GOOD)
    assert said.code == "NOT_ALLOWED_NOW"
    assert "Ya tiene dictamen." in said.message
    assert (await Series.get()).value == await OfficialDocument.all().count() == 1
    # The paper and, with the first of its kind, the wording that it was made from.
    assert await StoredFile.all().count() == 2


async def test_what_somebody_changed_meanwhile_is_stale() -> None:
    lawyer, review = await on_desk(version=2)

    said = await refusal(lawyer, ISSUE, reviewId=id_of(review), expectedVersion=1, **GOOD)

    assert (said.code, said.path) == ("STALE", "expectedVersion")


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, review = await on_desk()
    ground = GOOD["grounds"][0]
    good = GOOD | {"reviewId": id_of(review)}
    long = "x" * 60_001
    for more, path, words in [
        ({"background": ""}, "background", "Escriba los antecedentes"),
        ({"background": long}, "background", "60000 caracteres"),
        ({"analysis": " \n"}, "analysis", "Escriba el análisis"),
        ({"analysis": "a\x0cb"}, "analysis", "caracteres de control"),
        ({"analysis": "a\u202eb"}, "analysis", "caracteres de control"),
        ({"analysis": "a\x9fb"}, "analysis", "caracteres de control"),
        ({"conclusion": ""}, "conclusion", "Escriba la conclusión"),
        ({"conclusion": long}, "conclusion", "60000 caracteres"),
        ({"grounds": []}, "grounds", "al menos una norma"),
        ({"grounds": [ground] * 101}, "grounds", "100 normas"),
        ({"grounds": [ground, ground | {"norm": ""}]}, "grounds.1.norm", "Escriba la norma"),
        ({"grounds": [ground | {"norm": "x" * 501}]}, "grounds.0.norm", "500 caracteres"),
        ({"grounds": [ground | {"article": "x" * 501}]}, "grounds.0.article", "500 caracteres"),
        ({"grounds": [ground | {"text": ""}]}, "grounds.0.text", "Escriba"),
        ({"outcome": "FAVORABLE_WITH_CONDITIONS", "conditions": ["x" * 2001]}, "conditions.0", "2000 caracteres"),
        ({"outcome": "FAVORABLE_WITH_CONDITIONS", "conditions": ["x", " "]}, "conditions.1", "Escriba la condición"),
        ({"outcome": "FAVORABLE_WITH_CONDITIONS", "conditions": ["x"] * 101}, "conditions", "100 condiciones"),
    ]:
        said = await refusal(lawyer, ISSUE, **good | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message, said
    blank = {"background": "", "analysis": "", "conclusion": "", "grounds": []}
    assert [one.path for one in await refused(lawyer, ISSUE, **good | blank)] == [
        "background", "analysis", "conclusion", "grounds",
    ]  # fmt: skip
    for given in bad_ids("LegalReview"):
        assert (await refusal(lawyer, ISSUE, **good | {"reviewId": given})).path == "reviewId"
    assert await Series.all().count() == 0


async def test_what_the_paper_cannot_print_is_refused_and_gives_the_number_back() -> None:
    lawyer, review = await on_desk()
    for more, path in [
        ({"background": "a\ue000b"}, "background"),
        ({"grounds": [GOOD["grounds"][0] | {"text": "a\ue000b"}]}, "grounds.0.text"),
    ]:
        said = await refusal(lawyer, ISSUE, reviewId=id_of(review), **GOOD | more)
        assert (said.code, said.message) == (
            "PAPER_REFUSED", "El texto contiene un carácter que no se puede imprimir; escríbalo de nuevo.",
        )  # fmt: skip
        assert said.path == path
    assert await Series.all().count() == 0


async def test_any_text_is_kept_and_printed_as_typed() -> None:
    lawyer, review = await on_desk()
    texts = " · ".join(HOSTILE)
    input: dict[str, Any] = dict.fromkeys(("background", "analysis", "conclusion"), texts)
    input |= {"grounds": [{"norm": texts, "article": texts, "text": texts}], "conditions": [texts]}

    payload = await done(lawyer, ISSUE, reviewId=id_of(review), outcome="FAVORABLE_WITH_CONDITIONS", **input)

    printed = visible_text(bytes_of(payload["document"]["file"]["sha256"]))
    assert printed.count(texts) >= 7
    data = (await OfficialDocument.get()).data
    assert (data["background"], data["grounds"][0]["norm"]) == (texts, texts)
