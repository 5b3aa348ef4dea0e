"""The institution's other systems: which are called, for what, with which key, and calls made once more."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from actions.audited import audited, reachable
from actions.call_addresses import refused_address
from actions.calling import owe_call
from actions.people import system_user
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from models.audit import Verb
from models.clock import instant
from models.messages import NoticeTopic
from models.outbox import Notice
from models.people import Role, User
from models.webhooks import EVENT_LABELS, SUBSCRIBABLE, DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from reads.parties import listed
from reads.people import told
from reads.webhooks import last_success

MOST_SYSTEMS = 20
"""Systems that may be registered: each is called on its own, none waits for another."""

TOLD_AFTER = 6
"""Tries of one call after which administrators hear that a system does not take them: some thirteen minutes."""


@dataclass(frozen=True)
class WebhookInput:
    """A system as an administrator types it, whole; `active` None leaves that as it is."""

    label: str
    url: str
    events: list[WebhookEvent]
    active: bool | None = None
    rotate_secret: bool = False


@dataclass(frozen=True)
class Keyed:
    """A system, and its key when it has just been made: this is the only time that it is shown."""

    webhook: Webhook
    secret: str = field(default="", repr=False)


async def add_webhook(*, actor: User, given: WebhookInput) -> Keyed:
    """Register a system to be called for some events; its key is made here and returned this once."""
    checks = Checks()
    label = _label(checks, given.label)
    url = _url(checks, given.url)
    events = _events(checks, given.events)
    checks.done()
    async with audited(Verb.ADD_WEBHOOK, actor=actor) as entry:
        if await Webhook.all().count() >= MOST_SYSTEMS:
            raise NotAllowedNow(f"Ya hay {MOST_SYSTEMS} sistemas externos: cambie uno que ya no se use.")
        await _refuse_second(url)
        made = await entry.create(
            Webhook,
            label=label,
            url=url,
            secret="",
            events=events,
            active=given.active is not False,
            created_at=entry.at,
            created_by_id=actor.id,
        )
        secret = await _new_secret(made)
        entry.about(made, f"{actor.name} dio de alta el sistema externo «{label}».")
        return Keyed(entry.answers(made), secret)


async def change_webhook(
    *, actor: User, webhook_id: int, given: WebhookInput, expected_version: int | None = None
) -> Keyed:
    """Change a system, pause or resume its calls, or give it a new key, with which all calls are signed from now on.

    What is owed to a paused system waits for it.
    """
    checks = Checks()
    wanted: dict[str, object] = {
        "label": _label(checks, given.label),
        "url": _url(checks, given.url),
        "events": _events(checks, given.events),
    }
    if given.active is not None:
        wanted["active"] = given.active
    checks.done()
    async with audited(Verb.CHANGE_WEBHOOK, actor=actor) as entry:
        system = await reachable(Webhook, webhook_id, actor, expected_version=expected_version, path="webhookId")
        if wanted["url"] != system.url:
            await _refuse_second(str(wanted["url"]))
        said = _said(system, wanted, given.rotate_secret)
        await entry.change(system, **wanted)
        secret = ""
        if given.rotate_secret:
            secret = await _new_secret(system)
            await entry.touch(system)
        entry.about(system, f"{actor.name} {said}: sistema externo «{system.label}».")
        return Keyed(entry.answers(system), secret)


async def resend_delivery(*, actor: User, delivery_id: int) -> WebhookDelivery:
    """Owe a call once more, or at once instead of later; it carries the same webhook-id as before.

    Refuses a call that is being made at this moment, and one to a paused system.
    """
    async with audited(Verb.RESEND_DELIVERY, actor=actor) as entry:
        call = await reachable(WebhookDelivery, delivery_id, actor, path="deliveryId")
        system = await Webhook.get(id=call.webhook_id)
        _refuse_paused(system)
        under_way = call.state == DeliveryState.QUEUED and not call.error
        busy = "Esa llamada está en camino: espere un minuto y vea qué resultó."
        if under_way:
            raise NotAllowedNow(busy)
        # The sender does not wait for the gate: it may have claimed the call since it was read.
        free = WebhookDelivery.filter(id=call.id, state=call.state, tries=call.tries)
        if not await free.update(state=DeliveryState.QUEUED, tries=0, due_at=instant(), error=""):
            raise NotAllowedNow(busy)
        event = EVENT_LABELS[WebhookEvent(call.event)]
        entry.about(call, f"{actor.name} pidió repetir una llamada al sistema externo «{system.label}»: {event}.")
        return entry.answers(await WebhookDelivery.get(id=call.id))


async def try_webhook(*, actor: User, webhook_id: int) -> WebhookDelivery:
    """Owe a system a test call, which tells of nothing; it comes after what is owed already."""
    async with audited(Verb.RESEND_DELIVERY, actor=actor) as entry:
        system = await reachable(Webhook, webhook_id, actor, path="webhookId")
        _refuse_paused(system)
        mark = f"{entry.sequence}-{secrets.token_hex(6)}"
        facts = {"subject": None, "stage": None, "municipality": None, "program": None}
        call = await owe_call(system.id, WebhookEvent.PING, facts, at=entry.at, sequence=entry.sequence, mark=mark)
        entry.about(system, f"{actor.name} probó el sistema externo «{system.label}».")
        return entry.answers(call)


async def report_silence(webhook_id: int, why: str) -> bool:
    """Engine's step: tell the administrators that a system does not take its calls; once until it takes one again."""
    silent_since = await last_success(webhook_id)
    key = f"webhook:{webhook_id}:{int(silent_since.timestamp()) if silent_since else 0}"
    if await Notice.filter(key__startswith=f"{key}:").exists():
        return False
    people = await told(roles=[Role.ADMIN])
    if not people:
        return False
    async with audited(Verb.REPORT_FAILURE, actor=await system_user()) as entry:
        system = await Webhook.get(id=webhook_id)
        entry.about(system, f"El sistema externo «{system.label}» no recibe las llamadas: {why}")
        entry.tell(
            people,
            key=key,
            subject=f"El sistema externo «{system.label}» no recibe las llamadas",
            body=(
                f"El sistema externo «{system.label}» no recibe las llamadas que se le hacen. {why}\n\n"
                "Se repiten durante unos tres días, en orden; después se dan por fallidas y pueden pedirse de nuevo en "
                "Administración › Sistemas externos. No se le avisará otra vez hasta que haya recibido alguna."
            ),
            topic=NoticeTopic.SYSTEM,
        )
    return True


