"""The part of the table of contents about centers: what is wrong, whom they attend, what is seen there and given."""

import strawberry

from schema import alarms as alarm_queries
from schema import (
    allowance_mutations,
    allowances,
    attendance_mutations,
    contribution_mutations,
    supervision_mutations,
    supervision_queries,
)


def field(resolver, description: str):  # type: ignore[no-untyped-def]
    """Return a field of the table of contents, answered by a function of its own file."""
    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(description="Lo que se puede preguntar de las alarmas, la supervisión y los aportes de los centros.")
class CenterQueries:
    alarms = field(
        alarm_queries.alarms, "Lo que hay que revisar de centros y convenios a su alcance, lo más urgente primero."
    )
    alarm_records = field(
        alarm_queries.alarm_records,
        "Desde cuándo y hasta cuándo vio cada alarma la revisión nocturna, lo último primero.",
    )
    attendance_sheet = field(
        attendance_mutations.attendance_sheet,
        "La asistencia de un mes en los centros a su alcance, y cuáles faltan.",
    )
    allowance_rates = field(allowances.allowance_rates, "La tabla de asignaciones con sus fechas, por su nombre.")
    allowances = field(
        allowances.allowances_for, "Lo que se asigna a un Hogar Comunitario o CADI según sus niñas y niños."
    )
    supervision_visits = field(
        supervision_queries.supervision_visits, "Visitas de supervisión a los centros a su alcance, la última primero."
    )
    supervision_findings = field(
        supervision_queries.supervision_findings, "Lo que la supervisión encontró, primero lo que vence antes."
    )
    unvisited_centers = field(
        supervision_queries.unvisited_centers, "Centros no cerrados que nadie visitó en los últimos días."
    )
    center_contributions = field(
        contribution_mutations.center_contributions, "Lo que las partes dan a los centros, lo más nuevo primero."
    )
    contribution_totals = field(
        contribution_mutations.totals, "Lo que las partes dan a los centros en una fecha, sumado por parte y lugar."
    )


@strawberry.type(description="Lo que se puede anotar de las alarmas, la supervisión y los aportes de los centros.")
class CenterMutations:
    silence_alarm = field(alarm_queries.silence_alarm, "Silencia una alarma hasta una fecha, con su razón.")
    lift_silence = field(alarm_queries.lift_silence, "Levanta un silencio: la alarma vuelve a sonar si todavía es así.")
    record_attendance = field(
        attendance_mutations.record_attendance, "Anota la asistencia de un mes de uno o muchos centros."
    )
    correct_attendance = field(
        attendance_mutations.correct_attendance, "Corrige la asistencia de un mes, con su motivo."
    )
    save_allowance = field(
        allowance_mutations.save_allowance, "Fija desde un día lo que se asigna por un tramo de niñas y niños."
    )
    end_allowance = field(allowance_mutations.end_allowance, "Termina una asignación que ninguna otra sigue.")
    record_visit = field(supervision_mutations.record_visit, "Anota una visita de supervisión y lo que encontró.")
    follow_up_finding = field(supervision_mutations.follow_up_finding, "Anota lo que se hizo de un hallazgo.")
    save_contribution = field(contribution_mutations.save_contribution, "Anota un aporte a un centro, o lo corrige.")
    end_contribution = field(contribution_mutations.end_contribution, "Da por terminado un aporte a un centro.")
