"""Which messages nobody needs any more: what they ask for was done, or its matter is over. Asked of many at once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, SanitaryLicense
from models.conventions import Commitment
from models.court import CourtDate, CourtFile, CourtNotice, CourtStage
from models.drafts import Condition
from models.outbox import Notice
from models.reviews import DESK_STAGES, LegalReview, ReviewStage
from reads.deadlines import Rung

AT_A_TIME = 500
"""Ids in one statement: SQLite takes a limited number of values."""

_ENDS: dict[str, tuple[type[Model], str]] = {
    "convention_id": (Convention, "El convenio"),
    "lease_id": (Lease, "El arrendamiento"),
    "license_id": (SanitaryLicense, "La licencia sanitaria"),
}

_OWN_MATTER = ("commitment", "deadline:condition", "court-date", "court-notice")
"""How the keys begin of messages about a part of something: the part's number follows, and the part settles them."""


_TURNS: tuple[tuple[tuple[str, ...], tuple[ReviewStage, ...], str], ...] = (
    (
        tuple(f"deadline:{rung.value}" for rung in (Rung.HALFWAY, Rung.NEAR, Rung.DUE, Rung.LATE)),
        DESK_STAGES,
        "ya no espera a la Asesoría Jurídica",
    ),
    (
        tuple(
            f"deadline:{rung.value}"
            for rung in (
                Rung.ANSWER_HALFWAY,
                Rung.ANSWER_NEAR,
                Rung.ANSWER_DUE,
                Rung.UNANSWERED,
                Rung.UNSENT,
                Rung.LAPSING,
                Rung.MAY_LAPSE,
            )
        ),
        (ReviewStage.RETURNED,),
        "ya recibió respuesta",
    ),
    ((Rung.SIGNATURES.value,), (ReviewStage.AWAITING_SIGNATURE,), "ya no espera firmas"),
)
"""How the keys of messages about somebody's turn begin, the stages in which it is that turn, and what else to say."""


async def settled(notices: Iterable[Notice]) -> dict[int, str]:
    """Return, by the message's id, why nobody needs it any more, in Spanish; only of `passing` ones."""
    passing = [one for one in notices if one.passing]
    found: dict[int, str] = {}
    for start in range(0, len(passing), AT_A_TIME):
        some = passing[start : start + AT_A_TIME]
        for ask in (_of_files, _of_ends, _of_parts, _of_court_files):
            found = await ask(some) | found
    return found


def part_of(key: str) -> tuple[str, int] | None:
    """Return which part a message's key is about («commitment», 12); None when it is about the whole."""
    for kind in _OWN_MATTER:
        number = key.removeprefix(f"{kind}:").partition(":")[0]
        if key.startswith(f"{kind}:") and number.isascii() and number.isdigit() and len(number) < 10:
            return kind, int(number)
    return None


async def _of_files(notices: Sequence[Notice]) -> dict[int, str]:
    ids = {one.review_id for one in notices if one.review_id}
    files = {row["id"]: row for row in await LegalReview.filter(id__in=list(ids)).values("id", "code", "stage")}
    found = {}
    for one in notices:
        file = files.get(one.review_id or 0)
        reason = _why_file(one.key, file["stage"]) if file else ""
        if file and reason:
            found[one.id] = f"El expediente {file['code']} {reason}."
    return found


def _why_file(key: str, stage: ReviewStage) -> str:
    if stage == ReviewStage.WITHDRAWN:
        return "ya se desistió"
    if part_of(key):
        return ""
    if stage == ReviewStage.CLOSED:
        return "ya se concluyó"
    for rungs, waiting, reason in _TURNS:
        if stage not in waiting and key.startswith(tuple(f"{head}:" for head in rungs)):
            return reason
    return ""


async def _of_ends(notices: Sequence[Notice]) -> dict[int, str]:
    """Agreements that another one follows, that ended early, or that were given up."""
    found: dict[int, str] = {}
    for column, (model, name) in _ENDS.items():
        about = [one for one in notices if getattr(one, column)]
        if not about:
            continue
        ids = list({getattr(one, column) for one in about})
        over = Q(terminated_on__isnull=False) | Q(stage=AgreementStage.WITHDRAWN)
        rows = await model.filter(over, id__in=ids).values("id", "stage")
        given_up = {row["id"] for row in rows if row["stage"] == AgreementStage.WITHDRAWN}
        following = model.filter(renews_id__in=ids, stage__not_in=[*PENDING_STAGES, AgreementStage.WITHDRAWN])
        renewed = {row["renews_id"]: row["number"] for row in await following.values("renews_id", "number")}
        ended = {row["id"] for row in rows} - given_up
        for one in about:
            key = getattr(one, column)
            if key in given_up:
                found[one.id] = f"{name} se desistió."
            elif key in ended:
                found[one.id] = f"{name} terminó antes de su vencimiento."
            # What was promised for a term is owed after it too.
            elif key in renewed and not part_of(one.key):
                found[one.id] = f"{name} ya se renovó: {renewed[key]}."
    return found


_PARTS: dict[str, tuple[type[Model], Callable[[dict[str, Any]], str]]] = {
    "commitment": (Commitment, lambda row: "El compromiso ya se cumplió." if row["fulfilled_on"] else ""),
    "deadline:condition": (Condition, lambda row: "La condición ya se cumplió." if row["met_on"] else ""),
    "court-date": (CourtDate, lambda row: "La fecha judicial ya tiene su resultado." if row["settled_on"] else ""),
    "court-notice": (CourtNotice, lambda row: "La notificación ya tiene respuesta." if row["answered_on"] else ""),
}


async def _of_parts(notices: Sequence[Notice]) -> dict[int, str]:
    """Promises, conditions, dates and notices of courts, each known by its message's key."""
    found: dict[int, str] = {}
    named = [(one, *part) for one in notices if (part := part_of(one.key))]
    for kind, (model, why) in _PARTS.items():
        ids = {number for _, of, number in named if of == kind}
        rows = {row["id"]: row for row in await model.filter(id__in=list(ids)).values()} if ids else {}
        for one, of, number in named:
            reason = why(rows[number]) if of == kind and number in rows else ""
            if reason:
                found[one.id] = reason
    return found


async def _of_court_files(notices: Sequence[Notice]) -> dict[int, str]:
    ids = {one.court_file_id for one in notices if one.court_file_id and not one.key.startswith("court-notice:")}
    rows = CourtFile.filter(id__in=list(ids), stage=CourtStage.CLOSED) if ids else CourtFile.filter(id__in=[])
    over = {row["id"]: row["code"] for row in await rows.values("id", "code")}
    return {
        one.id: f"El expediente judicial {over[one.court_file_id]} ya feneció."
        for one in notices
        if one.court_file_id in over and not one.key.startswith("court-notice:")
    }