def _label(checks: Checks, value: str) -> str:
    label = checks.text(value, "label", label="el nombre del sistema", most=80)
    checks.that("\n" not in label, "label", "El nombre del sistema va en una línea.")
    return label


def _url(checks: Checks, value: str) -> str:
    url = value.strip()
    why = refused_address(url) if url else "Escriba la dirección del sistema."
    checks.that(not why, "url", why)
    return url


def _events(checks: Checks, events: Iterable[WebhookEvent]) -> list[str]:
    chosen = set(events)
    checks.that(WebhookEvent.PING not in chosen, "events", "La llamada de prueba se hace cuando se pide: no se elige.")
    checks.that(chosen, "events", "Elija al menos un suceso del que avisar.")
    return [event.value for event in SUBSCRIBABLE if event in chosen]


def _said(system: Webhook, wanted: dict[str, object], rotated: bool) -> str:
    """Say what is done to a system."""
    said = []
    if any(getattr(system, name) != value for name, value in wanted.items() if name != "active"):
        said.append("cambió los datos")
    if wanted.get("active", system.active) != system.active:
        said.append("reanudó las llamadas" if wanted["active"] else "detuvo las llamadas")
    if rotated:
        said.append("cambió la llave de firma")
    return listed(said) or "no cambió nada"


async def _refuse_second(url: str) -> None:
    other = await Webhook.filter(url=url).first()
    if other:
        message = f"A esa dirección ya se llama: es la del sistema «{other.label}». Cambie ese."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("url",)))


def _refuse_paused(system: Webhook) -> None:
    if not system.active:
        raise NotAllowedNow(f"Las llamadas a «{system.label}» están detenidas: reanúdelas primero.")


async def _new_secret(system: Webhook) -> str:
    """Make, keep and return a system's key. Not through the entry: the audit chain would hold it forever."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(30)).decode()
    await Webhook.filter(id=system.id).update(secret=secret)
    return secret
