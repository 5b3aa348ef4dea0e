"""Lists taken away: the files read back, and records that fill every column of every list."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

from actions.calling import owe_call
from models.agreements import AgreementStage, ConventionKind
from models.alarms import AlarmCode, AlarmRecord, Severity
from models.batches import Batch, BatchItem, BatchItemState, BatchKind, BatchState
from models.clock import now
from models.contributions import ContributionKind, ContributionParty
from models.conventions import Commitment, CommitmentKind
from models.court import CourtNotice, CourtStage
from models.drafts import DraftState
from models.imports import ImportState, SheetImport, SheetKind
from models.outbox import NoticeState
from models.papers import DocumentKind, OfficialDocument, Outcome, Series
from models.people import Role, User
from models.places import OfficeHolder
from models.publications import IssuedReport
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from models.signing import Side, Signature
from models.webhooks import DeliveryState, WebhookDelivery, WebhookEvent
from tests import builders, court, messages
from tests.builders import CHAMELCO
from tests.door import request
from tests.receivers import system

Row = dict[str, Any]


async def csv_rows(person: User, path: str) -> list[Row]:
    """Return the rows of a list taken away as CSV, by the headings."""
    path, _, query = path.partition("?")
    answer = await request(person, "GET", f"{path}.csv?{query}")
    assert answer.status_code == 200, (path, answer.text[-300:])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def xlsx_sheets(person: User, path: str) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of a list taken away as workbook, by the headings, and what its last sheet says."""
    path, _, query = path.partition("?")
    answer = await request(person, "GET", f"{path}.xlsx?{query}")
    assert answer.status_code == 200, (path, answer.text[-300:])
    return read_book(answer.content)


