"""Pages of supervision and contributions: noting without JavaScript, keeping what was typed, and following it up."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from models.centers import Center
from models.contributions import CenterContribution, ContributionKind, ContributionParty
from models.people import Role, User
from models.supervision import FindingFollowUp, SupervisionFinding, SupervisionVisit
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.door import HOSTILE, PDF, id_of

VISIT: dict[str, Any] = {"visitedOn": "2026-02-27", "supervisorName": "Ana López", "summary": HOSTILE[2]}


@pytest.fixture
async def director(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign the director of Mis Años Dorados in."""
    person = await builders.person(Role.DIRECTOR)
    await enter(app_client, person)
    return person


async def page_of(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """Return a page that must be there."""
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer


async def test_a_visit_is_noted_by_its_form_and_its_finding_is_mended(
    director: User, app_client: httpx.AsyncClient
) -> None:
    center = await builders.center()
    path = f"/centros/{center.code}/supervision"
    assert f'href="{path}"' in (await page_of(app_client, f"/centros/{center.code}")).text
    page = await page_of(app_client, path)
    filled = form(page, "RecordVisit")
    second = {"findings.1.text": "Falta <b>botiquín</b>", "findings.1.severity": "HIGH"}

    # A row that was begun is asked for the rest; it is the first one now, and all that was typed is kept.
    wrong = await send(app_client, page, filled, **VISIT | {"visitedOn": "2026-03-03"}, **second)
    assert wrong.status_code == 422
    again = form(wrong, "RecordVisit")
    assert (again.values["findings.0.text"], again.values["findings.0.severity"]) == ("Falta <b>botiquín</b>", "HIGH")
    assert (again.values["summary"], again.values["supervisorName"]) == (HOSTILE[2], "Ana López")
    assert (again.errors, 'href="#f-findings.0.party"' in wrong.text) == (1, True)
    future = await send(app_client, wrong, again, **{"findings.0.party": "SOSEP", "findings.0.dueOn": "2026-03-01"})
    assert (future.status_code, form(future, "RecordVisit").errors) == (422, 2)
    assert await SupervisionVisit.all().count() == 0

    files = {"fileId": ("acta.pdf", PDF)}
    right = form(future, "RecordVisit")
    done = await send(app_client, future, right, files, visitedOn="2026-02-27")
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?hecho=RecordVisit")
    shown = await page_of(app_client, done.headers["location"])
    assert "La visita quedó anotada." in shown.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    assert "acta.pdf" in shown.text
    finding = await SupervisionFinding.get()
    where = f"/supervision/hallazgos/{id_of(finding)}"
    assert f'href="{where}"' in shown.text
    assert f'href="{where}"' in (await page_of(app_client, "/supervision")).text

    page = await page_of(app_client, where)
    filled = form(page, "FollowUpFinding")
    kept = await send(app_client, page, filled, notedOn="2026-02-26", text="Llegó hoy")
    assert (kept.status_code, form(kept, "FollowUpFinding").values["text"]) == (422, "Llegó hoy")
    mending = form(kept, "FollowUpFinding")
    mending.values["resolves"] = "true"
    await send(app_client, kept, mending, {"fileId": ("foto.pdf", PDF)}, notedOn="2026-03-01")
    assert (await FindingFollowUp.get()).resolves
    page = await page_of(app_client, where)
    assert [one.values.get("_operation") for one in forms(page)] == [None], "nothing is left to do about it"
    assert "Corregido" in page.text
    assert "foto.pdf" in page.text
    assert f'href="{where}"' not in (await page_of(app_client, "/supervision")).text
    assert f'href="{where}"' in (await page_of(app_client, "/supervision?filter.state=RESOLVED")).text


async def test_what_is_overdue_comes_first_and_the_unvisited_are_told(
    director: User, app_client: httpx.AsyncClient
) -> None:
    one, other = await builders.center("Visitado"), await builders.center("Olvidado")
    seen = await builders.visit(one, visited_on=date(2026, 2, 1), act="Acta 9-2026")
    for name, due in [("Sin fecha", None), ("Mañana", date(2026, 3, 3)), ("Tarde", date(2026, 2, 20))]:
        await builders.finding(seen, name, due_on=due)
    await builders.visit(other, visited_on=date(2026, 3, 2) - timedelta(days=200))

    page = await page_of(app_client, "/supervision")

    assert re.findall(r'<th scope="row"><a href="/supervision/hallazgos/[^"]+">([^<]*)</a>', page.text) == [
        "Tarde",
        "Mañana",
        "Sin fecha",
    ]
    assert "Atrasado 10 días" in page.text
    assert "Hay un hallazgo atrasado" in page.text
    assert "Ningún hallazgo" in (await page_of(app_client, "/supervision?asOf=2026-01-31")).text
    before = (await page_of(app_client, f"/centros/{one.code}/supervision?asOf=2026-01-31")).text
    assert ("No consta ninguna visita" in before, "RecordVisit" in before) == (True, False)
    unvisited = (await page_of(app_client, "/supervision/sin-visita")).text
    assert ("Olvidado" in unvisited, "Visitado" in unvisited) == (True, False)
    assert "«days» va de 1 a" in (await app_client.get("/supervision/sin-visita?days=0")).text
    assert "Acta 9-2026" in (await page_of(app_client, "/supervision/visitas?filter.search=9-2026")).text
    assert (await app_client.get("/supervision/visitas?filter.from=2026-02-31")).status_code == 422


async def test_contributions_are_drawn_noted_corrected_and_ended(director: User, app_client: httpx.AsyncClient) -> None:
    center = await builders.center()
    promised = await builders.convention(centers=[center])
    staff = {"kind": ContributionKind.STAFF, "party": ContributionParty.MUNICIPALITY, "quantity": 2}
    await builders.contribution(center, **staff, monthly_amount=Decimal("7500"), description="Enfermera")
    path = f"/centros/{center.code}/aportes"
    page = await page_of(app_client, path)
    filled = form(page, "SaveContribution")
    typed = {"party": "SOSEP", "kind": "FOOD", "description": "Almuerzo <i>rico</i>", "since": "2026-01-01"}
    typed |= {"monthlyAmount": "Q.2,500.00", "conventionId": id_of(promised)}

    wrong = await send(app_client, page, filled, **typed, quantity="3")
    assert (wrong.status_code, form(wrong, "SaveContribution").errors) == (422, 1)
    assert form(wrong, "SaveContribution").values["description"] == "Almuerzo <i>rico</i>"
    done = await send(app_client, wrong, form(wrong, "SaveContribution"), quantity="")
    assert done.status_code == 303
    shown = await page_of(app_client, path)
    assert "Almuerzo &lt;i&gt;rico&lt;/i&gt;" in shown.text
    assert 'aria-label="Quetzales al mes: SOSEP 25 % y Municipalidad 75 %"' in shown.text
    assert 'aria-label="Plazas de personal: Municipalidad 100 %"' in shown.text
    assert "Q10,000.00" in shown.text
    assert promised.number in shown.text

    made = await CenterContribution.get(kind="FOOD")
    one = f"/aportes/{id_of(made)}"
    page = await page_of(app_client, one)
    assert form(page, "SaveContribution").values["monthlyAmount"] == "2500.00"
    await send(app_client, page, form(page, "SaveContribution"), monthlyAmount="3000")
    page = await page_of(app_client, one)
    bad = await send(app_client, page, form(page, "EndContribution"), until="2025-12-31", reason="Se acabó")
    assert bad.status_code == 422
    assert [one.errors for one in forms(bad) if one.values.get("_operation")] == [1, 0]
    assert 'href="#f-fin-until"' in bad.text
    again = form(bad, "EndContribution")
    assert again.values["reason"] == "Se acabó"
    assert (await send(app_client, bad, again, until="2026-02-28")).status_code == 303
    await made.refresh_from_db()
    assert (made.monthly_amount, made.until, made.end_reason) == (Decimal(3000), date(2026, 2, 28), "Se acabó")
    assert "SaveContribution" not in (await page_of(app_client, one)).text

    then = await page_of(app_client, f"{path}?asOf=2026-02-01")
    assert ("Almuerzo" in then.text, "SaveContribution" in then.text) == (True, False)

    totals = await page_of(app_client, "/aportes")
    assert ("Enfermera" in totals.text, "Almuerzo" in totals.text) == (True, False)
    assert "Alta Verapaz" in totals.text
    assert "Almuerzo" in (await page_of(app_client, "/aportes?asOf=2026-02-01")).text
    assert "Almuerzo" in (await page_of(app_client, "/aportes?filter.current=false")).text


async def test_a_town_reads_what_is_its_own_and_gets_no_forms(clock: Clock, app_client: httpx.AsyncClient) -> None:
    here, there = await builders.center("Aquí"), await builders.center("Allá", at=builders.MIXCO)
    ids: dict[Center, tuple[str, str]] = {}
    for center in (here, there):
        finding = await builders.finding(await builders.visit(center), f"Hallazgo en {center.name}")
        ids[center] = id_of(finding), id_of(await builders.contribution(center))
    await enter(app_client, await builders.person(Role.MUNICIPAL))

    for path in ("/supervision", "/supervision/visitas", "/supervision/sin-visita?days=1", "/aportes"):
        text = (await page_of(app_client, path)).text
        assert "Allá" not in text, path
        assert path == "/supervision/sin-visita?days=1" or "Aquí" in text, path
    for paths, code in (("supervision", 200), ("aportes", 200)):
        assert (await app_client.get(f"/centros/{here.code}/{paths}")).status_code == code
        assert (await app_client.get(f"/centros/{there.code}/{paths}")).status_code == 404
    for center, code in ((here, 200), (there, 404)):
        for path in (f"/supervision/hallazgos/{ids[center][0]}", f"/aportes/{ids[center][1]}"):
            page = await app_client.get(path)
            assert page.status_code == code
            assert not [one for one in forms(page) if "_operation" in one.values]
    # An id of another kind is no finding.
    assert (await app_client.get(f"/supervision/hallazgos/{ids[here][1]}")).status_code == 404
