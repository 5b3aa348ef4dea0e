"""The day of an end and the day after it: what people are told, and what the pages of centers and conventions show."""

from datetime import timedelta

import httpx
import pytest

from models.outbox import Notice
from models.people import Role
from tests import builders
from tests.browsing import enter
from tests.conftest import Clock
from workflows.reminders import remind_everybody

pytestmark = pytest.mark.usefixtures("db")


async def test_both_days_are_told_in_their_words(clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    sede = await builders.person(Role.COORDINATOR)
    made = await builders.convention(ends_on=clock.today)
    await remind_everybody()
    clock.move_to(clock.today + timedelta(days=1))
    await remind_everybody()
    for person in (head, sede):
        subjects = await Notice.filter(recipient=person.email).order_by("id").values_list("subject", flat=True)
        assert subjects == [f"El convenio {made.number} vence hoy", f"El convenio {made.number} venció ayer"]
    last = await Notice.filter(recipient=head.email).order_by("-id").first()
    assert last
    assert "No consta una renovación" in last.body
    assert f"/convenios/{made.number}/renovar" in last.body


@pytest.mark.parametrize("kind", ["convention", "lease"])
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.COORDINATOR])
async def test_the_center_raises_its_alarm_the_day_after(
    app_client: httpx.AsyncClient, clock: Clock, role: Role, kind: str
) -> None:
    place = await builders.center("CAD Las Flores")
    if kind == "convention":
        made = await builders.convention(centers=[place], ends_on=clock.today)
        own = f"/convenios/{made.number}"
    else:
        made = await builders.lease(place, ends_on=clock.today)
        own = f"/arrendamientos/{made.number}"
    person = await builders.person(role)
    await enter(app_client, person)
    for address in ("/centros", f"/centros/{place.code}"):
        assert "Instrumento vencido" not in (await app_client.get(address)).text.partition("<table")[2]
        assert f"{made.number} vence hoy." in (await app_client.get(f"/centros/{place.code}")).text
    clock.move_to(clock.today + timedelta(days=1))
    await enter(app_client, person)
    page = (await app_client.get(f"/centros/{place.code}")).text
    assert f"{made.number} venció hace 1 día." in page
    assert "Urgente" in page
    assert "Instrumento vencido" in (await app_client.get("/centros")).text.partition("<table")[2]
    assert "Vencido" in (await app_client.get(own)).text
    assert made.number in (await app_client.get("/vencimientos")).text
    # Renewed in time, it raises none.
    starts_on = clock.today
    if kind == "convention":
        await builders.convention(centers=[place], renews=made, starts_on=starts_on, ends_on=None)
    else:
        await builders.lease(place, renews=made, starts_on=starts_on, ends_on=None)
    assert "venció hace" not in (await app_client.get(f"/centros/{place.code}")).text
