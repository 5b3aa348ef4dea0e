"""The pages of attendance: a month of many centers in one form, and a center's year with its corrections."""

import re
from datetime import date

import httpx
import pytest

from models.centers import Attendance, Center
from models.people import Role, User
from tests import builders
from tests.browsing import enter, form, forms, send

pytestmark = pytest.mark.usefixtures("clock")
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
async def coordinator(app_client: httpx.AsyncClient) -> User:
    """Who coordinates Alta Verapaz, signed in."""
    await builders.places()
    person = await builders.person(Role.COORDINATOR)
    await enter(app_client, person)
    return person


async def noted(of: Center) -> tuple[int, int] | None:
    """Return what is on record for February."""
    row = await Attendance.get_or_none(center=of, month=FEBRUARY)
    return (row.men, row.women) if row else None


async def test_a_whole_month_is_typed_at_once_and_what_is_left_comes_next(
    app_client: httpx.AsyncClient, coordinator: User
) -> None:
    ana, bety, carmen = [await builders.center(name) for name in ("Ana", "Bety", "Carmen")]
    await builders.attendance(ana, FEBRUARY, men=1, women=2)
    await builders.attendance(bety, date(2026, 1, 1), men=8, women=9)

    page = await app_client.get("/asistencia")

    assert "Asistencia de febrero de 2026" in page.text
    assert "Informaron 1 de 3 centros; faltan 2." in page.text
    assert re.search(r"8 hombres, 9 mujeres<br><span[^>]*>ene 2026", page.text)
    filled = form(page, "RecordAttendance")
    assert len([key for key in filled.values if key.endswith(".men")]) == 2, "one on record is no field"
    men, women = [next(key for key in filled.values if key.endswith(name)) for name in (".men", ".women")]
    answer = await send(app_client, page, filled, **{men: "3", women: "4"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/asistencia?pending=true&month=2026-02-01&hecho=RecordAttendance"
    assert (await noted(bety), await noted(carmen)) == ((3, 4), None)
    page = await app_client.get(answer.headers["location"])
    assert "La asistencia quedó anotada." in page.text
    assert "Carmen" in page.text
    assert "Ana" not in page.text
    assert "falta 1." in page.text


async def test_what_is_wrong_is_said_at_its_center_and_what_was_typed_stays(
    app_client: httpx.AsyncClient, coordinator: User
) -> None:
    ana, bety, carmen = [await builders.center(name) for name in ("Ana", "Bety", "Carmen")]
    page = await app_client.get("/asistencia")
    filled = form(page, "RecordAttendance")
    typed = {"centers.0.men": "5", "centers.0.women": "6", "centers.1.men": "x", "centers.1.women": "7",
             "centers.2.men": "9", "centers.2.women": ""}  # fmt: skip

    answer = await send(app_client, page, filled, **typed)

    assert answer.status_code == 422
    assert 'href="#f-centers.1.men">Escriba un número entero' in answer.text
    again = form(answer, "RecordAttendance")
    assert {key: again.values[key] for key in typed} == typed
    # Meanwhile somebody else notes one of them: the others keep what was typed, each its own.
    await builders.attendance(ana, FEBRUARY, men=1, women=1)
    answer = await send(app_client, answer, again, **{"centers.1.men": "8"})
    assert answer.status_code == 422
    assert "Ana: febrero de 2026 ya está anotado, con 1 hombre y 1 mujer." not in answer.text, "figures come first"
    assert 'href="#f-centers.2.women">Escriba también las mujeres o niñas; 0 si ninguna.' in answer.text
    again = form(answer, "RecordAttendance")
    assert "centers.0.men" not in again.values
    assert (again.values["centers.1.men"], again.values["centers.2.men"]) == ("8", "9")
    answer = await send(app_client, answer, again, **{"centers.2.women": "0"})
    assert answer.status_code == 303
    assert [await noted(one) for one in (ana, bety, carmen)] == [(1, 1), (8, 7), (9, 0)]


async def test_a_reader_sees_the_month_and_no_form(app_client: httpx.AsyncClient, coordinator: User) -> None:
    await builders.center("Ana")
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get("/asistencia?month=2026-01")
    assert "Ana" in page.text
    assert [one for one in forms(page) if "_operation" in one.values] == []
    assert (await app_client.get("/asistencia?month=2026-04")).status_code == 400
    assert (await app_client.get("/asistencia?month=nunca")).status_code == 400
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get("/asistencia")).status_code == 403


async def test_a_centers_year_is_noted_and_corrected_on_its_page(
    app_client: httpx.AsyncClient, coordinator: User
) -> None:
    center = await builders.center("CAD Chamelco", capacity=30)
    row = await builders.attendance(center, date(2025, 11, 1), men=30, women=20)
    address = f"/centros/{center.code}/asistencia"
    shown = (await app_client.get(f"/centros/{center.code}")).text
    assert f'href="{address}"' in shown

    page = await app_client.get(address)

    assert page.text.count("Sin informar") == 10
    assert "Sobre el cupo" in page.text
    correction = form(page, "CorrectAttendance")
    answer = await send(app_client, page, correction, **{"men": "3", "reason": ""})
    assert answer.status_code == 422
    kept = form(answer, "CorrectAttendance")
    assert (kept.values["men"], kept.values["women"]) == ("3", "20")
    answer = await send(app_client, answer, kept, **{"reason": "Se escribió un cero de más"})
    assert answer.status_code == 303
    page = await app_client.get(answer.headers["location"])
    assert "La corrección quedó hecha" in page.text
    assert "decía 30 hombres y 20 mujeres; dice 3 hombres y 20 mujeres." in page.text
    await row.refresh_from_db()
    assert row.men == 3
    # As it stood the day before, without forms.
    before = await app_client.get(f"{address}?asOf=2026-03-01")
    assert re.search(r'data-label="Hombres o niños">30<', before.text)
    assert "Se escribió un cero de más" not in before.text
    assert [one for one in forms(before) if "_operation" in one.values] == []
    new = next(one for one in forms(page) if one.values.get("month") == "2026-03-01")
    answer = await send(app_client, page, new, **{"centers.0.men": "1", "centers.0.women": "-1"})
    assert answer.status_code == 422
    assert 'href="#f-2026-03-01-centers.0.women">' in answer.text
    assert 'id="f-2026-03-01-centers.0.women"' in answer.text
    new = next(one for one in forms(answer) if one.values.get("month") == "2026-03-01")
    assert (await send(app_client, answer, new, **{"centers.0.women": "1"})).status_code == 303
    assert await Attendance.filter(center=center, month=date(2026, 3, 1)).exists()


async def test_an_old_month_is_found_from_todays_page_and_stays_in_sight_once_corrected(
    app_client: httpx.AsyncClient, coordinator: User
) -> None:
    center = await builders.center("Ana")
    await builders.attendance(center, date(2024, 11, 1), men=6, women=21)

    today = await app_client.get(f"/centros/{center.code}/asistencia")
    address = f"/centros/{center.code}/asistencia?to=2024-11-01"
    assert f'<a href="{address}">noviembre de 2024</a>' in today.text
    page = await app_client.get(address)
    answer = await send(app_client, page, form(page, "CorrectAttendance"), men="7", reason="Error de digitación")

    assert answer.headers["location"] == f"{address}&hecho=CorrectAttendance"
    assert "decía 6 hombres y 21 mujeres" in (await app_client.get(answer.headers["location"])).text
