"""Ending a signed convention before its time."""

from datetime import date, timedelta

from actions.agreements import LONGEST_TERM
from actions.amendments import tell_parties
from actions.audited import audited, reachable
from actions.refusals import Checks, NotAllowedNow
from models.agreements import AgreementStage, Convention, Standing, TerminationBasis, last_day
from models.audit import Verb
from models.people import User

FARTHEST_BACK = 30
"""Calendar days that may have passed since an early end took effect until it is noted."""


async def terminate_convention(
    *,
    actor: User,
    convention_id: int,
    reason: str,
    effective_on: date,
    basis: TerminationBasis,
    expected_version: int | None = None,
) -> Convention:
    """End a signed convention before its time, by a deliberate act; it stays in force until the eve of that day."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=4000)
    async with audited(Verb.TERMINATE_CONVENTION, actor=actor) as entry:
        path = "conventionId"
        convention = await reachable(Convention, convention_id, actor, expected_version=expected_version, path=path)
        _refuse_unless_terminable(convention, on=entry.today)
        first = max(convention.starts_on or date.min, entry.today - timedelta(days=FARTHEST_BACK))
        last = convention.ends_on or last_day(entry.today, LONGEST_TERM)
        span = f"La fecha va del {first:%d/%m/%Y} al {last:%d/%m/%Y}: dentro del plazo, y no más de {FARTHEST_BACK} "
        checks.that(first <= effective_on <= last, "effectiveOn", f"{span}días atrás.")
        checks.done()
        await entry.change(
            convention,
            stage=AgreementStage.TERMINATED,
            terminated_on=effective_on,
            termination_reason=reason,
            termination_basis=basis,
        )
        day = f"{effective_on:%d/%m/%Y}"
        entry.about(convention, f"{actor.name} terminó el convenio con efecto el {day}: {reason}")
        await tell_parties(
            entry,
            convention,
            key=f"terminated:{convention.number}",
            subject=f"El convenio {convention.number} termina antes de su plazo",
            body=f"El convenio {convention.number} termina con efecto el {day}. Motivo: {reason}",
            about_term=True,
        )
        return entry.answers(convention)


def _refuse_unless_terminable(convention: Convention, *, on: date) -> None:
    number = convention.number
    if convention.stage == AgreementStage.TERMINATED:
        raise NotAllowedNow(f"El convenio {number} ya se terminó con efecto el {convention.terminated_on:%d/%m/%Y}.")
    if convention.stage != AgreementStage.SIGNED:
        raise NotAllowedNow(f"El convenio {number} no está firmado: si ya no se quiere, desista de la solicitud.")
    if convention.standing(on) == Standing.EXPIRED:
        raise NotAllowedNow(f"El convenio {number} venció el {convention.ends_on:%d/%m/%Y}: ya terminó por sí mismo.")
