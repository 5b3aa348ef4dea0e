"""Sanitary licenses on their pages: asked for, noted with what MSPAS printed, listed, and followed by the next."""

from datetime import date

import httpx
import pytest

from models.agreements import AgreementStage, SanitaryLicense
from models.people import Role
from models.reviews import LegalReview, ReviewStage
from schema.ids import global_id
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.door import PDF
from tests.test_pages_leases import RAW, fill, offered, shown
from tests.test_record_license import asked

pytestmark = pytest.mark.usefixtures("clock")


async def test_a_coordinator_asks_and_notes_what_the_ministry_issued(app_client: httpx.AsyncClient) -> None:
    center = await builders.center("Los Nietos")
    await enter(app_client, await builders.person(Role.COORDINATOR))
    page = await app_client.get(f"/centros/{center.code}")
    assert f'href="/licencias/nueva?center={global_id("Center", center.id)}"' in page.text
    page = await app_client.get(f"/licencias/nueva?center={global_id('Center', center.id)}")
    assert offered(page) == {"RequestLicense"}
    done = await fill(app_client, page, form(page, "RequestLicense"), note="Es la primera.")
    assert done.status_code == 303, done.text
    license, review = await SanitaryLicense.get(), await LegalReview.get()
    assert done.headers["location"].startswith(f"/expedientes/{review.code}")
    page = await app_client.get(f"/licencias/{license.number}")
    assert "La licencia se anota cuando la Asesoría Jurídica haya emitido su dictamen favorable." in page.text
    assert offered(page) == set()

    await LegalReview.all().update(stage=ReviewStage.DICTAMEN_ISSUED)
    await stages.dictamen(review, license_id=license.id)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert "Falta anotar la licencia que extienda el MSPAS" in page.text
    page = await app_client.get(f"/licencias/{license.number}")
    typed = {"licenseNumber": "DRPSA-1", "issuedOn": "2026-03-01", "expiresOn": "2026-02-01"}
    refused = await fill(app_client, page, form(page, "RecordLicense"), **typed)
    assert (refused.status_code, "El vencimiento debe ser posterior" in refused.text) == (422, True)
    scan = {"fileId": ("licencia.pdf", PDF, "application/pdf")}
    done = await send(app_client, refused, form(refused, "RecordLicense"), scan, expiresOn="2027-02-28")
    assert done.status_code == 303, done.text
    page = await app_client.get(done.headers["location"])
    assert "del 1 de marzo de 2026 al 28 de febrero de 2027" in page.text
    assert "licencia.pdf" in page.text
    assert not RAW.search(shown(page)), RAW.search(shown(page))


async def test_the_legal_office_notes_one_at_once(app_client: httpx.AsyncClient) -> None:
    center = await builders.center()
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get(f"/licencias/nueva?center={global_id('Center', center.id)}")
    typed = {"licenseNumber": "DRPSA-1", "issuedOn": "2026-03-01", "expiresOn": "2027-02-28"}
    done = await fill(app_client, page, form(page, "RecordLicense"), **typed)
    assert done.status_code == 303, done.text
    license = await SanitaryLicense.get()
    assert done.headers["location"].startswith(f"/licencias/{license.number}")
    page = await app_client.get(done.headers["location"])
    again = await fill(app_client, page, form(page, "RequestLicense"))
    assert again.status_code == 303, again.text
    assert (await SanitaryLicense.get(renews_id=license.id)).stage == AgreementStage.REQUESTED


async def test_the_list_and_who_sees_it(app_client: httpx.AsyncClient) -> None:
    good = await builders.sanitary_license(await builders.center("Los Nietos"), search="los nietos")
    late = await builders.sanitary_license(await builders.center(at=builders.MIXCO), ends_on=date(2026, 1, 1))
    pending, _ = await asked()
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/licencias")
    assert 'aria-current="true">Inmuebles' in page.text
    assert not RAW.search(shown(page)), RAW.search(shown(page))
    for query, found in [("filter.standing=EXPIRED", late), ("filter.search=nietos", good), ("", None)]:
        page = await app_client.get(f"/licencias?{query}")
        for one in (good, late):
            assert (one.number in page.text) == (found in (None, one)), query
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    page = await app_client.get("/licencias")
    assert (good.number in page.text, late.number in page.text) == (True, False)
    assert "/licencias/nueva" not in page.text
    assert (await app_client.get(f"/licencias/{late.number}")).status_code == 404
    assert (await app_client.get("/licencias/nueva")).status_code == 403
    page = await app_client.get(f"/licencias/{pending.number}")
    assert (page.status_code, offered(page)) == (200, set())