def read_book(content: bytes) -> tuple[list[Row], dict[str, str]]:
    """Return a workbook's list and what its last sheet says."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = book.sheet_names
    assert (len(names), names[-1]) == (2, "Acerca de")
    head, *rows = book.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)
    said = book.get_sheet_by_name(names[-1]).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows], {str(one[0]): str(one[1]) for one in said}


async def fill() -> None:
    """Make records that fill every column of every list."""
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    await builders.places()
    await _agreements(lawyer)
    await _courts(lawyer)
    await _messages(lawyer)
    await _catalogs(lawyer)
    await _reports(lawyer)


async def _reports(lawyer: User) -> None:
    file = await builders.stored_file(lawyer, b"informe", used=True)
    facts = {"tables": [], "note": "Para la Memoria", "word": file, "issued_at": now(), "issued_by": lawyer}
    await IssuedReport.create(first_day=date(2025, 1, 1), last_day=date(2025, 12, 31), edition=1, **facts)


async def _agreements(lawyer: User) -> None:
    center = await builders.center("Centro Ñandú", capacity=20, address="2a calle 3-45, zona 1")
    await builders.attendance(center, men=12, women=25, recorded_on=date(2026, 3, 2))
    await builders.attendance(center, date(2026, 1, 1), men=11, women=24)
    signed = await builders.convention(centers=[center], requested_on=date(2025, 3, 1))
    renewing = await builders.convention(
        stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None, centers=[center], renews=signed,
        requested_on=date(2026, 3, 2),
    )  # fmt: skip
    await Signature.create(
        convention=renewing, side=Side.SOSEP, signer_name="Ana", capacity="Secretaria", place="Guatemala",
        signed_on=date(2026, 3, 2), recorded_by=lawyer,
    )  # fmt: skip
    review = await builders.review(
        renewing, stage=ReviewStage.AWAITING_SIGNATURE, assignee=lawyer, due_on=date(2026, 2, 20), folios=12,
        requesting_unit="Municipalidad", reference="Oficio 5-2026",
    )  # fmt: skip
    await builders.review(stage=ReviewStage.RECEIVED, proposed_lawyer=lawyer, due_on=date(2026, 3, 9))
    await builders.review(stage=ReviewStage.CLOSED, closed_on=date(2026, 3, 1))
    analyzed = await builders.review(
        stage=ReviewStage.IN_ANALYSIS, assignee=lawyer, due_on=date(2026, 3, 9), requesting_unit="Municipalidad"
    )
    await builders.draft(analyzed, lawyer, state=DraftState.SUBMITTED)
    for state in ("", "void"):
        gone: Row = {"voided_on": date(2026, 3, 2), "void_reason": "Nombre equivocado", "voided_by": lawyer}
        await builders.paper(
            DocumentKind.DICTAMEN, review=review, outcome=Outcome.FAVORABLE, addressee="Lic. Pérez", parties=["SOSEP"],
            issued_by=lawyer, **(gone if state else {}),
        )  # fmt: skip
    await Series.create(kind="DICTAMEN", unit="AJ", year=2026, value=2)
    await OfficialDocument.filter(kind=DocumentKind.DICTAMEN).update(year=2026)
    for number, one in enumerate(await OfficialDocument.filter(kind=DocumentKind.DICTAMEN).order_by("id"), start=1):
        await OfficialDocument.filter(id=one.id).update(serial=number)
    lease = await builders.lease(
        center, ends_on=date(2026, 3, 31), term_months=12, total=Decimal("42000.00"), budget_line="2026-11130016-151",
        landlord_name="Inmuebles del Norte, S.A.", address="2a calle 3-45 zona 1",
    )  # fmt: skip
    await builders.lease(center, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None, renews=lease)
    license = await builders.sanitary_license(center, license_number="DRACES-1-2025", ends_on=date(2026, 3, 20))
    await builders.sanitary_license(
        center, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None, renews=license
    )
    promise: Row = {"convention": signed, "party": "COUNTERPART", "kind": CommitmentKind.CONTRIBUTION, "quantity": "12"}
    promise |= {"amount": Decimal("-1500.50") * -1, "due_on": date(2026, 2, 1)}
    await Commitment.create(item="Alimentos", **promise)
    done: Row = {"fulfilled_on": date(2026, 3, 1), "fulfilled_note": "Con acta", "fulfilled_by": lawyer}
    await Commitment.create(item="Mobiliario", **promise | done)
    seen = await builders.visit(center, act="Acta 3-2026", visited_on=date(2026, 2, 1))
    await builders.finding(seen, due_on=date(2026, 2, 20))
    await builders.finding(seen, due_on=date(2026, 2, 20), resolved_on=date(2026, 2, 25))
    forgotten = await builders.center("Centro sin visita reciente")
    await builders.visit(forgotten, visited_on=date(2025, 6, 1))
    await builders.silence(forgotten, silenced_by=lawyer)
    await AlarmRecord.create(
        key="x", code=AlarmCode.FINDING_OVERDUE, severity=Severity.WARNING, center=center, convention=signed,
        message="Pasó de su fecha", seen_on=date(2026, 2, 1), ended_on=date(2026, 2, 25),
    )  # fmt: skip
    given: Row = {"party": ContributionParty.OTHER, "party_name": "Fundación Paz", "convention": signed, "quantity": 2}
    given |= {"monthly_amount": Decimal("6500.50"), "kind": ContributionKind.STAFF, "until": date(2026, 12, 31)}
    await builders.contribution(center, end_reason="Se acabó", **given)
    batch = await Batch.create(
        kind=BatchKind.RENEWALS, title="Una renovación", created_by=lawyer, created_at=now(), due_at=now(),
        state=BatchState.DONE, ended_at=now(),
    )  # fmt: skip
    paper = await OfficialDocument.all().order_by("id").first()
    await BatchItem.create(
        batch=batch, position=1, convention=signed, state=BatchItemState.DONE, said="Hecho.", review=review, tries=1,
        document=paper,
    )  # fmt: skip
    file = await builders.stored_file(lawyer, b"hoja", filename="centros.xlsx", used=True)
    await SheetImport.create(
        kind=SheetKind.ATTENDANCE, file=file, state=ImportState.CHECKED, created_by=lawyer, created_at=now(),
        due_at=now(), rows_total=2, rows_read=2, to_add=1, wrong=1, problems=[],
    )  # fmt: skip


async def _courts(lawyer: User) -> None:
    closed: Row = {"stage": CourtStage.CLOSED, "closed_on": date(2026, 3, 2), "outcome": "Sin lugar"}
    await builders.court_file(subject="Despido", lawyer=lawyer, **closed)
    file = await builders.court_file(subject="Despido", lawyer=lawyer, next_on=date(2026, 3, 9))
    await court.court_date(file, place="Sala 2")
    await court.court_date(file, place="Sala 2", settled_on=date(2026, 3, 2), result="Se suspendió")
    notice = await court.notice(file, due_on=date(2026, 3, 1), summary="Se corre audiencia")
    await CourtNotice.filter(id=notice.id).update(answered_on=date(2026, 3, 2), answer="Se evacuó")
    await court.notice(file, due_on=date(2026, 3, 1), summary="Se corre audiencia")


async def _messages(lawyer: User) -> None:
    review = await LegalReview.all().order_by("id").first()
    await messages.notice(1, review=review, state=NoticeState.SENT, sent_at=now())
    await messages.notice(2, review=review, tries=2, error="451 Intente más tarde")
    await messages.contact("caal@prueba.example", position="Secretaria", stopped_at=now())
    await messages.contact("paz@prueba.example", institution=await builders.institution("Fundación Paz"))
    await messages.bounce("caal@prueba.example")
    target = await system()
    call = await owe_call(target.id, WebhookEvent.REVIEW_OPENED, {}, at=now(), sequence=1, mark="1-1-1")
    waits: Row = {"tries": 2, "error": "Respondió 500.", "status": 500}
    await WebhookDelivery.filter(id=call.id).update(**waits)
    other = await owe_call(target.id, WebhookEvent.REVIEW_OPENED, {}, at=now(), sequence=2, mark="2-2-2")
    await WebhookDelivery.filter(id=other.id).update(state=DeliveryState.SENT, sent_at=now(), status=200)


async def _catalogs(lawyer: User) -> None:
    whole: Row = {
        "since": date(2024, 1, 15),
        "until": date(2028, 1, 15),
        "appointment": "Acuerdo 1-2024",
        "gender": "F",
    }
    for of in (
        {"municipality_id": CHAMELCO},
        {"institution": await builders.institution("Asociación Ixmucané", note="Activa")},
    ):
        await OfficeHolder.create(name="María Caal", position="Alcaldesa", **whole, **of)
    await builders.requirement(
        "COMPLETO", convention_kind=ConventionKind.CONVENIO, program="MAD", valid_to=date(2030, 1, 1)
    )
    await builders.allowance_rate(until=date(2026, 12, 31), is_ceiling=True)
    await builders.requirement("DE_LICENCIA", matter=ReviewMatter.SANITARY_LICENSE)
    await builders.holiday(
        date(2026, 8, 15), at=CHAMELCO, legal_basis="Acuerdo municipal", recorded_by=lawyer,
        withdrawn_on=date(2026, 3, 1), withdrawn_by=lawyer,
    )  # fmt: skip
    await builders.office(address="1a calle", phone="7952-0000", valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
