"""The pages about centers: the list, each with its deeds and attendance, what is seen in it and given to it."""

from api.pages import Page
from models.allowed import ALLOWED
from models.audit import Verb
from models.people import Role

PAGES = [
    Page("/centros", "centers"),
    Page(
        "/centros/nuevo",
        "center_form",
        after={"OpenCenter": "/centros/{center[code]}/historia"},
        roles=ALLOWED[Verb.OPEN_CENTER],
    ),
    Page("/centros/{code}", "center", must="known"),
    Page("/centros/{code}/historia", "center_history", must="center"),
    Page("/centros/{code}/asistencia", "center_attendance", must="center"),
    Page("/centros/{code}/asignaciones", "center_allowances", must="center"),
    Page(
        "/asistencia",
        "attendance_sheet",
        # What is left to report comes next.
        after={"RecordAttendance": "/asistencia?pending=true&month={month}"},
        roles=frozenset(Role) - {Role.MUNICIPAL},
    ),
    Page("/centros/{code}/supervision", "center_supervision", must="center"),
    Page("/centros/{code}/aportes", "center_contributions", must="center"),
    Page("/alarmas", "alarms", roles=frozenset(Role) - {Role.MUNICIPAL}),
    Page("/alarmas/historia", "alarm_history", roles=frozenset(Role) - {Role.MUNICIPAL}),
    Page("/supervision", "supervision"),
    Page("/supervision/visitas", "visits"),
    Page("/supervision/sin-visita", "unvisited"),
    Page("/supervision/hallazgos/{id}", "finding", must="node"),
    Page("/aportes", "contributions"),
    Page("/aportes/{id}", "contribution", must="node"),
]
"""Every page about centers with its path."""
