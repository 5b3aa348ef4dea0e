"""Calls to the institution's other systems: who wants to hear of what, and each call that is owed."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.audit import Verb
from models.fields import belongs_to, one_of


class WebhookEvent(StrEnum):
    """What another system may be told of. It is told that it happened and to what, never what a text says."""

    REVIEW_OPENED = "REVIEW_OPENED"
    REVIEW_RECEIVED = "REVIEW_RECEIVED"
    REVIEW_RETURNED = "REVIEW_RETURNED"
    REVIEW_CLOSED = "REVIEW_CLOSED"
    REVIEW_WITHDRAWN = "REVIEW_WITHDRAWN"
    DICTAMEN_ISSUED = "DICTAMEN_ISSUED"
    DOCUMENT_ISSUED = "DOCUMENT_ISSUED"
    DOCUMENT_VOIDED = "DOCUMENT_VOIDED"
    AGREEMENT_READY_TO_SIGN = "AGREEMENT_READY_TO_SIGN"
    AGREEMENT_SIGNED = "AGREEMENT_SIGNED"
    AGREEMENT_AMENDED = "AGREEMENT_AMENDED"
    AGREEMENT_TERMINATED = "AGREEMENT_TERMINATED"
    LICENSE_RECORDED = "LICENSE_RECORDED"
    PING = "PING"


EVENT_LABELS = {
    WebhookEvent.REVIEW_OPENED: "Se abrió un expediente",
    WebhookEvent.REVIEW_RECEIVED: "La Asesoría Jurídica recibió un expediente",
    WebhookEvent.REVIEW_RETURNED: "Se devolvió un expediente con observaciones",
    WebhookEvent.REVIEW_CLOSED: "Concluyó un expediente",
    WebhookEvent.REVIEW_WITHDRAWN: "Se desistió de un expediente, o caducó",
    WebhookEvent.DICTAMEN_ISSUED: "Se emitió un dictamen",
    WebhookEvent.DOCUMENT_ISSUED: "Se emitió un documento, también un dictamen",
    WebhookEvent.DOCUMENT_VOIDED: "Se anuló un documento",
    WebhookEvent.AGREEMENT_READY_TO_SIGN: "Un convenio o arrendamiento está listo para firma",
    WebhookEvent.AGREEMENT_SIGNED: "Un convenio o arrendamiento tiene todas sus firmas",
    WebhookEvent.AGREEMENT_AMENDED: "Se anotó la adenda de un convenio",
    WebhookEvent.AGREEMENT_TERMINATED: "Un convenio o arrendamiento terminó antes de su plazo",
    WebhookEvent.LICENSE_RECORDED: "Se anotó una licencia sanitaria",
    WebhookEvent.PING: "Llamada de prueba",
}
"""What people read for each event."""

SUBSCRIBABLE = tuple(event for event in WebhookEvent if event != WebhookEvent.PING)
"""Events that a system chooses among; a test call goes to any."""

_OPENED, _ISSUED = (WebhookEvent.REVIEW_OPENED,), (WebhookEvent.DOCUMENT_ISSUED,)
_TO_SIGN = (WebhookEvent.DOCUMENT_ISSUED, WebhookEvent.AGREEMENT_READY_TO_SIGN)

EVENTS_OF: dict[Verb, tuple[WebhookEvent, ...]] = {
    Verb.REQUEST_RENEWAL: _OPENED,
    Verb.REQUEST_CONVENTION: _OPENED,
    Verb.REQUEST_LEASE: _OPENED,
    Verb.RENEW_LEASE: _OPENED,
    Verb.REQUEST_LICENSE: _OPENED,
    Verb.REGISTER_REVIEW: (WebhookEvent.REVIEW_OPENED, WebhookEvent.REVIEW_RECEIVED),
    Verb.SUBMIT_FOR_REVIEW: (WebhookEvent.REVIEW_RECEIVED,),
    Verb.RETURN_REVIEW: (WebhookEvent.DOCUMENT_ISSUED, WebhookEvent.REVIEW_RETURNED),
    Verb.ISSUE_DICTAMEN: (WebhookEvent.DOCUMENT_ISSUED, WebhookEvent.DICTAMEN_ISSUED),
    Verb.ISSUE_DOCUMENT: _ISSUED,
    Verb.VOID_DOCUMENT: (WebhookEvent.DOCUMENT_VOIDED,),
    Verb.PREPARE_AGREEMENT: _TO_SIGN,
    Verb.ISSUE_LEASE_PAPER: _TO_SIGN,
    Verb.RECORD_SIGNATURE: (WebhookEvent.AGREEMENT_SIGNED,),
    Verb.AMEND_CONVENTION: (WebhookEvent.DOCUMENT_ISSUED, WebhookEvent.AGREEMENT_AMENDED),
    Verb.TERMINATE_CONVENTION: (WebhookEvent.AGREEMENT_TERMINATED,),
    Verb.TERMINATE_LEASE: (WebhookEvent.AGREEMENT_TERMINATED,),
    Verb.CLOSE_REVIEW: (WebhookEvent.REVIEW_CLOSED,),
    Verb.CONCLUDE_REVIEW: (WebhookEvent.REVIEW_CLOSED,),
    Verb.WITHDRAW_REVIEW: (WebhookEvent.REVIEW_WITHDRAWN,),
    Verb.LAPSE_REVIEW: (WebhookEvent.REVIEW_WITHDRAWN,),
    Verb.RECORD_LICENSE: (WebhookEvent.LICENSE_RECORDED,),
}
"""Which deeds may tell of what, in the order in which it is told."""

_REVIEW, _AGREEMENT, _PAPER = ("LegalReview",), ("Convention", "Lease"), ("OfficialDocument",)

TRACES: dict[WebhookEvent, tuple[tuple[str, ...], str, str]] = {
    WebhookEvent.REVIEW_OPENED: (_REVIEW, "code", ""),
    WebhookEvent.REVIEW_RECEIVED: (_REVIEW, "stage", ""),
    WebhookEvent.REVIEW_RETURNED: (_REVIEW, "stage", "RETURNED"),
    WebhookEvent.REVIEW_CLOSED: (_REVIEW, "stage", "CLOSED"),
    WebhookEvent.REVIEW_WITHDRAWN: (_REVIEW, "stage", "WITHDRAWN"),
    WebhookEvent.DICTAMEN_ISSUED: (_PAPER, "number", ""),
    WebhookEvent.DOCUMENT_ISSUED: (_PAPER, "number", ""),
    WebhookEvent.DOCUMENT_VOIDED: (_PAPER, "voided_on", ""),
    WebhookEvent.AGREEMENT_READY_TO_SIGN: (_AGREEMENT, "stage", "READY_TO_SIGN"),
    WebhookEvent.AGREEMENT_SIGNED: (_AGREEMENT, "stage", "SIGNED"),
    WebhookEvent.AGREEMENT_AMENDED: (("Amendment",), "ordinal", ""),
    WebhookEvent.AGREEMENT_TERMINATED: (_AGREEMENT, "stage", "TERMINATED"),
    WebhookEvent.LICENSE_RECORDED: (("SanitaryLicense",), "stage", "SIGNED"),
}
"""What a deed must have changed for its event to have happened: rows of which kind, which field, to what (any)."""


class Webhook(Model):
    """An address of another system, and the events that it is called for."""

    id = fields.IntField(primary_key=True)
    url = fields.CharField(300)
    label = fields.CharField(80)
    secret = fields.CharField(120)
    """Key of its signatures. Both sides need it whole, so it is kept as it is and shown once."""
    events: list = fields.JSONField(default=list)
    """Names of WebhookEvent."""
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    created_by = belongs_to("User", "webhooks")
    created_by_id: int
    version = fields.IntField(default=1)

    class Meta:
        table = "webhooks"


class DeliveryState(StrEnum):
    """How far a call has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class WebhookDelivery(Model):
    """One call owed to one address, written with the deed that it tells of. Its key makes a second one impossible."""

    id = fields.IntField(primary_key=True)
    webhook = belongs_to("Webhook", "deliveries")
    webhook_id: int
    event = fields.CharField(40)
    key = fields.CharField(160, unique=True)
    """Webhook, audit sequence, place within the deed and seal of its entry: sent as webhook-id, by which the receiver
    knows a repetition."""
    payload = fields.TextField()
    """The JSON text as it is signed and sent, every time the same."""
    state = one_of(DeliveryState, max_length=8, default=DeliveryState.QUEUED)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    status = fields.IntField(null=True)
    """HTTP status of the last answer; empty when none came."""
    error = fields.CharField(300, default="")

    class Meta:
        table = "webhook_deliveries"
        indexes = (("state", "due_at"), ("webhook_id", "id"))
