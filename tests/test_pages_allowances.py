"""The pages of allowances: the table as administrators keep it, a sum for any number, and a center's own."""

from datetime import date

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.centers import CenterKind
from models.contributions import AllowanceRate
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.browsing import enter, form, forms, send

TABLE = "/administracion/asignaciones"
pytestmark = pytest.mark.usefixtures("clock")


async def test_the_table_is_kept_on_its_page(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    await enter(app_client, await builders.person(Role.ADMIN))

    page = await app_client.get(f"{TABLE}?children=35&caregivers=3")

    assert "Para 35 niñas y niños y 3 madres cuidadoras" in page.text
    assert "Q7,305.00" in page.text, "200 + 540 + 40 + 35 x 15 + 3 x 2,000"
    assert "«y así sucesivamente», no impreso (F-20); por confirmar" in page.text
    assert "Lo que terminó y lo que viene (2)" in page.text
    filled = form(page, "SaveAllowance")
    typed = {"item": "gas_propano", "childrenMin": "31", "childrenMax": "40", "amount": "Q.600.00",
             "since": "2026-07-01", "source": ""}  # fmt: skip
    answer = await send(app_client, page, filled, **typed)
    assert answer.status_code == 422
    again = form(answer, "SaveAllowance")
    assert (again.values["item"], again.values["amount"]) == ("gas_propano", "Q.600.00")
    answer = await send(app_client, answer, again, source="Acuerdo Interno 5-2026", childrenMax="45")
    assert "El tramo se traslapa con el que rige desde el 01/01/2024, de 31 a 40 niñas y niños." in answer.text
    answer = await send(app_client, answer, form(answer, "SaveAllowance"), childrenMax="40")
    assert answer.status_code == 303
    former, new = await AllowanceRate.filter(item="gas_propano", children_min=31).order_by("since")
    assert (former.until, new.since, new.amount) == (date(2026, 6, 30), date(2026, 7, 1), 600)
    page = await app_client.get(f"{TABLE}?children=35&on=2026-07-01")
    assert "Acuerdo Interno 5-2026" in page.text
    assert "Sin el número de madres cuidadoras no se calcula" in page.text
    ending = form(page, "EndAllowance")
    refuse = next(one for one in await AllowanceRate.filter(item="extraccion_basura"))
    key = page.text.split(", cualquier número, Q40.00")[0].rpartition('<option value="')[2].partition('"')[0]
    answer = await send(app_client, page, ending, rateId=key, endsOn="2026-12-31", reason="Lo da la municipalidad")
    assert answer.status_code == 303
    await refuse.refresh_from_db()
    assert refuse.until == date(2026, 12, 31)


async def test_a_director_reads_the_table_and_a_centers_own_sum(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    home = await builders.center("Las Flores", program=ProgramCode.HC, kind=CenterKind.HOGAR_COMUNITARIO)
    silent = await builders.center("Sin mes", program=ProgramCode.HC)
    elders = await builders.center()
    await builders.attendance(home, date(2026, 2, 1), men=3, women=4)
    await enter(app_client, await builders.person(Role.DIRECTOR, program=ProgramCode.HC))
    assert [one for one in forms(await app_client.get(TABLE)) if "_operation" in one.values] == []
    assert (await app_client.get(f"{TABLE}?children=3000")).status_code == 400

    file = await app_client.get(f"/centros/{home.code}")
    assert f'href="/centros/{home.code}/asignaciones">Lo que se le asigna' in file.text
    assert "Q145.00 al mes sin lo de las madres cuidadoras" in file.text
    assert "Falta lo que la tabla no dice." in file.text
    page = await app_client.get(f"/centros/{home.code}/asignaciones?caregivers=1")
    assert "Por la asistencia de febrero de 2026" in page.text
    assert "Q2,145.00" in page.text
    assert "Agua envasada: la tabla empieza en 10 niñas y niños y aquí son 7." in page.text
    assert "no se calcula." in (await app_client.get(f"/centros/{silent.code}/asignaciones")).text
    assert (await app_client.get(f"/centros/{elders.code}/asignaciones")).status_code == 404
    assert "Lo que se le asigna" not in (await app_client.get(f"/centros/{elders.code}")).text
    await enter(app_client, await builders.person(Role.DIRECTOR))
    assert "son de Hogares Comunitarios y CADI" in (await app_client.get(f"/centros/{elders.code}/asignaciones")).text
