"""Premises on their pages: asked for, corrected, settled, delegated, written, signed, renewed and ended by hand."""

import re
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage, Lease, LeaseForm, LeaseNature
from models.papers import DocumentKind, OfficialDocument
from models.people import Role
from models.reviews import LegalReview, ReviewStage
from models.signing import Signature, SignatureDelegation
from schema.ids import global_id
from tests import builders, stages
from tests.browsing import Form, enter, form, forms, send
from tests.conftest import Clock
from tests.door import PDF
from tests.premises import NIT, delegated, lease_in, to_sign

BLANK = {"fileId": ("", b"", "application/octet-stream")}
RAW = re.compile(r"\b(LEASE|PROPERTY_ASSIGNMENT|CONTRATO_ARR\w+|ACTA_NEG\w+|IN_REVIEW|READY_TO_SIGN|SOSEP_\w+|None)\b")
pytestmark = pytest.mark.usefixtures("clock")


def shown(page: httpx.Response) -> str:
    """Return what a page says outside of its forms' values, links and numbers of papers."""
    text = re.sub(r"<(select|form).*?</\1>", "", page.text, flags=re.DOTALL)
    return re.sub(r"<[^>]+>|[A-Z_]+-AJ-\d+-\d+", " ", text)


def offered(page: httpx.Response) -> set[str]:
    """Return the operations that a page's forms run."""
    return {one.values["_operation"] for one in forms(page) if "_operation" in one.values}


async def fill(client: httpx.AsyncClient, page: httpx.Response, filled: Form, **typed: Any) -> httpx.Response:
    """Send a form with what is typed, names with dots given with double underscores."""
    files = dict.fromkeys(filled.files, ("", b"", "application/octet-stream"))
    return await send(client, page, filled, files or None, **{k.replace("__", "."): v for k, v in typed.items()})


async def test_a_coordinator_asks_for_an_inmueble(app_client: httpx.AsyncClient) -> None:
    center, office = await builders.center("Los Nietos"), await builders.office()
    await builders.municipality("1601")
    await enter(app_client, await builders.person(Role.COORDINATOR))
    page = await app_client.get("/arrendamientos")
    assert 'href="/arrendamientos/nuevo"' in page.text
    assert 'aria-current="page">Inmuebles' in page.text
    first = await app_client.get("/arrendamientos/nuevo")
    assert office.name in first.text
    second = await app_client.get(f"/arrendamientos/nuevo?serves={global_id('Center', center.id)}&nature=LEASE")
    asked = form(second, "RequestLease")
    typed = {
        "landlord__name": "Inmuebles del Norte, S.A.", "landlord__nit": "1234567-8", "premises__address": "2a calle",
        "use": "Centro", "monthlyRent": "Q 1.500,00", "termMonths": "12", "justification": "Hace falta.",
    }  # fmt: skip
    refused = await fill(app_client, second, asked, **typed)
    assert refused.status_code == 422
    assert "por ejemplo 1500.00 o Q.1,500.00" in refused.text
    again = form(refused, "RequestLease")
    assert again.values["landlord.name"] == "Inmuebles del Norte, S.A."
    refused = await fill(app_client, refused, again, monthlyRent="Q.1,500.00")
    assert "El NIT no es válido" in refused.text
    done = await fill(app_client, refused, form(refused, "RequestLease"), landlord__nit=NIT)
    assert done.status_code == 303, done.text
    lease, review = await Lease.get(), await LegalReview.get()
    assert done.headers["location"].startswith(f"/expedientes/{review.code}")
    assert f"{lease.monthly_rent} {lease.total}" == "1500.00 18000.00"
    page = await app_client.get(done.headers["location"])
    assert f'href="/arrendamientos/{lease.number}"' in page.text
    assert "SubmitForReview" in offered(page)


