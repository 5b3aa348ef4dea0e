"""Drafts and the head's Vo.Bo.: kept as they are, decided once, and issued word by word as approved."""

from typing import Any

import pytest

from documents.engine import visible_text
from models.audit import Verb
from models.calendar import LegalParameter
from models.drafts import DraftState, PaperDraft
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.builders import DICTAMEN
from tests.door import (
    HOSTILE,
    Said,
    ask,
    bad_ids,
    bytes_of,
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

DRAFT = """draft { id kind state comment version author { name } decidedBy { name }
    dictamen { outcome background grounds { norm article text } analysis conclusion conditions }
    returning { observations { subject finding legalBasis cure } workingDays reasonForSecondReturn } }"""
SAVE = f"mutation ($input: SaveDraftInput!) {{ saveDraft(input: $input) {{ {DRAFT} errors {{ code message path }} }} }}"
SUBMIT = SAVE.replace("saveDraft", "submitDraft").replace("SaveDraft", "SubmitDraft")
DECIDE = SAVE.replace("saveDraft", "decideDraft").replace("SaveDraft", "DecideDraft")
ISSUE = contract("issue-dictamen")
RETURN = contract("return-review")
WAITING = "{ draftsWaiting { totalCount nodes { draft { id author { name } } review { code } } } }"
SEEN = "query ($code: String!) { legalReview(code: $code) { dictamenApproval drafts { id state } } }"
OBSERVED = {"subject": "DPI", "finding": "Vencido.", "legalBasis": "", "cure": "Entregar otro."}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def on_desk(**more: Any) -> tuple[User, User, LegalReview]:
    """Return the head, a lawyer, and a file that the lawyer analyzes."""
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    return head, lawyer, await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, **more)


def of(review: LegalReview, **content: Any) -> dict[str, Any]:
    """Return the input for a draft of a file's dictamen."""
    return {"reviewId": id_of(review), "kind": "DICTAMEN", **content}


async def required(confirmed: bool = True, value: int = 1) -> LegalParameter:
    """Let the office ask for a Vo.Bo. of every dictamen."""
    return await LegalParameter.create(
        code="DICTAMEN_VOBO_REQUIRED", title="x", value=value, unit="x", confirmed=confirmed, valid_from="2024-01-01"
    )


async def test_a_draft_may_be_unfinished_and_there_is_one_for_each_paper() -> None:
    _, lawyer, review = await on_desk()

    first = await done(lawyer, SAVE, **of(review, background="Se pide…", grounds=[{"norm": "Ley"}]))

    assert first["draft"]["dictamen"] == {
        "outcome": None, "background": "Se pide…", "analysis": "", "conclusion": "", "conditions": [],
        "grounds": [{"norm": "Ley", "article": "", "text": ""}],
    }  # fmt: skip
    assert (first["draft"]["state"], first["draft"]["version"]) == ("DRAFT", 1)
    second = await done(lawyer, SAVE, **of(review, background="Se pide renovar."), draftVersion=1)
    assert (second["draft"]["id"], second["draft"]["version"]) == (first["draft"]["id"], 2)
    assert second["draft"]["dictamen"]["grounds"] == []
    returning = await done(
        lawyer, SAVE, reviewId=id_of(review), kind="PROVIDENCIA", observations=[{"subject": "DPI"}], workingDays=5
    )
    assert returning["draft"]["id"] != first["draft"]["id"]
    assert returning["draft"]["dictamen"] is None
    assert returning["draft"]["returning"]["observations"] == [
        {"subject": "DPI", "finding": "", "legalBasis": "", "cure": ""}
    ]
    assert (await last_entry()).verb == Verb.SAVE_DRAFT
    # The file itself did not change: nobody's open form turns stale.
    assert (await stages.again(review)).version == review.version
    assert await Notice.all().count() == 0


async def test_two_who_write_at_once_do_not_overwrite_each_other() -> None:
    head, lawyer, review = await on_desk()
    await done(lawyer, SAVE, **of(review, analysis="Uno"), draftVersion=0)
    for seen in (0, 2, -1):
        said = await refusal(head, SAVE, **of(review, analysis="Dos"), draftVersion=seen)
        assert (said.code, said.path) == ("STALE", "draftVersion")
    await done(head, SAVE, **of(review, analysis="Dos"), draftVersion=1)
    assert (await PaperDraft.get()).author_id == head.id


