"""What the engine says of itself: signs of life, steps that fail, flows and whether somebody paused them."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class EngineState(StrEnum):
    """How an engine last described itself."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class EngineBeat(Model):
    """A sign of life of one engine, renewed every few seconds, an old one means that it is gone."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120, unique=True)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    state = one_of(EngineState, max_length=8, default=EngineState.STARTING)

    class Meta:
        table = "engine_beats"


class StepFailure(Model):
    """A step of the engine that failed and has not succeeded since, the log tells why under that incident."""

    id = fields.IntField(primary_key=True)
    flow = fields.CharField(40)
    step = fields.CharField(40)
    review = belongs_to("LegalReview", "step_failures", null=True)
    review_id: int | None
    batch = belongs_to("Batch", "step_failures", null=True)
    batch_id: int | None
    incident = fields.CharField(16)
    """Of the first failure; the administrator is told this one, once."""
    last_incident = fields.CharField(16)
    kind = fields.CharField(80)
    """Name of the exception's class: its words may name people and stay in the log."""
    first_at = fields.DatetimeField()
    last_at = fields.DatetimeField()
    tries = fields.IntField(default=1)
    resolved_at = fields.DatetimeField(null=True)
    """When the step succeeded after all."""

    class Meta:
        table = "step_failures"
        indexes = (("review_id", "id"), ("resolved_at", "id"))


class FlowState(Model):
    """A flow of the engine: when it last ran, how that went, and since when somebody has it paused."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(40, unique=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    said = fields.CharField(200, default="")
    """What the last run did, in one Spanish sentence."""
    incident = fields.CharField(16, default="")
    """Number under which the log tells why the last run failed; empty when it did not."""
    paused_at = fields.DatetimeField(null=True)
    paused_by = belongs_to("User", "paused_flows", null=True)
    paused_by_id: int | None
    pause_reason = fields.CharField(300, default="")

    class Meta:
        table = "flow_states"
