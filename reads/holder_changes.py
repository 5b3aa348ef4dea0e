"""Whose office changed hands since a convention was signed: the one rule, for warnings and for alarms."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import F, Q, Subquery

from models.agreements import Convention, live_is
from models.fields import folded
from models.signing import Side, Signature
from reads.office_holders import Office, holder_on, holders_of
from reads.paging import Row
from reads.parties import Party, parties_of


@dataclass(frozen=True)
class HolderChange:
    """A party that another person represents now than when it signed."""

    party: str
    """«SOSEP», «Municipalidad de Cobán», or the institution's name."""
    office: Office
    before: str
    now: str
    since: date | None
    """Since when the person of now holds the office, empty if that is not on record."""

    @property
    def message(self) -> str:
        """Say it in a Spanish sentence."""
        return f"Desde la firma cambió quien representa a {self.party}: entonces {self.before}, hoy {self.now}."


def holder_changes(
    parties: Sequence[Party], holders: dict[Office, list[Row]], signed: Sequence[Row], on: date
) -> Iterator[HolderChange]:
    """Yield each party of a convention that another person represents on a day than when it signed."""
    offices: list[tuple[str, Office, Side, int | None]] = [("SOSEP", (None, None), Side.SOSEP, None)]
    offices += [
        (one.name, (one.municipality_id, one.institution_id), Side.COUNTERPART, one.party_id) for one in parties
    ]
    for name, office, side, party_id in offices:
        given = [row for row in signed if (row["side"], row["party_id"]) == (side, party_id)]
        now = holder_on(holders.get(office, []), on)
        if not given or now is None:
            continue
        then = holder_on(holders.get(office, []), given[-1]["signed_on"])
        if then:
            changed = folded(then["name"]) != folded(now["name"])
        else:
            # Nobody is on record for that day: who took the office since, and did not sign, is another person.
            since = now["since"] is not None and now["since"] > given[-1]["signed_on"]
            changed = since and folded(now["name"]) not in [folded(row["signer_name"]) for row in given]
        if changed:
            yield HolderChange(
                name, office, then["name"] if then else given[-1]["signer_name"], now["name"], now["since"]
            )


async def signatures_of(ids: Sequence[int], *, on: date | None = None) -> dict[int, list[Row]]:
    """Return the signatures of conventions in the order they were given, with a date those given by it."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    columns = ("convention_id", "side", "party_id", "signer_name", "signed_on")
    rows = Signature.filter(convention_id__in=ids)
    if on:
        rows = rows.filter(signed_on__lte=on)
    for row in await rows.order_by("signed_on", "id").values(*columns):
        grouped[row["convention_id"]].append(row)
    return grouped


async def mayors_changed(live: Sequence[int] | None, *, on: date) -> dict[int, list[HolderChange]]:
    """Return, of conventions in force on a date, the municipalities whose mayor is not the one who signed.

    `live` are some of them; without, all that stand so in the records of today. Reach is the caller's.
    """
    return await _told_closely(await _perhaps_changed(live, on), on)


async def _perhaps_changed(live: Sequence[int] | None, on: date) -> list[int]:
    """Return the conventions that a town signed before its office changed hands: few, but after an election."""
    of = Q(convention_id__in=live if live is not None else Subquery(Convention.filter(live_is(on)).values("id")))
    found: set[int] = set()
    for path, party in (("convention__municipality", Q(party_id__isnull=True)), ("party__municipality", Q())):
        held = f"{path}__office_holders"
        taken: dict[str, Any] = {f"{held}__since__gt": F("signed_on"), f"{held}__since__lte": on}
        left: dict[str, Any] = {f"{held}__until__gte": F("signed_on"), f"{held}__until__lt": on}
        rows = Signature.filter(of, party, Q(Q(**taken), Q(**left), join_type="OR"), side=Side.COUNTERPART)
        found |= {row["convention_id"] for row in await rows.distinct().values("convention_id")}
    return sorted(found)


async def _told_closely(ids: Sequence[int], on: date) -> dict[int, list[HolderChange]]:
    signed = await signatures_of(ids, on=on) if ids else {}
    if not signed:
        return {}
    parties = await parties_of(list(signed))
    towns = {one.municipality_id for some in parties.values() for one in some if one.municipality_id}
    holders = await holders_of(list(towns), [])
    found = {
        one: [change for change in holder_changes(parties[one], holders, signed[one], on) if change.office[0]]
        for one in signed
    }
    return {one: changes for one, changes in found.items() if changes}