async def test_only_a_whole_draft_is_sent_and_the_head_is_told() -> None:
    head, lawyer, review = await on_desk()
    said = await refusal(lawyer, SUBMIT, **of(review))
    assert "no tiene borrador" in said.message
    await done(lawyer, SAVE, **of(review, analysis="Procede."))
    missing = {one.path for one in await refused(lawyer, SUBMIT, **of(review))}
    assert missing == {"outcome", "background", "grounds", "conclusion"}
    assert {one.path for one in await refused(lawyer, SUBMIT, **of(review, analysis="Procede."))} == missing

    sent = await done(lawyer, SUBMIT, **of(review, **DICTAMEN))

    assert (sent["draft"]["state"], sent["draft"]["dictamen"]) == ("SUBMITTED", DICTAMEN)
    notice = await Notice.get()
    assert (notice.recipient, notice.review_id) == (head.email, review.id)
    waiting = (await told(head, WAITING))["draftsWaiting"]
    assert waiting == {
        "totalCount": 1,
        "nodes": [
            {"draft": {"id": sent["draft"]["id"], "author": {"name": lawyer.name}}, "review": {"code": review.code}}
        ],
    }
    said = await refusal(lawyer, SUBMIT, **of(review))
    assert "ya espera visto bueno" in said.message
    # Saved without a change it still waits; with one it is a draft again.
    assert (await done(lawyer, SAVE, **of(review, **DICTAMEN)))["draft"]["state"] == "SUBMITTED"
    changed = await done(lawyer, SAVE, **of(review, **DICTAMEN | {"analysis": "Procede, y más."}))
    assert changed["draft"]["state"] == "DRAFT"
    assert (await told(head, WAITING))["draftsWaiting"]["totalCount"] == 0
    assert (await done(lawyer, SUBMIT, **of(review)))["draft"]["state"] == "SUBMITTED"
    # While the file is away its draft waits for nobody.
    await LegalReview.filter(id=review.id).update(stage=ReviewStage.RETURNED)
    assert (await told(head, WAITING))["draftsWaiting"]["totalCount"] == 0


async def test_the_head_sends_back_with_a_reason_and_approves_once() -> None:
    head, lawyer, review = await on_desk()
    draft = await builders.draft(review, lawyer, state=DraftState.SUBMITTED)
    said = await refusal(head, DECIDE, draftId=id_of(draft), approve=False, comment="  ")
    assert said.path == "comment"

    back = await done(head, DECIDE, draftId=id_of(draft), approve=False, comment="Cite el artículo.", expectedVersion=1)

    assert (back["draft"]["state"], back["draft"]["comment"]) == ("SENT_BACK", "Cite el artículo.")
    assert "Cite el artículo." in (await Notice.get(recipient=lawyer.email)).body
    said = await refusal(head, DECIDE, draftId=id_of(draft), approve=True)
    assert "no espera visto bueno" in said.message
    await done(lawyer, SUBMIT, **of(review, **DICTAMEN | {"analysis": "Procede, art. 35."}))
    await draft.refresh_from_db()
    said = await refusal(head, DECIDE, draftId=id_of(draft), approve=True, expectedVersion=draft.version - 1)
    assert said.code == "STALE"
    approved = await done(head, DECIDE, draftId=id_of(draft), approve=True, expectedVersion=draft.version)
    assert approved["draft"]["state"] == "APPROVED"
    assert approved["draft"]["decidedBy"] == {"name": head.name}
    assert await Notice.filter(recipient=lawyer.email).count() == 2
    said = await refusal(lawyer, SUBMIT, **of(review))
    assert "ya tiene visto bueno" in said.message


async def test_nobody_approves_what_she_wrote_herself() -> None:
    head, _, review = await on_desk()
    draft = await builders.draft(review, head, state=DraftState.SUBMITTED)

    said = await refusal(head, DECIDE, draftId=id_of(draft), approve=True)

    assert "Usted escribió este borrador" in said.message


def issued(review: LegalReview, draft: PaperDraft | None = None, **other: Any) -> dict[str, Any]:
    """Return the input that issues the whole dictamen of the builders, or one that differs in something."""
    return {"reviewId": id_of(review), **DICTAMEN, **({"draftId": id_of(draft)} if draft else {}), **other}


