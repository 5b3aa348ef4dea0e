"""The pages of other systems: a key that is seen once, forms that keep what was typed, calls that say what became."""

import re

import httpx
import pytest

from models.people import Role
from models.webhooks import DeliveryState, Webhook, WebhookDelivery
from tests import builders
from tests.browsing import FROM_HERE, enter, form, forms, send
from tests.door import id_of
from tests.receivers import system

pytestmark = pytest.mark.usefixtures("clock")
LIST = "/administracion/sistemas"


async def test_a_system_is_registered_and_its_key_seen_in_that_answer_alone(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(LIST)
    assert "No hay ningún sistema externo." in page.text
    typed = form(page, "AddWebhook").values | {"label": "Presupuesto", "url": "http://169.254.169.254/"}

    refused = await app_client.post(LIST, data=typed | {"events": ["REVIEW_OPENED", "PING"]}, headers=FROM_HERE)
    assert refused.status_code == 422
    kept = form(refused, "AddWebhook").values
    assert (kept["label"], kept["url"]) == ("Presupuesto", "http://169.254.169.254/")
    assert re.search(r'value="REVIEW_OPENED" checked', refused.text)
    assert 'href="#f-url"' in refused.text
    assert 'href="#f-events"' in refused.text
    assert "whsec_" not in refused.text

    sent = kept | {"url": "https://presupuesto.example/", "events": ["REVIEW_OPENED", "AGREEMENT_SIGNED"]}
    shown = await app_client.post(LIST, data=sent, headers=FROM_HERE)
    made = await Webhook.get()
    assert shown.status_code == 200
    assert made.secret in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert made.events == ["REVIEW_OPENED", "AGREEMENT_SIGNED"]
    # Sending the same form again does nothing and shows no key.
    again = await app_client.post(LIST, data=sent, headers=FROM_HERE)
    assert (again.status_code, "Eso ya estaba hecho" in again.text) == (200, True)
    for later in (again, await app_client.get(LIST), await app_client.get(f"{LIST}/{id_of(made)}")):
        assert made.secret not in later.text
        assert made.secret[-4:] in later.text
    assert await Webhook.all().count() == 1


async def test_a_system_is_changed_tried_and_given_another_key(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.ADMIN))
    made = await system(label="Presupuesto")
    here = f"{LIST}/{id_of(made)}"
    page = await app_client.get(here)
    empty = await send(app_client, page, form(page, "ChangeWebhook"), label="")
    assert (empty.status_code, "Complete este dato." in empty.text) == (422, True)
    none = form(page, "ChangeWebhook").values | {"events": []}
    assert "Elija al menos un suceso" in (await app_client.post(here, data=none, headers=FROM_HERE)).text
    sent = await app_client.post(
        here, data=form(page, "ChangeWebhook").values | {"events": ["DOCUMENT_VOIDED"], "label": "Finanzas"},
        headers=FROM_HERE,
    )  # fmt: skip
    assert sent.status_code == 303
    page = await app_client.get(sent.headers["location"])
    assert "Los cambios quedaron guardados." in page.text
    assert "<h1>Finanzas</h1>" in page.text
    assert (await Webhook.get()).events == ["DOCUMENT_VOIDED"]

    sent = await send(app_client, page, form(page, "TestWebhook"))
    page = await app_client.get(sent.headers["location"])
    assert "Llamada de prueba" in page.text
    assert "Por hacer" in page.text
    old = (await Webhook.get()).secret
    shown = await send(app_client, page, form(page, "RotateSecret"))
    new = (await Webhook.get()).secret
    assert (shown.status_code, new in shown.text, new == old) == (200, True, False)
    assert new not in (await app_client.get(here)).text
    page = await app_client.get(here)
    await send(app_client, page, form(page, "ChangeWebhook"), active="false")
    page = await app_client.get(here)
    assert "Detenido" in page.text
    assert "Espera a que el sistema se reanude." in page.text
    assert [one for one in forms(page) if one.values.get("_operation") in ("TestWebhook", "ResendDelivery")] == []


async def test_a_call_says_what_became_of_it_and_is_repeated(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.ADMIN))
    made = await system(label="Presupuesto <b>")
    page = await app_client.get(f"{LIST}/{id_of(made)}")
    await send(app_client, page, form(page, "TestWebhook"))
    await WebhookDelivery.all().update(state=DeliveryState.FAILED, tries=20, error="Respondió 500.", status=500)
    page = await app_client.get(LIST)
    assert "Presupuesto &lt;b&gt;" in page.text
    for words in ("Fallida", "Respondió 500.", "1 fallida"):
        assert words in page.text
    assert "No hay llamadas así." in (await app_client.get(f"{LIST}?state=SENT")).text
    sent = await send(app_client, page, form(page, "ResendDelivery"))
    page = await app_client.get(sent.headers["location"])
    assert "La llamada se hará de nuevo" in page.text
    assert (await WebhookDelivery.get()).state == DeliveryState.QUEUED
    assert 'href="/administracion/sistemas"' in (await app_client.get("/administracion")).text


async def test_auditors_read_and_others_do_not_even_find_it(app_client: httpx.AsyncClient) -> None:
    made = await system()
    await enter(app_client, await builders.person(Role.AUDITOR))
    for address in (LIST, f"{LIST}/{id_of(made)}"):
        page = await app_client.get(address)
        assert page.status_code == 200
        assert [one for one in forms(page) if one.values.get("_operation")] == []
    assert (await app_client.get(f"{LIST}/{id_of(made, 'Center')}")).status_code in (400, 404)
    for role in (Role.LEGAL_HEAD, Role.LEGAL, Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY):
        await enter(app_client, await builders.person(role))
        assert (await app_client.get(LIST)).status_code == 403
        assert LIST not in (await app_client.get("/administracion")).text
