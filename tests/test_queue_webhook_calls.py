"""What other systems are owed: one call with each deed for each event, in its transaction, and nothing reserved."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from actions.agreements import request_renewal
from actions.amendments import AmendmentInput, amend_convention
from actions.audited import audited
from actions.documents import issue_document
from actions.lapse import lapse_review
from actions.lease_ends import renew_lease, terminate_lease
from actions.licenses import IssuedLicense, record_license, request_license
from actions.papers import GroundInput, ObservationInput, issue_dictamen, return_review
from actions.preparation import prepare_agreement
from actions.reviews import close_review, submit_for_review, withdraw_review
from actions.signing import SignatureInput, record_signature
from actions.terminations import terminate_convention
from actions.voiding import void_document
from models.agreements import AgreementStage, Convention, TerminationBasis
from models.audit import AuditEntry, Verb
from models.clock import GUATEMALA
from models.papers import DocumentKind, OfficialDocument, Outcome, StoredFile
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from models.signing import Side
from models.webhooks import EVENTS_OF, SUBSCRIBABLE, TRACES, DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from settings import settings
from tests import builders, stages
from tests.conftest import FreshDatabase
from tests.receivers import system
from tests.test_issue_document import OFICIO

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("clock")]


async def fresh() -> list[dict[str, Any]]:
    """Return what was queued since the last look, in order, and put it away as sent."""
    rows = await WebhookDelivery.filter(state=DeliveryState.QUEUED).order_by("id")
    await WebhookDelivery.all().update(state=DeliveryState.SENT)
    for row in rows:
        told = json.loads(row.payload)
        assert (told["id"], told["event"]) == (row.key, row.event)
    return [json.loads(row.payload) for row in rows]


def events(told: list[dict[str, Any]]) -> list[str]:
    return [one["event"] for one in told]


async def signed_by_both(convention: Convention) -> None:
    """Note both signatures of a convention."""
    for role, side, name in (
        (Role.SIGNATORY, Side.SOSEP, "Carla Ruiz"),
        (Role.MUNICIPAL, Side.COUNTERPART, "Berta Xol"),
    ):
        signature = SignatureInput(side, name, "Titular", "Guatemala", date(2026, 3, 2))
        await record_signature(actor=await builders.person(role), signature=signature, convention_id=convention.id)


async def test_a_convention_is_told_of_from_its_request_to_its_end(db: FreshDatabase) -> None:
    await system()
    engine, lawyer = await stages.engine(), await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    mayor = await builders.person(Role.MUNICIPAL)
    await builders.program()
    old = await builders.convention()

    review = await request_renewal(actor=mayor, convention_id=old.id)
    [opened] = await fresh()
    here = settings().address()
    entry = await AuditEntry.get(verb=Verb.REQUEST_RENEWAL)
    assert opened == {
        "id": opened["id"],
        "event": "REVIEW_OPENED",
        "at": entry.at.astimezone(GUATEMALA).isoformat(timespec="seconds"),
        "sequence": entry.sequence,
        "subject": {"type": "LegalReview", "number": review.code, "url": f"{here}/expedientes/{review.code}"},
        "stage": "GATHERING",
        "municipality": builders.CHAMELCO,
        "program": "MAD",
    }
    assert str(entry.sequence) in opened["id"]
    assert "." not in opened["id"], "the signed text is parted by full stops"

    await submit_for_review(actor=mayor, review_id=review.id)
    assert [(one["event"], one["stage"]) for one in await fresh()] == [("REVIEW_RECEIVED", "RECEIVED")]
    await LegalReview.filter(id=review.id).update(stage=ReviewStage.IN_ANALYSIS, assignee_id=lawyer.id)
    found = [ObservationInput("Acta", "Le falta la firma de don Secreto", "Firmarla")]
    await return_review(actor=lawyer, review_id=review.id, observations=found)
    paper, returned = await fresh()
    providencia = await OfficialDocument.get(kind=DocumentKind.PROVIDENCIA)
    file = await StoredFile.get(id=providencia.file_id)
    verify = f"{here}/verificar/{providencia.verification_code}"
    assert paper["event"] == "DOCUMENT_ISSUED"
    assert paper["subject"]["number"] == review.code
    assert paper["document"] == {
        "number": providencia.number,
        "kind": "PROVIDENCIA",
        "issuedOn": "2026-03-02",
        "voidedOn": None,
        "sha256": file.sha256,
        "verificationUrl": verify,
    }
    assert (returned["event"], returned["stage"]) == ("REVIEW_RETURNED", "RETURNED")
    assert "document" not in returned
    assert returned["sequence"] == paper["sequence"]

    await submit_for_review(actor=mayor, review_id=review.id)
    texts = {"background": "a", "analysis": "b", "conclusion": "c", "grounds": [GroundInput("n", "t")]}
    await issue_dictamen(actor=lawyer, review_id=review.id, outcome=Outcome.FAVORABLE, **texts)
    told = await fresh()
    assert events(told) == ["REVIEW_RECEIVED", "DOCUMENT_ISSUED", "DICTAMEN_ISSUED"]
    assert told[1]["document"] == told[2]["document"]
    convention = await stages.convention_of(review)
    await stages.council_minute(convention)
    await prepare_agreement(actor=engine, review_id=review.id)
    made, ready = await fresh()
    assert (made["document"]["kind"], ready["event"]) == ("CONVENIO", "AGREEMENT_READY_TO_SIGN")
    assert ready["subject"] == {
        "type": "Convention",
        "number": convention.number,
        "url": f"{here}/convenios/{convention.number}",
    }
    await signed_by_both(convention)
    [signed] = await fresh()
    assert (signed["event"], signed["stage"]) == ("AGREEMENT_SIGNED", "SIGNED")
    await close_review(actor=engine, review_id=review.id)
    # A second look of the engine finds nothing to do, and tells of nothing.
    await close_review(actor=engine, review_id=review.id)
    assert events(await fresh()) == ["REVIEW_CLOSED"]
    assert mayor.name not in str(signed) + str(opened)
    assert not {"Secreto", "Ordóñez"} & set(str((paper, returned, told, made)).split())


async def test_what_ends_is_changed_or_given_up_is_told(db: FreshDatabase) -> None:
    await system()
    lawyer, head = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)
    await builders.program()
    running = await builders.convention()
    adenda = AmendmentInput("Más plazo", date(2026, 3, 2), new_ends_on=date(2026, 9, 30))
    await amend_convention(actor=lawyer, convention_id=running.id, amendment=adenda)
    told = await fresh()
    assert events(told) == ["DOCUMENT_ISSUED", "AGREEMENT_AMENDED"]
    assert [one["subject"]["number"] for one in told] == [running.number] * 2
    ended = {"reason": "x", "basis": TerminationBasis.OTHER}
    await terminate_convention(actor=lawyer, convention_id=running.id, effective_on=date(2026, 3, 20), **ended)
    lease = await builders.lease(await builders.center())
    await renew_lease(actor=lawyer, lease_id=lease.id, term_months=12)
    await terminate_lease(actor=lawyer, lease_id=lease.id, effective_on=date(2026, 3, 20), **ended)
    review = await stages.file_in(ReviewStage.DICTAMEN_ISSUED)
    dictamen = await OfficialDocument.get(review_id=review.id)
    await void_document(actor=head, document_id=dictamen.id, reason="Error en el nombre de Pedro")
    await withdraw_review(actor=lawyer, review_id=review.id, reason="x")
    center = await builders.center()
    await request_license(actor=lawyer, center_id=center.id)
    other = await builders.center(at=builders.MIXCO)
    printed = IssuedLicense("DRACES-12", date(2026, 3, 2), date(2027, 3, 1))
    await record_license(actor=lawyer, issued=printed, center_id=other.id)

    told = await fresh()

    assert events(told) == [
        "AGREEMENT_TERMINATED", "REVIEW_OPENED", "AGREEMENT_TERMINATED", "DOCUMENT_VOIDED", "REVIEW_WITHDRAWN",
        "REVIEW_OPENED", "LICENSE_RECORDED",
    ]  # fmt: skip
    assert told[2]["subject"]["type"] == "Lease"
    assert told[3]["document"]["voidedOn"] == "2026-03-02"
    assert (told[3]["document"]["sha256"], "Pedro" in str(told[3])) == (None, False)
    assert (told[-1]["subject"]["type"], told[-1]["municipality"]) == ("SanitaryLicense", builders.MIXCO)
    sequences = [one["sequence"] for one in told]
    assert sequences == sorted(sequences)


async def test_what_lapses_is_told_as_given_up(db: FreshDatabase) -> None:
    await system()
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RETURNED, due_on=date(2024, 1, 2), returns_count=1)

    await lapse_review(actor=head, review_id=review.id)

    assert [(one["event"], one["stage"]) for one in await fresh()] == [("REVIEW_WITHDRAWN", "WITHDRAWN")]


async def test_every_deed_and_event_of_the_table_belongs_together() -> None:
    named = {event for events in EVENTS_OF.values() for event in events}

    assert named == set(SUBSCRIBABLE) == set(TRACES) == set(WebhookEvent) - {WebhookEvent.PING}


async def test_what_is_reserved_is_told_to_nobody(db: FreshDatabase) -> None:
    await system()
    lawyer, court_file = await builders.person(Role.LEGAL), await builders.court_file()
    for kind, key in (("CourtFile", court_file.id), ("", None)):
        await issue_document(actor=lawyer, kind=DocumentKind.OFICIO, fields=OFICIO, subject_kind=kind, subject_id=key)

    # The second is about no record: its number is told, neither whom it goes to nor what it is about.
    [plain] = await fresh()
    assert plain["subject"]["type"] == "OfficialDocument"
    assert (plain["stage"], plain["municipality"]) == (None, None)
    assert not {OFICIO["addressee"], OFICIO["subject"]} & set(plain["document"].values())


async def test_each_system_hears_of_what_it_chose_and_a_paused_one_of_nothing(db: FreshDatabase) -> None:
    withdrawn, signed = WebhookEvent.REVIEW_WITHDRAWN, WebhookEvent.AGREEMENT_SIGNED
    chosen = await system("https://uno.example/", withdrawn)
    both = await system("https://dos.example/", signed, withdrawn)
    await system("https://tres.example/", signed)
    await system("https://cuatro.example/", withdrawn, active=False)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)

    await withdraw_review(actor=await builders.person(Role.LEGAL), review_id=review.id, reason="x")

    assert await WebhookDelivery.all().order_by("id").values_list("webhook_id", flat=True) == [chosen.id, both.id]
    assert len(set(await WebhookDelivery.all().values_list("key", flat=True))) == 2


async def test_a_deed_that_fails_owes_nothing(db: FreshDatabase) -> None:
    await system()
    lawyer, review = await builders.person(Role.LEGAL), await builders.review(stage=ReviewStage.IN_ANALYSIS)

    async def broken() -> None:
        async with audited(Verb.WITHDRAW_REVIEW, actor=lawyer) as entry:
            await entry.change(review, stage=ReviewStage.WITHDRAWN)
            entry.about(review, "Se desistió.")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken()
    assert not await WebhookDelivery.exists()
    assert not await AuditEntry.exists()


async def test_many_deeds_at_once_are_each_told_once_in_the_order_of_the_chain(db: FreshDatabase) -> None:
    await system()
    lawyer = await builders.person(Role.LEGAL)
    reviews = [await stages.file_in(ReviewStage.IN_ANALYSIS) for _ in range(12)]

    await asyncio.gather(*(withdraw_review(actor=lawyer, review_id=one.id, reason="x") for one in reviews))

    told = await fresh()
    assert {one["subject"]["number"] for one in told} == {one.code for one in reviews}
    sequences = [one["sequence"] for one in told]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 12


async def test_without_systems_a_deed_leaves_no_call(db: FreshDatabase) -> None:
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)
    lawyer: User = await builders.person(Role.LEGAL)

    await withdraw_review(actor=lawyer, review_id=review.id, reason="x")

    assert not await WebhookDelivery.exists()
    assert (await stages.convention_of(review)).stage == AgreementStage.WITHDRAWN
    assert await Webhook.all().count() == 0
