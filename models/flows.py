"""The engine's flows by name: what people call each, and when it runs. The engine keeps to it, the pages show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.clock import GUATEMALA


class FlowName(StrEnum):
    """Everything that the engine does by itself and that an administrator may pause."""

    LEGAL_REVIEW = "LEGAL_REVIEW"
    BATCHES = "BATCHES"
    NOTICES = "NOTICES"
    WEBHOOKS = "WEBHOOKS"
    REMINDERS = "REMINDERS"
    DIGESTS = "DIGESTS"
    LEFTOVER_NOTICES = "LEFTOVER_NOTICES"
    HOUSEKEEPING = "HOUSEKEEPING"
    RENDITIONS = "RENDITIONS"
    IMPORTS = "IMPORTS"
    ARCHIVE = "ARCHIVE"
    ALARMS = "ALARMS"


@dataclass(frozen=True)
class Timetable:
    """When a flow runs in America/Guatemala: at a minute of each hour, or of one hour of the day."""

    minute: int
    hour: int | None = None

    @property
    def cron(self) -> str:
        """The same as a line of cron."""
        return f"{self.minute} {'*' if self.hour is None else self.hour} * * *"

    def next_after(self, at: datetime) -> datetime:
        """Return when the flow runs next after an instant; Guatemala has no summer time."""
        local = at.astimezone(GUATEMALA).replace(second=0, microsecond=0)
        step = timedelta(hours=1) if self.hour is None else timedelta(days=1)
        first = local.replace(minute=self.minute, hour=local.hour if self.hour is None else self.hour)
        return first if first > at else first + step


TIMETABLE: dict[FlowName, Timetable] = {
    FlowName.REMINDERS: Timetable(0, 6),
    FlowName.DIGESTS: Timetable(0, 7),
    FlowName.LEFTOVER_NOTICES: Timetable(20),
    FlowName.HOUSEKEEPING: Timetable(40, 2),
    FlowName.ARCHIVE: Timetable(10, 3),
    FlowName.ALARMS: Timetable(0, 5),
}
"""The flows that run by the clock; the others look for work all the time."""

FLOW_LABELS = {
    FlowName.LEGAL_REVIEW: "Revisión legal",
    FlowName.BATCHES: "Lotes",
    FlowName.NOTICES: "Envío de avisos",
    FlowName.WEBHOOKS: "Llamadas a otros sistemas",
    FlowName.REMINDERS: "Recordatorios del día",
    FlowName.DIGESTS: "Resúmenes del día",
    FlowName.LEFTOVER_NOTICES: "Avisos rezagados",
    FlowName.HOUSEKEEPING: "Limpieza nocturna",
    FlowName.RENDITIONS: "PDF de los documentos",
    FlowName.IMPORTS: "Importación de hojas",
    FlowName.ARCHIVE: "Revisión del archivo",
    FlowName.ALARMS: "Revisión de alarmas",
}
"""What people read for each flow."""
