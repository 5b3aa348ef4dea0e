"""Handing in a requisite: the file that counts, the earlier ones kept, and whose files may be named."""

import pytest

from models.audit import Verb
from models.papers import StoredFile
from models.people import Role, User
from models.reviews import Evidence, LegalReview, ReviewRequirement, ReviewStage
from tests import builders
from tests.door import (
    HOSTILE,
    PDF,
    Said,
    bad_ids,
    bytes_of,
    contract,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    request,
    sent_up,
    token_of,
    told,
)

SUBMIT = contract("submit-requirement")
HISTORY = """query ($id: ID!) { node(id: $id) { ... on LegalReview {
    requirements { code fulfilled evidence { sha256 note url } history { sha256 note replacedAt } } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def asked() -> tuple[User, LegalReview, ReviewRequirement]:
    """Return a municipality's person and a file that asks for one requisite."""
    mayor = await builders.person(Role.MUNICIPAL)
    review = await builders.review(requested_by=mayor)
    return mayor, review, await builders.asked(review, await builders.requirement("ACTA"))


async def test_the_line_is_fulfilled_by_the_file_as_it_was_sent() -> None:
    mayor, review, line = await asked()
    up = await sent_up(mayor, "acta firmada.pdf")

    payload = await done(
        mayor, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"], note="Certificada"
    )

    shown = payload["requirement"]["evidence"]
    assert payload["requirement"] | {"evidence": None} == {"code": "ACTA", "fulfilled": True, "evidence": None}
    assert shown.pop("receivedAt").startswith("2026-03-0")
    assert shown == {name: up[name] for name in ("filename", "mediaType", "size", "sha256")}
    assert bytes_of(up["sha256"]) == PDF
    evidence = await Evidence.get()
    assert (evidence.requirement_id, evidence.received_by_id, evidence.note) == (line.id, mayor.id, "Certificada")
    assert (await StoredFile.get()).used
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.SUBMIT_REQUIREMENT, "LegalReview", str(review.id),
    )  # fmt: skip
    assert "acta firmada.pdf" in entry.summary


async def test_a_newer_file_counts_and_the_earlier_one_is_kept() -> None:
    mayor, review, _ = await asked()
    files = [await sent_up(mayor, data=PDF + note.encode()) for note in ("uno", "dos")]
    for note, up in zip(("uno", "dos"), files, strict=True):
        await done(mayor, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"], note=note)

    (line,) = (await told(mayor, HISTORY, id=id_of(review)))["node"]["requirements"]

    assert (line["evidence"]["sha256"], line["evidence"]["note"]) == (files[1]["sha256"], "dos")
    assert [(one["note"], one["replacedAt"] is None) for one in line["history"]] == [("dos", True), ("uno", False)]
    answer = await request(mayor, "GET", line["evidence"]["url"])
    assert answer.content == PDF + b"dos"


async def test_the_legal_office_and_the_program_may_hand_in_too() -> None:
    _, review, _ = await asked()
    for role in (Role.DIRECTOR, Role.LEGAL, Role.LEGAL_HEAD):
        person = await builders.person(role)
        up = await sent_up(person)
        await done(person, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"])


async def test_out_of_reach_is_refused_like_missing() -> None:
    mayor, review, _ = await asked()
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    theirs = await sent_up(stranger)
    mine = await sent_up(mayor)
    file = {"requirementCode": "ACTA", "fileId": theirs["id"]}

    gone = await refusal(stranger, SUBMIT, reviewId=id_text("LegalReview"), **file)

    assert gone == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")
    assert await refusal(stranger, SUBMIT, reviewId=id_of(review), **file) == gone
    own = {"reviewId": id_of(review), "requirementCode": "ACTA"}
    absent = await refusal(mayor, SUBMIT, **own, fileId=id_text("File"))
    assert (absent.code, absent.path) == ("NOT_FOUND", "fileId")
    assert await refusal(mayor, SUBMIT, **own, fileId=theirs["id"]) == absent
    said = await refusal(mayor, SUBMIT, reviewId=id_of(review), requirementCode="OTRO", fileId=mine["id"])
    assert (said.code, said.path) == ("NOT_FOUND", "requirementCode")
    assert not await StoredFile.filter(used=True).exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_hands_nothing_in_is_forbidden(role: Role) -> None:
    _, review, _ = await asked()
    person = await builders.person(role)
    file = await builders.stored_file(person)

    await forbidden(person, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=id_of(file, "File"))


async def test_the_same_click_is_answered_again() -> None:
    mayor, review, _ = await asked()
    up = await sent_up(mayor)

    await once(mayor, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"])

    assert await Evidence.all().count() == 1


async def test_wrong_values_are_named_field_by_field() -> None:
    mayor, review, _ = await asked()
    good = {"reviewId": id_of(review), "requirementCode": "ACTA", "fileId": (await sent_up(mayor))["id"]}
    said = await refusal(mayor, SUBMIT, **good | {"note": "x" * 2001})
    assert (said.code, said.path) == ("BAD_USER_INPUT", "note")
    assert "2000 caracteres" in said.message
    for field, kind in (("reviewId", "LegalReview"), ("fileId", "File")):
        for given in bad_ids(kind):
            said = await refusal(mayor, SUBMIT, **good | {field: given})
            assert (said.code, said.path) == ("BAD_USER_INPUT", field), given


async def test_a_hostile_file_leaves_neither_row_nor_bytes() -> None:
    mayor, _, _ = await asked()
    await token_of(mayor)
    before = await everything()
    for name, data in [
        ("acta.pdf", b"MZ\x90\x00 program"),
        ("acta.exe", PDF),
        ("acta.docx", b"PK\x03\x04 damaged"),
        ("acta.pdf", b""),
        ("acta.png", PDF),
    ]:
        answer = await request(mayor, "POST", "/files", files={"file": (name, data)})
        assert answer.status_code in (400, 422), (name, answer.text)
        (error,) = answer.json()["errors"]
        assert error["message"].endswith(".")
    assert await everything() == before


async def test_any_text_is_kept_as_typed() -> None:
    mayor, review, _ = await asked()
    for text in HOSTILE:
        up = await sent_up(mayor, f"{text.replace('/', '')}.pdf")
        await done(mayor, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"], note=text)
        (line,) = (await told(mayor, HISTORY, id=id_of(review)))["node"]["requirements"]
        assert line["evidence"]["note"] == text


async def test_a_file_on_the_desk_takes_no_more_requisites() -> None:
    mayor, review, _ = await asked()
    await LegalReview.filter(id=review.id).update(stage=ReviewStage.IN_ANALYSIS)
    up = await sent_up(mayor)

    said = await refusal(mayor, SUBMIT, reviewId=id_of(review), requirementCode="ACTA", fileId=up["id"])

    assert said.code == "NOT_ALLOWED_NOW"
    assert review.code in said.message
    assert "«En análisis»" in said.message
