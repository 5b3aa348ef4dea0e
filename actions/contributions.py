"""What each party gives to a center: staff posts and everything else, from a day on, until it ends for a reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from actions.audited import audited, reachable
from actions.refusals import Checks, NotAllowedNow
from models.agreements import Convention
from models.audit import Verb
from models.centers import Center, CenterState
from models.contributions import CenterContribution, ContributionKind, ContributionParty
from models.fields import is_money
from models.people import User

LARGEST = Decimal(10**9)
"""Quetzales a month that one contribution may be worth."""
MOST_POSTS = 500
"""Posts that one line of staff may hold."""
FIRST_DAY = date(1991, 1, 1)
"""Before it no program gave anything to a center: SOSEP was created that year."""
AHEAD = 3653
"""Calendar days from today by which a contribution may begin or end: ten years."""


@dataclass(frozen=True)
class ContributionInput:
    """What a party gives; `quantity` counts posts, `monthly_amount` is quetzales a month for all of it."""

    party: ContributionParty
    kind: ContributionKind
    description: str
    since: date
    party_name: str = ""
    quantity: int | None = None
    monthly_amount: Decimal | None = None
    until: date | None = None
    convention_id: int | None = None


async def save_contribution(
    *,
    actor: User,
    given: ContributionInput,
    center_id: int | None = None,
    contribution_id: int | None = None,
    expected_version: int | None = None,
) -> CenterContribution:
    """Note what a party gives to a center, or correct what was noted wrong of a contribution that has not ended.

    A correction holds from the start. What really changes on a day is ended, and noted anew from that day.
    """
    checks = Checks()
    values = _checked(checks, given)
    one_of_both = "Indique el centro de un aporte nuevo, o el aporte que se corrige: uno de los dos."
    checks.that((center_id is None) != (contribution_id is None), "centerId", one_of_both)
    async with audited(Verb.SAVE_CONTRIBUTION, actor=actor) as entry:
        checks.done()
        known = await _open_contribution(contribution_id, actor, expected_version) if contribution_id else None
        center = await reachable(Center, known.center_id if known else center_id or 0, actor, path="centerId")
        _check_days(checks, given, center, on=entry.today)
        if given.convention_id is not None:
            convention = await reachable(Convention, given.convention_id, actor, path="conventionId")
            covered = await Convention.filter(id=convention.id, centers__id=center.id).exists()
            message = f"El convenio {convention.number} no cubre este centro: elija uno de los suyos, o ninguno."
            checks.that(covered, "conventionId", message)
        checks.done()
        if known:
            await entry.change(known, **values)
            entry.about(center, f"{actor.name} corrigió un aporte a {center.name}: {known.description}.")
            return entry.answers(known)
        made = await entry.create(CenterContribution, center_id=center.id, recorded_by_id=actor.id, **values)
        entry.about(center, f"{actor.name} anotó un aporte a {center.name}: {made.description}.")
        return entry.answers(made)


async def end_contribution(
    *, actor: User, contribution_id: int, until: date, reason: str, expected_version: int | None = None
) -> CenterContribution:
    """Say until which day a contribution is given, and why it ends; what was given until then stays on record."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="por qué termina", most=2000)
    async with audited(Verb.END_CONTRIBUTION, actor=actor) as entry:
        known = await _open_contribution(contribution_id, actor, expected_version)
        center = await Center.get(id=known.center_id)
        last = min(known.until or date.max, entry.today + timedelta(days=AHEAD))
        fits = known.since <= until <= last
        checks.that(fits, "until", f"El último día va del {known.since:%d/%m/%Y} al {last:%d/%m/%Y}.")
        checks.done()
        await entry.change(known, until=until, end_reason=reason)
        said = f"{actor.name} dio por terminado el {until:%d/%m/%Y} un aporte a {center.name}"
        entry.about(center, f"{said}: {known.description}. {reason}")
        return entry.answers(known)


def _checked(checks: Checks, given: ContributionInput) -> dict[str, Any]:
    """Return the columns of a contribution, what is wrong with any of them noted."""
    description = checks.text(given.description, "description", label="en qué consiste el aporte", most=200)
    name = checks.text(given.party_name, "partyName", label="el nombre de quien aporta", most=160, required=False)
    other = given.party == ContributionParty.OTHER
    checks.that(name or not other, "partyName", "Escriba el nombre de la institución que aporta.")
    alone = "El nombre va solo si aporta otra institución: déjelo en blanco."
    checks.that(other or not name, "partyName", alone)
    posts = given.quantity
    staff = given.kind == ContributionKind.STAFF
    checks.that(posts is not None or not staff, "quantity", "Escriba cuántas plazas son.")
    checks.that(staff or posts is None, "quantity", "El número de plazas va solo con el personal: déjelo en blanco.")
    if staff and posts is not None:
        checks.that(1 <= posts <= MOST_POSTS, "quantity", f"Las plazas van de 1 a {MOST_POSTS}.")
    amount = given.monthly_amount
    if amount is not None:
        exact = is_money(amount, LARGEST) and amount > 0
        limit = f"mayor que cero, con dos decimales a lo sumo y hasta {LARGEST:,}"
        checks.that(exact, "monthlyAmount", f"Escriba el valor al mes en quetzales, {limit}; en blanco si no se sabe.")
    return {
        "party": given.party,
        "party_name": name,
        "kind": given.kind,
        "description": description,
        "quantity": posts,
        "monthly_amount": amount,
        "since": given.since,
        "until": given.until,
        "convention_id": given.convention_id,
    }


def _check_days(checks: Checks, given: ContributionInput, center: Center, *, on: date) -> None:
    last = on + timedelta(days=AHEAD)
    fits = FIRST_DAY <= given.since <= last
    checks.that(fits, "since", f"El primer día va del {FIRST_DAY:%d/%m/%Y} al {last:%d/%m/%Y}.")
    if given.until is not None:
        ordered = given.since <= given.until <= last
        message = f"El último día va del primero ({given.since:%d/%m/%Y}) al {last:%d/%m/%Y}."
        checks.that(ordered, "until", message)
    if center.state == CenterState.CLOSED and center.state_since:
        # What was given before may still be noted, with the day on which it ended.
        given_after = given.until is None or given.until >= center.state_since
        closed = f"El centro está cerrado desde el {center.state_since:%d/%m/%Y}: escriba un último día anterior."
        checks.that(not given_after, "until", closed)


async def _open_contribution(contribution_id: int, actor: User, expected_version: int | None) -> CenterContribution:
    """Return a contribution that nobody ended, of a center in reach; one out of reach is like none."""
    known = await reachable(
        CenterContribution, contribution_id, actor, expected_version=expected_version, path="contributionId"
    )
    if known.end_reason:
        day = f"{known.until:%d/%m/%Y}"
        raise NotAllowedNow(f"Este aporte ya se dio por terminado el {day}: anote uno nuevo si se da otra vez.")
    return known