async def test_an_office_chooses_its_town_and_an_assignment_pays_nothing(app_client: httpx.AsyncClient) -> None:
    office = await builders.office()
    await builders.places()
    await enter(app_client, await builders.person(Role.LEGAL))
    address = f"/arrendamientos/nuevo?serves={global_id('DepartmentalOffice', office.id)}&nature=PROPERTY_ASSIGNMENT"
    page = await app_client.get(address)
    asked = form(page, "RequestLease")
    assert "monthlyRent" not in asked.values
    assert ("Cobán" in page.text, ">Mixco<" in page.text) == (True, False)
    done = await fill(
        app_client, page, asked, landlord__name="Ministerio de Educación", premises__address="3a calle",
        premises__municipalityCode="1601", use="Sede", justification="Hace falta.",
    )  # fmt: skip
    assert done.status_code == 303, done.text
    lease = await Lease.get()
    assert (lease.nature, lease.municipality_id, lease.monthly_rent) == (LeaseNature.PROPERTY_ASSIGNMENT, "1601", None)
    listed = await app_client.get("/arrendamientos?filter.nature=PROPERTY_ASSIGNMENT")
    assert lease.number in listed.text
    assert lease.number not in (await app_client.get("/arrendamientos")).text


async def test_a_contract_from_the_dictamen_to_its_last_signature(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, review = await lease_in(ReviewStage.DICTAMEN_ISSUED, assignee=lawyer)
    where = f"/arrendamientos/{lease.number}"
    await enter(app_client, lawyer)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert f'<a class="button" href="{where}">' in page.text
    page = await app_client.get(where)
    assert "Se propone <b>acta administrativa de negociación</b>" in page.text
    assert "es solo una propuesta" in page.text
    assert offered(page) == {"ConfirmLeaseForm"}

    refused = await fill(app_client, page, form(page, "ConfirmLeaseForm"), form="CONTRATO")
    assert refused.status_code == 422
    assert "Escriba por qué la forma es otra" in refused.text
    assert form(refused, "ConfirmLeaseForm").values["form"] == "CONTRATO"
    done = await fill(app_client, refused, form(refused, "ConfirmLeaseForm"), reason="Así lo pide la SGP.")
    assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "Para elaborar el contrato falta anotar la delegación de firma." in page.text

    delegation = {
        "instrument": "Acuerdo", "number": "5-2026", "issuedOn": "2026-03-02", "delegateName": "Carla Ruiz",
        "delegatePosition": "Secretaria",
    }  # fmt: skip
    filled = form(page, "RecordSignatureDelegation")
    refused = await fill(app_client, page, filled, **delegation | {"issuedOn": "2026-03-03"})
    assert (refused.status_code, "La fecha del documento debe ser" in refused.text) == (422, True)
    scan = {"fileId": ("acuerdo.pdf", PDF, "application/pdf")}
    done = await send(app_client, refused, form(refused, "RecordSignatureDelegation"), scan, **delegation)
    assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "Acuerdo 5-2026 del 2 de marzo de 2026, a Carla Ruiz, Secretaria" in page.text
    assert "acuerdo.pdf" in page.text
    assert f'href="{where}/documento"' in page.text

    page = await app_client.get(f"{where}/documento")
    paper = form(page, "IssueLeasePaper")
    assert paper.values["landlord.name"] == "Inmuebles del Norte, S.A."
    typed = {"landlord__name": "Marta Xol", "landlord__position": "representante legal", "landlord__gender": "F"}
    refused = await fill(app_client, page, paper, **typed, ownership="Certificación.")
    assert (refused.status_code, "Elija femenino o masculino" in refused.text) == (422, True)
    done = await fill(app_client, refused, form(refused, "IssueLeasePaper"), delegateGender="F")
    assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "El documento está hecho y queda a la firma." in page.text
    assert await OfficialDocument.exists(kind=DocumentKind.CONTRATO_ARRENDAMIENTO, lease=lease)

    await enter(app_client, await builders.person(Role.SIGNATORY))
    waiting = await app_client.get("/firmas")
    assert f'href="{where}#firmas"' in waiting.text
    assert "Por SOSEP firma Carla Ruiz." in waiting.text
    for side, name in (("COUNTERPART", "Marta Xol"), ("SOSEP", "Carla Ruiz")):
        page = await app_client.get(where)
        given = {"side": side, "signerName": name, "capacity": "Titular", "place": "Guatemala"}
        done = await fill(app_client, page, form(page, "RecordSignature"), **given)
        assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "Ya tiene todas sus firmas." in page.text
    assert "del 1 de abril de 2026 al 31 de marzo de 2027" not in page.text, "it does not rule yet"
    assert (await Lease.get()).stage == AgreementStage.SIGNED
    assert await Signature.all().count() == 2
    assert not RAW.search(shown(page)), RAW.search(shown(page))


async def test_an_acta_is_typed_and_refused_field_by_field(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(
        ReviewStage.DICTAMEN_ISSUED, assignee=lawyer, form=LeaseForm.ACTA_NEGOCIACION, form_confirmed_by=lawyer
    )
    await enter(app_client, lawyer)
    page = await app_client.get(f"/arrendamientos/{lease.number}/documento")
    typed = {
        "book": "Libro 2", "bookRegistry": "L2 45,123", "folioFrom": "15", "folioTo": "14", "startTime": "09:30",
        "endTime": "11:00", "attendees__0__name": "Carla Ruiz", "attendees__0__position": "Secretaria",
        "attendees__1__position": "arrendante",
    }  # fmt: skip
    refused = await fill(app_client, page, form(page, "IssueLeasePaper"), **typed)
    assert (refused.status_code, "La última hoja no puede ir antes" in refused.text) == (422, True)
    again = form(refused, "IssueLeasePaper")
    assert (again.values["attendees.0.name"], again.values["attendees.1.name"]) == (
        "Carla Ruiz", "Inmuebles del Norte, S.A.",
    )  # fmt: skip
    done = await fill(app_client, refused, again, folioTo="16")
    assert done.status_code == 303, done.text


async def test_data_are_corrected_and_a_stale_form_is_refused(app_client: httpx.AsyncClient) -> None:
    lease, _ = await lease_in(ReviewStage.GATHERING, justification="x", finca="1", folio="2", libro="3")
    await enter(app_client, await builders.person(Role.COORDINATOR))
    page = await app_client.get(f"/arrendamientos/{lease.number}/corregir")
    earlier = await app_client.get(f"/arrendamientos/{lease.number}/corregir")
    change = form(page, "ChangeLease")
    assert (change.values["monthlyRent"], change.values["premises.finca"]) == ("3500.00", "1")
    blank = {"premises__finca": "", "premises__folio": "", "premises__libro": ""}
    done = await fill(app_client, page, change, monthlyRent="4,000", **blank)
    assert done.status_code == 303, done.text
    assert (str((await Lease.get()).total), (await Lease.get()).finca) == ("48000.00", "")
    stale = await fill(app_client, page, form(earlier, "ChangeLease"), monthlyRent="1.00")
    assert (stale.status_code, "Otra persona cambió este registro" in stale.text) == (422, True)


async def test_a_signed_lease_is_renewed_and_ended(app_client: httpx.AsyncClient) -> None:
    lease = await builders.lease(await builders.center(), term_months=12, landlord_nit=NIT)
    where = f"/arrendamientos/{lease.number}"
    await enter(app_client, await builders.person(Role.DIRECTOR))
    page = await app_client.get(where)
    assert offered(page) == {"RenewLease"}
    done = await fill(app_client, page, form(page, "RenewLease"), monthlyRent="3,600.00")
    assert done.status_code == 303, done.text
    new = await Lease.get(renews_id=lease.id)
    page = await app_client.get(where)
    assert f'<a href="/arrendamientos/{new.number}">' in page.text
    assert offered(page) == set()

    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get(where)
    end = form(page, "TerminateLease")
    refused = await fill(app_client, page, end, basis="BREACH", effectiveOn="2027-01-01", reason="No pagó.")
    assert (refused.status_code, "debe estar en su plazo" in refused.text) == (422, True)
    done = await fill(app_client, refused, form(refused, "TerminateLease"), effectiveOn="2026-06-30")
    assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "30 de junio de 2026. No pagó. (Incumplimiento)" in page.text


async def test_buttons_only_where_they_work(app_client: httpx.AsyncClient) -> None:
    lease, _ = await to_sign(LeaseForm.CONTRATO)
    assigned, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None)
    for role, offers in [
        (Role.COORDINATOR, set()), (Role.DIRECTOR, set()), (Role.AUDITOR, set()), (Role.ADMIN, set()),
        (Role.SIGNATORY, {"RecordSignature"}), (Role.LEGAL, {"RecordSignature", "RecordSignatureDelegation"}),
    ]:  # fmt: skip
        await enter(app_client, await builders.person(role))
        page = await app_client.get(f"/arrendamientos/{lease.number}")
        assert (page.status_code, offered(page)) == (200, offers), role
    await SignatureDelegation.all().delete()
    page = await app_client.get(f"/arrendamientos/{lease.number}")
    assert "Falta la delegación de firma para este contrato." in page.text
    assert "RecordSignature" not in offered(page)
    page = await app_client.get(f"/arrendamientos/{assigned.number}")
    assert "RecordSignatureDelegation" in offered(page)
    await delegated(assigned)
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    for path in ("/arrendamientos", f"/arrendamientos/{lease.number}", "/arrendamientos/nuevo"):
        assert (await app_client.get(path)).status_code == 403
    await enter(app_client, await builders.person(Role.COORDINATOR, at=builders.MIXCO))
    assert (await app_client.get(f"/arrendamientos/{lease.number}")).status_code == 404


async def test_the_register_is_filtered(clock: Clock, app_client: httpx.AsyncClient) -> None:
    center = await builders.center()
    acta = await builders.lease(center, form=LeaseForm.ACTA_NEGOCIACION, search="norte")
    over = await builders.lease(center, starts_on=clock.today.replace(year=2025), ends_on=clock.today.replace(month=2))
    await delegated(over)
    await enter(app_client, await builders.person(Role.AUDITOR))
    every = await app_client.get("/arrendamientos")
    assert every.text.index(over.number) < every.text.index(acta.number)
    assert "Q3,500.00" in every.text
    assert not RAW.search(shown(every)), RAW.search(shown(every))
    for query, found in [
        ("filter.form=ACTA_NEGOCIACION", acta), ("filter.standing=EXPIRED", over), ("filter.search=norte", acta),
        ("filter.delegated=true", over), ("filter.delegated=false", acta),
    ]:  # fmt: skip
        page = await app_client.get(f"/arrendamientos?{query}")
        assert (acta.number in page.text, over.number in page.text) == (found is acta, found is over), query
    due = await app_client.get("/vencimientos")
    assert f'href="/arrendamientos/{over.number}"' in due.text
    page = await app_client.get(f"/centros/{center.code}")
    assert f'href="/arrendamientos/{acta.number}"' in page.text


async def test_what_is_typed_is_shown_as_text(app_client: httpx.AsyncClient) -> None:
    bad = "<script>alert(1)</script> {{7*7}}"
    lease, _ = await lease_in(ReviewStage.GATHERING, landlord_name=bad, use=bad, address=bad, justification=bad)
    await enter(app_client, await builders.person(Role.LEGAL))
    for path in ("", f"/{lease.number}", f"/{lease.number}/corregir"):
        page = await app_client.get(f"/arrendamientos{path}")
        assert (page.status_code, "<script>" in page.text, "{{7*7}}" in page.text) == (200, False, True), path


async def test_a_file_about_a_lease_is_handled_by_who_asked(app_client: httpx.AsyncClient) -> None:
    _, review = await lease_in(ReviewStage.GATHERING)
    convention = await stages.file_in(ReviewStage.GATHERING)
    for role, here, there in [
        (Role.COORDINATOR, {"SubmitForReview", "WithdrawReview"}, set()),
        (Role.DIRECTOR, {"SubmitForReview", "WithdrawReview"}, {"SubmitForReview", "WithdrawReview"}),
    ]:  # fmt: skip
        await enter(app_client, await builders.person(role))
        assert offered(await app_client.get(f"/expedientes/{review.code}")) == here
        assert offered(await app_client.get(f"/expedientes/{convention.code}")) - {"RecordCouncilMinute"} == there
