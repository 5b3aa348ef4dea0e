"""Visits of supervision to a center: what each found, and what is done about it until it is mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from actions.audited import Entry, audited, reachable
from actions.files import use_file
from actions.refusals import Checks, NotAllowedNow
from models.audit import Verb
from models.centers import Center
from models.people import User
from models.signing import Side
from models.supervision import FindingFollowUp, FindingSeverity, SupervisionFinding, SupervisionVisit

MOST_FINDINGS = 60
"""Findings that one visit may leave."""
OLDEST = 3653
"""Calendar days back to which a visit may still be noted from its paper: ten years."""
LATEST = 3653
"""Calendar days after the visit by which a finding may be due."""


@dataclass(frozen=True)
class FindingInput:
    """Something that a visit found, who mends it, and by which day when one was set."""

    text: str
    severity: FindingSeverity
    party: Side
    due_on: date | None = None


@dataclass(frozen=True)
class VisitInput:
    """A visit as the supervisor reports it."""

    visited_on: date
    supervisor_name: str
    summary: str
    act: str = ""
    file_id: int | None = None
    findings: Sequence[FindingInput] = field(default_factory=tuple)


async def record_visit(*, actor: User, center_id: int, visit: VisitInput) -> SupervisionVisit:
    """Note a visit of supervision to a center, with everything that it found."""
    checks = Checks()
    supervisor = checks.text(visit.supervisor_name, "supervisorName", label="quién hizo la visita", most=120)
    summary = checks.text(visit.summary, "summary", label="qué se vio en la visita", most=4000)
    act = checks.text(visit.act, "act", label="el acta o informe", most=160, required=False)
    several = f"Una visita lleva {MOST_FINDINGS} hallazgos a lo sumo: anote los demás como otra visita."
    checks.that(len(visit.findings) <= MOST_FINDINGS, "findings", several)
    texts = [_check_finding(checks, number, one, visit.visited_on) for number, one in enumerate(visit.findings)]
    async with audited(Verb.RECORD_VISIT, actor=actor) as entry:
        center = await reachable(Center, center_id, actor, path="centerId")
        first = entry.today - timedelta(days=OLDEST)
        fits = first <= visit.visited_on <= entry.today
        checks.that(fits, "visitedOn", f"La fecha de la visita va del {first:%d/%m/%Y} a hoy.")
        checks.done()
        file = await use_file(entry, visit.file_id, actor, "fileId") if visit.file_id else None
        made = await entry.create(
            SupervisionVisit,
            center_id=center.id,
            visited_on=visit.visited_on,
            supervisor_name=supervisor,
            act=act,
            summary=summary,
            file_id=file.id if file else None,
            recorded_at=entry.at,
            recorded_by_id=actor.id,
        )
        for ordinal, (text, one) in enumerate(zip(texts, visit.findings, strict=True), start=1):
            await entry.create(
                SupervisionFinding,
                visit_id=made.id,
                ordinal=ordinal,
                text=text,
                severity=one.severity,
                party=one.party.value,
                due_on=one.due_on,
            )
        found = {0: "sin hallazgos", 1: "con un hallazgo"}.get(len(texts), f"con {len(texts)} hallazgos")
        day = f"{visit.visited_on:%d/%m/%Y}"
        entry.about(center, f"{actor.name} anotó la visita de supervisión del {day} a {center.name}, {found}.")
        return entry.answers(made)


def _check_finding(checks: Checks, number: int, one: FindingInput, visited_on: date) -> str:
    at = ("findings", str(number))
    text = checks.text(one.text, (*at, "text"), label="qué se encontró", most=2000)
    if one.due_on is not None:
        # A year 9999 is late enough to fall off the calendar.
        last = visited_on + timedelta(days=min(LATEST, (date.max - visited_on).days))
        message = f"La fecha para corregirlo va del día de la visita al {last:%d/%m/%Y}."
        checks.that(visited_on <= one.due_on <= last, (*at, "dueOn"), message)
    return text


async def follow_up_finding(
    *,
    actor: User,
    finding_id: int,
    noted_on: date,
    text: str,
    resolves: bool = False,
    file_id: int | None = None,
    expected_version: int | None = None,
) -> SupervisionFinding:
    """Note what was done or seen about a finding on a day; `resolves` says that it is mended, and closes it."""
    checks = Checks()
    text = checks.text(text, "text", label="qué se hizo o se vio", most=2000)
    async with audited(Verb.FOLLOW_UP_FINDING, actor=actor) as entry:
        finding, visit, center = await _open_finding(finding_id, actor, expected_version)
        latest = await FindingFollowUp.filter(finding_id=finding.id).order_by("-noted_on").first()
        first = latest.noted_on if resolves and latest else visit.visited_on
        since = "del último seguimiento" if resolves and latest else "de la visita"
        fits = first <= noted_on <= entry.today
        checks.that(fits, "notedOn", f"La fecha va del {first:%d/%m/%Y} (día {since}) a hoy.")
        checks.done()
        await _note(entry, finding, noted_on, text, resolves, file_id)
        if resolves:
            await entry.change(finding, resolved_on=noted_on)
        else:
            await entry.touch(finding)
        which = f"hallazgo {finding.ordinal} de la visita del {visit.visited_on:%d/%m/%Y} a {center.name}"
        said = "dio por corregido el" if resolves else "dio seguimiento al"
        entry.about(center, f"{actor.name} {said} {which}: {text}")
        return entry.answers(finding)


async def _note(
    entry: Entry, finding: SupervisionFinding, noted_on: date, text: str, resolves: bool, file_id: int | None
) -> None:
    file = await use_file(entry, file_id, entry.actor, "fileId") if file_id else None
    await entry.create(
        FindingFollowUp,
        finding_id=finding.id,
        noted_on=noted_on,
        text=text,
        resolves=resolves,
        file_id=file.id if file else None,
        recorded_at=entry.at,
        recorded_by_id=entry.actor.id,
    )


async def _open_finding(
    finding_id: int, actor: User, expected_version: int | None
) -> tuple[SupervisionFinding, SupervisionVisit, Center]:
    """Return a finding that is not mended, with its visit and center; one out of reach is like none."""
    finding = await reachable(
        SupervisionFinding, finding_id, actor, expected_version=expected_version, path="findingId"
    )
    visit = await SupervisionVisit.get(id=finding.visit_id).select_related("center")
    if finding.resolved_on:
        day = f"{finding.resolved_on:%d/%m/%Y}"
        again = "Si volvió a suceder, anótelo como hallazgo de otra visita."
        raise NotAllowedNow(f"Este hallazgo ya consta como corregido el {day}. {again}")
    return finding, visit, visit.center