async def test_what_is_issued_is_what_was_approved() -> None:
    head, lawyer, review = await on_desk()
    approver = await builders.person(Role.LEGAL_HEAD)
    draft = await builders.draft(review, lawyer, state=DraftState.APPROVED, decided_by=approver)
    for other in ({"analysis": "Procede. Quizá."}, {"outcome": "UNFAVORABLE"}, {"grounds": []}):
        said = (await refused(lawyer, ISSUE, **issued(review, draft, **other)))[0]
        assert said.path in ("draftId", "grounds")
        assert said.code in ("STALE", "BAD_USER_INPUT")

    payload = await done(lawyer, ISSUE, **issued(review, draft))

    paper = await OfficialDocument.get(kind=DocumentKind.DICTAMEN)
    assert {key: paper.data[key] for key in DICTAMEN} == DICTAMEN
    # The Vo.Bo. on the paper is of who gave it, not of the first head in the list.
    text = visible_text(bytes_of(payload["document"]["file"]["sha256"]))
    assert approver.name in text
    assert head.name not in text
    await draft.refresh_from_db()
    assert (draft.state, draft.document_id, draft.decided_by_id) == (DraftState.ISSUED, paper.id, approver.id)  # type: ignore[attr-defined]
    assert (await told(head, WAITING))["draftsWaiting"]["totalCount"] == 0


@pytest.mark.parametrize("state", [DraftState.DRAFT, DraftState.SUBMITTED, DraftState.SENT_BACK])
async def test_a_draft_without_vobo_is_issued_by_the_head_alone(state: DraftState) -> None:
    head, lawyer, review = await on_desk()
    draft = await builders.draft(review, lawyer, state=state)

    said = await refusal(lawyer, ISSUE, **issued(review, draft))

    assert "todavía no tiene el visto bueno" in said.message
    await done(head, ISSUE, **issued(review, draft))
    await draft.refresh_from_db()
    assert draft.state == DraftState.ISSUED


async def test_a_confirmed_parameter_asks_every_lawyer_for_the_vobo() -> None:
    head, lawyer, review = await on_desk()
    await required()
    assert (await told(lawyer, SEEN, code=review.code))["legalReview"]["dictamenApproval"] == "REQUIRED"
    said = await refusal(lawyer, ISSUE, **issued(review))
    assert said.code == "NOT_ALLOWED_NOW"
    assert "visto bueno" in said.message
    draft = await builders.draft(review, lawyer, state=DraftState.APPROVED, decided_by=head)
    said = await refusal(lawyer, ISSUE, **issued(review, analysis="Otra cosa."))
    assert "visto bueno" in said.message
    # The very text that was approved needs no id to be recognized.
    await done(lawyer, ISSUE, **issued(review))
    await draft.refresh_from_db()
    assert draft.state == DraftState.ISSUED
    _, _, another = await on_desk()
    await done(head, ISSUE, **issued(another))


@pytest.mark.parametrize(("confirmed", "value", "rule"), [(False, 1, "ADVISED"), (True, 0, "FREE"), (None, 0, "FREE")])
async def test_an_unconfirmed_parameter_only_advises(confirmed: bool | None, value: int, rule: str) -> None:
    _, lawyer, review = await on_desk()
    if confirmed is not None:
        await required(confirmed, value)
    draft = await builders.draft(review, lawyer, state=DraftState.APPROVED, decided_by=await builders.person())

    assert (await told(lawyer, SEEN, code=review.code))["legalReview"]["dictamenApproval"] == rule
    await done(lawyer, ISSUE, **issued(review, analysis="Otro análisis."))

    await draft.refresh_from_db()
    # What was issued is kept, and it does not pass for approved.
    assert (draft.data["analysis"], draft.state, draft.decided_by_id) == ("Otro análisis.", DraftState.ISSUED, None)  # type: ignore[attr-defined]


