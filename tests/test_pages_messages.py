"""The pages about messages as a browser sees them: the register, one message, preferences, refused addresses."""

import httpx
import pytest

from models.clock import now
from models.messages import MAY_BE_OFF, BouncedAddress, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import Role
from tests import builders, messages
from tests.browsing import enter, form, forms, send
from tests.door import HOSTILE, id_of

pytestmark = pytest.mark.usefixtures("clock")


async def test_the_register_shows_what_became_of_each_message(app_client: httpx.AsyncClient) -> None:
    file = await builders.review()
    await messages.notice(1, state=NoticeState.FAILED, error="554 5.7.1 No se acepta", review=file)
    await messages.notice(2, tries=2, error="451 Espere", recipient="ana@prueba.example")
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/avisos")
    assert "Registro de avisos" in page.text
    for words in (
        "Falló definitivamente",
        "554 5.7.1 No se acepta",
        "Falló por ahora",
        "2 intentos; otro el",
        file.code,
    ):
        assert words in page.text
    page = await app_client.get("/avisos?filter.recipient=ana&filter.state=RETRYING")
    assert "Aviso número 2" in page.text
    assert "Aviso número 1" not in page.text
    assert "Ningún aviso cumple" in (await app_client.get("/avisos?filter.reviewCode=EXP-1900-0001")).text
    assert (await app_client.get("/avisos?filter.since=ayer")).status_code == 422


async def test_a_person_reads_her_own_and_nobody_elses(app_client: httpx.AsyncClient) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    own = await messages.notice(1, recipient=mayor.email)
    other = await messages.notice(2)
    await enter(app_client, mayor)
    page = await app_client.get("/avisos")
    assert "Mis avisos recibidos" in page.text
    assert own.subject in page.text
    assert other.subject not in page.text
    shown = await app_client.get(f"/avisos/{id_of(own)}")
    assert "Texto del aviso 1." in shown.text
    assert [one for one in forms(shown) if one.values.get("_operation")] == []
    missing = await app_client.get(f"/avisos/{id_of(other)}")
    assert missing.status_code == 404
    for address in ("/avisos/rechazados",):
        assert (await app_client.get(address)).status_code == 403


async def test_what_failed_is_sent_again_from_its_page(app_client: httpx.AsyncClient) -> None:
    made = await messages.notice(
        1, state=NoticeState.FAILED, tries=3, error="550 5.1.1 Unknown", body="\n\n".join(HOSTILE)
    )
    await messages.bounce(made.recipient)
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(f"/avisos/{id_of(made)}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    # First the address is mended, then the message goes.
    assert [one.values["_operation"] for one in forms(page) if "_operation" in one.values] == ["ClearBounce"]
    cleared = await send(app_client, page, form(page, "ClearBounce"))
    assert cleared.status_code == 303
    assert (await BouncedAddress.get()).cleared_at
    page = await app_client.get(cleared.headers["location"])
    assert "La marca se levantó" in page.text
    sent = await send(app_client, page, form(page, "ResendNotice"))
    assert sent.headers["location"] == f"/avisos/{id_of(made)}?hecho=ResendNotice"
    page = await app_client.get(sent.headers["location"])
    assert "saldrá en un momento" in page.text
    assert (await Notice.get()).state == NoticeState.QUEUED
    assert [one for one in forms(page) if one.values.get("_operation")] == []


async def test_refused_addresses_are_listed_and_cleared(app_client: httpx.AsyncClient) -> None:
    await messages.bounce("fuera@prueba.example", "550 5.1.1 No existe")
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    page = await app_client.get("/avisos/rechazados")
    assert "550 5.1.1 No existe" in page.text
    done = await send(app_client, page, form(page, "ClearBounce"))
    assert "Ninguna dirección está marcada." in (await app_client.get(done.headers["location"])).text
    await BouncedAddress.all().update(cleared_at=None)
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get("/avisos/rechazados")
    assert "550 5.1.1 No existe" in page.text
    assert [one for one in forms(page) if one.values.get("_operation")] == []


async def test_each_topic_has_its_own_choice(app_client: httpx.AsyncClient) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    held = await messages.notice(1, recipient=mayor.email, state=NoticeState.HELD, created_at=now())
    await NoticePreference.create(user=mayor, topic=NoticeTopic.MOVES, mode=DeliveryMode.DAILY)
    await enter(app_client, mayor)
    page = await app_client.get("/mis-avisos")
    assert mayor.email in page.text
    assert page.text.count('value="OFF"') == len(MAY_BE_OFF)
    moves = form(page, "SetNoticePreference", topic="MOVES")
    assert moves.values["mode"] == "DAILY"
    done = await send(app_client, page, moves, mode="AT_ONCE")
    assert done.headers["location"] == "/mis-avisos?hecho=SetNoticePreference"
    assert (await Notice.get(id=held.id)).state == NoticeState.QUEUED
    refused = await send(app_client, page, form(page, "SetNoticePreference", topic="COURT"), mode="OFF")
    assert refused.status_code == 422
    assert "no pueden dejar de recibirse" in refused.text
