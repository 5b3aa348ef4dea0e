"""What would come of asking for a renewal now: whether it would be done, and if not, why. It promises nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.agreements import PENDING_STAGES, Agreement, AgreementStage, Convention, Lease, LeaseNature, SanitaryLicense
from models.audit import Verb
from models.centers import CenterState
from models.people import User
from models.permissions import LEGAL_OFFICE, may, within
from reads.parties import parties_of
from reads.reviews import pending_lease_renewals, pending_license_renewals, pending_renewals

Key = tuple[str, int]
"""Kind («Convention», «Lease», «SanitaryLicense») and id."""

_VERBS = {
    "Convention": Verb.REQUEST_RENEWAL,
    "Lease": Verb.RENEW_LEASE,
    "SanitaryLicense": Verb.REQUEST_LICENSE,
}
_MODELS: dict[str, type[Agreement]] = {"Convention": Convention, "Lease": Lease, "SanitaryLicense": SanitaryLicense}
_PENDING = {
    "Convention": pending_renewals,
    "Lease": pending_lease_renewals,
    "SanitaryLicense": pending_license_renewals,
}

_COLUMNS: dict[str, tuple[str, ...]] = {
    "Convention": (),
    "Lease": ("nature", "monthly_rent", "term_months"),
    "SanitaryLicense": ("center_id", "center__state", "center__name"),
}


@dataclass(frozen=True)
class Outlook:
    """Whether asking for a renewal would be done, and otherwise why not, in Spanish."""

    possible: bool
    why: str = ""


async def outlooks(keys: Sequence[Key], actor: User) -> dict[Key, Outlook]:
    """Return the outlook of each instrument in reach; the statements are as many for a few as for a page."""
    found: dict[Key, Outlook] = {}
    for kind in _MODELS:
        if ids := [one for name, one in keys if name == kind]:
            found.update(await _of_kind(kind, ids, actor))
    return found


async def _of_kind(kind: str, ids: list[int], actor: User) -> dict[Key, Outlook]:
    model = _MODELS[kind]
    rows = await model.filter(within(model, actor), id__in=ids).values("id", "number", "stage", *_COLUMNS[kind])
    following = model.filter(renews_id__in=ids).exclude(stage=AgreementStage.WITHDRAWN).order_by("id")
    after = {one["renews_id"]: one for one in await following.values("renews_id", "number", "stage")}
    files = await _PENDING[kind](ids, actor)
    towns = await _with_towns(ids) if model is Convention and actor.role in LEGAL_OFFICE else set()
    later = await _superseded(rows) if model is SanitaryLicense else {}
    return {
        (kind, row["id"]): Outlook(not why, why)
        for row in rows
        for why in [
            _why(row, after.get(row["id"]), (files.get(row["id"]) or {}).get("code", ""))
            or later.get(row["id"], "")
            or _whose(kind, row["id"] in towns, actor)
        ]
    }


def _why(row: dict[str, Any], after: dict[str, Any] | None, file: str) -> str:
    if row["stage"] != AgreementStage.SIGNED:
        return "No está firmado, o terminó antes de su plazo."
    if after and after["stage"] in PENDING_STAGES:
        return f"Su renovación ya está en trámite{': ' + file if file else ''}."
    if after:
        return f"Ya fue renovado por {after['number']}."
    if row.get("center__state") == CenterState.CLOSED:
        return f"{row['center__name']} está cerrado."
    if row.get("nature") == LeaseNature.LEASE and not (row["monthly_rent"] and row["term_months"]):
        return "No consta su renta o su plazo: solicítela en su página, donde se escriben."
    return ""


def _whose(kind: str, of_town: bool, actor: User) -> str:
    if of_town:
        return "La solicitan la municipalidad o la dirección del programa."
    return "" if may(actor, _VERBS[kind]) else "Su papel en el sistema no permite solicitarla."


async def _with_towns(ids: list[int]) -> set[int]:
    """Return the conventions of which a municipality is a party."""
    parties = await parties_of(ids)
    return {one for one, found in parties.items() if any(party.municipality_id for party in found)}


async def _superseded(rows: list[dict[str, Any]]) -> dict[int, str]:
    """Say of each license why the next one would not renew it: the center has a later one, or asked for one."""
    centers = sorted({row["center_id"] for row in rows})
    every = await SanitaryLicense.filter(center_id__in=centers).values("id", "number", "center_id", "stage", "ends_on")
    of_center: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in every:
        of_center[one["center_id"]].append(one)
    found: dict[int, str] = {}
    for row in rows:
        theirs = of_center[row["center_id"]]
        recorded = [one for one in theirs if one["stage"] == AgreementStage.SIGNED and one["ends_on"]]
        latest = max(recorded, key=lambda one: (one["ends_on"], one["id"]), default=row)
        pending = next((one for one in theirs if one["stage"] in PENDING_STAGES), None)
        if pending:
            found[row["id"]] = f"El centro ya tiene una licencia en trámite: {pending['number']}."
        elif latest["id"] != row["id"]:
            found[row["id"]] = f"El centro ya tiene otra licencia, {latest['number']}, que vence después."
    return found


def not_yours(kind: str, actor: User, what: str = "solicitarla") -> str:
    """Say why a renewal, or something else, was forbidden to who started its batch."""
    if not actor.active:
        return "La cuenta de quien inició el lote ya no está activa."
    if kind == "Convention" and actor.role in LEGAL_OFFICE:
        return _whose(kind, True, actor)
    return f"El papel en el sistema de quien inició el lote no permite {what}."