async def test_a_return_is_drafted_and_issued_alike() -> None:
    head, lawyer, review = await on_desk()
    await done(lawyer, SUBMIT, reviewId=id_of(review), kind="PROVIDENCIA", observations=[OBSERVED], workingDays=5)
    draft = await PaperDraft.get()
    await done(head, DECIDE, draftId=id_of(draft), approve=True)
    same = {"reviewId": id_of(review), "draftId": id_of(draft), "observations": [OBSERVED]}
    assert (await refusal(lawyer, RETURN, **same, workingDays=6)).path == "draftId"

    await done(lawyer, RETURN, **same, workingDays=5)

    await draft.refresh_from_db()
    assert draft.state == DraftState.ISSUED
    # A second return begins a draft of its own.
    await LegalReview.filter(id=review.id).update(stage=ReviewStage.IN_ANALYSIS)
    await done(lawyer, SAVE, reviewId=id_of(review), kind="PROVIDENCIA", observations=[OBSERVED])
    assert await PaperDraft.all().count() == 2


async def test_another_files_draft_is_not_issued() -> None:
    head, lawyer, review = await on_desk()
    _, _, other = await on_desk()
    strange = await builders.draft(other, lawyer, state=DraftState.APPROVED, decided_by=head)
    for draft_id in (id_of(strange), id_text("PaperDraft")):
        said = await refusal(lawyer, ISSUE, **issued(review) | {"draftId": draft_id})
        assert (said.code, said.path) == ("NOT_FOUND", "draftId")
    for given in bad_ids("PaperDraft"):
        if given:
            assert (await refusal(lawyer, ISSUE, **issued(review) | {"draftId": given})).path == "draftId"


async def test_limits_and_kinds_are_checked_in_drafts_too() -> None:
    _, lawyer, review = await on_desk()
    wrong = {"background": "x" * 60_001, "grounds": [{"norm": "x" * 501}], "conditions": ["a\u202eb"]}
    paths = {one.path for one in await refused(lawyer, SAVE, **of(review, **wrong))}
    assert paths == {"background", "grounds.0.norm", "conditions.0"}
    assert (await refusal(lawyer, SAVE, **of(review, grounds=[{"norm": "a"}] * 101))).path == "grounds"
    assert (await refusal(lawyer, SAVE, reviewId=id_of(review), kind="OFICIO", analysis="a")).path == "kind"
    late = {"reviewId": id_of(review), "kind": "PROVIDENCIA", "workingDays": 61}
    assert (await refusal(lawyer, SAVE, **late)).path == "workingDays"
    for text in HOSTILE:
        kept = await done(lawyer, SAVE, **of(review, analysis=text, conditions=[text]))
        assert (kept["draft"]["dictamen"]["analysis"], kept["draft"]["dictamen"]["conditions"]) == (text, [text])


async def test_a_colleagues_file_is_left_alone() -> None:
    head, lawyer, review = await on_desk()
    colleague = await builders.person(Role.LEGAL)
    for deed in (SAVE, SUBMIT):
        said = await refusal(colleague, deed, **of(review, **DICTAMEN))
        assert "asignado a otra persona" in said.message
    draft = await builders.draft(review, lawyer, state=DraftState.SUBMITTED)
    await forbidden(lawyer, DECIDE, draftId=id_of(draft), approve=True)
    gone = await refusal(head, DECIDE, draftId=id_text("PaperDraft"), approve=True)
    assert gone == Said("NOT_FOUND", "draftId", "No se encontró el borrador.")


async def test_pressing_twice_saves_and_sends_once() -> None:
    _, lawyer, review = await on_desk()
    await once(lawyer, SAVE, **of(review, **DICTAMEN))
    assert await PaperDraft.all().count() == 1


@pytest.mark.parametrize("role", [Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY, Role.ADMIN])
async def test_drafts_are_the_offices_own(role: Role) -> None:
    _, lawyer, review = await on_desk()
    draft = await builders.draft(review, lawyer, state=DraftState.SUBMITTED)
    person = await builders.person(role)

    assert (await told(person, SEEN, code=review.code))["legalReview"]["drafts"] == []
    assert (await told(person, WAITING))["draftsWaiting"] == {"totalCount": 0, "nodes": []}
    assert (await ask(person, "query ($id: ID!) { node(id: $id) { id } }", id=id_of(draft)))["data"]["node"] is None
    for deed in (SAVE, SUBMIT):
        await forbidden(person, deed, **of(review, **DICTAMEN))
    await forbidden(person, DECIDE, draftId=id_of(draft), approve=True)
    auditor = await builders.person(Role.AUDITOR)
    assert len((await told(auditor, SEEN, code=review.code))["legalReview"]["drafts"]) == 1
