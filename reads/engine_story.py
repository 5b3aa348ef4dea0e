"""A file's story with the engine: what it did, whose turn it is and since when, what it told whom, what fails."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q, Subquery

from models.audit import AuditEntry, Verb
from models.clock import today
from models.engine import StepFailure
from models.messages import Contact
from models.outbox import Notice, WakeUp
from models.people import Role, User
from models.permissions import LEGAL_OFFICE, within
from models.reviews import LegalReview, ReviewStage
from reads.engine import favorable_among, next_steps
from reads.paging import Row
from reads.signature_wait import lacking_in_words

READ_ALL = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN}
"""Who reads every message of a file, and which steps failed; others read what was sent to their own."""

MOST_NOTICES = 60
"""Messages of one file that are shown, the newest."""

STEPS = {
    Verb.ADMIT_REVIEW: "revisar los requisitos y proponer a quién se asigna",
    Verb.PREPARE_AGREEMENT: "elaborar el documento del convenio y ponerlo a la firma",
    Verb.CLOSE_REVIEW: "concluir el expediente",
}
"""What the engine's own steps do."""


@dataclass(frozen=True)
class Wait:
    """What a file waits for."""

    sentence: str
    since: date
    step: Verb | None = None
    """The engine's own step that is owed; None when it is a person's turn, or nobody's any more."""
    called_at: datetime | None = None
    """Since when the engine is called and has not finished; None when nobody called it."""
    tries: int = 0
    """How often that call was taken up."""
    next_try_at: datetime | None = None
    """When it is taken up again; None while it was not tried yet: that is at once."""


async def deeds_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what the engine did to each file, oldest first: instant, verb, sentence."""
    entries = AuditEntry.filter(
        subject_type="LegalReview", subject_id__in=[str(one) for one in ids], actor__role=Role.SYSTEM
    )
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await entries.order_by("sequence").values("subject_id", "at", "verb", "summary"):
        grouped[int(row["subject_id"])].append(row)
    return grouped


async def failures_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the steps of each file that fail and have not succeeded since, for those who can have it mended."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    if actor.role not in READ_ALL:
        return grouped
    failing = StepFailure.filter(review_id__in=ids, resolved_at__isnull=True).order_by("id")
    for row in await failing.values("review_id", "step", "incident", "last_incident", "first_at", "last_at", "tries"):
        grouped[row["review_id"]].append(row)
    return grouped


async def notices_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the messages about each file that the reader may see, newest first.

    The office, internal audit and administrators read all; a municipality what went to its own people and contacts;
    everybody else what went to herself or himself.
    """
    columns = (
        "review_id",
        "recipient",
        "recipient_name",
        "subject",
        "state",
        "created_at",
        "sent_at",
        "tries",
        "error",
    )
    rows = Notice.filter(_readable(actor), review_id__in=ids).order_by("-id")
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.limit(MOST_NOTICES * len(ids)).values(*columns):
        if len(grouped[row["review_id"]]) < MOST_NOTICES:
            grouped[row["review_id"]].append(row)
    return grouped


def _readable(actor: User) -> Q:
    if actor.role in READ_ALL:
        return Q()
    own = Q(recipient=actor.email)
    town = actor.municipality_id
    if actor.role != Role.MUNICIPAL or not town:
        return own
    people = Subquery(User.filter(role=Role.MUNICIPAL, municipality_id=town).values("email"))
    contacts = Subquery(Contact.filter(municipality_id=town).values("email"))
    return Q(own, Q(recipient__in=people), Q(recipient__in=contacts), join_type="OR")


async def waits_by_review(ids: Sequence[int], actor: User) -> dict[int, Wait]:
    """Return what each file in reach waits for, and since when; a fixed number of statements."""
    columns = (
        "id", "stage", "due_on", "closed_on", "last_moved_on", "convention_id", "lease_id", "license_id",
        "assignee__name", "proposed_lawyer__name",
    )  # fmt: skip
    rows = await LegalReview.filter(within(LegalReview, actor), id__in=ids).values(*columns)
    steps = await next_steps([row["id"] for row in rows])
    calls = await _calls([row["id"] for row in rows])
    concluded = [row["id"] for row in rows if row["stage"] == ReviewStage.DICTAMEN_ISSUED]
    favorable = await favorable_among(concluded) if concluded else set()
    signing = [row for row in rows if row["stage"] == ReviewStage.AWAITING_SIGNATURE and row["id"] not in steps]
    lacking = await lacking_in_words(signing)
    found = {}
    for row in rows:
        step = steps.get(row["id"])
        if step:
            sentence = f"Al sistema le toca {STEPS[step]}."
        else:
            sentence = _turn(row, favorable=row["id"] in favorable, lacking=lacking.get(row["id"], ""))
        found[row["id"]] = Wait(sentence, row["closed_on"] or row["last_moved_on"], step, **calls.get(row["id"], {}))
    return found


async def _calls(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return of the files that the engine is called for since when, how often it took the call up, and when next."""
    owed = WakeUp.filter(review_id__in=ids, consumed_at__isnull=True).order_by("id")
    found: dict[int, dict[str, Any]] = {}
    for row in await owed.values("review_id", "created_at", "tries", "due_at"):
        # The oldest call says since when; the one that is next says what follows.
        call = found.setdefault(row["review_id"], {"called_at": row["created_at"], "tries": 0, "next_try_at": None})
        if row["tries"] >= call["tries"]:
            call |= {"tries": row["tries"], "next_try_at": row["due_at"] if row["tries"] else None}
    return found


def _until(due_on: date | None) -> str:
    if due_on is None:
        return ""
    said = "Su plazo venció el" if due_on < today() else "Tiene hasta el"
    return f" {said} {due_on:%d/%m/%Y}."


def _turn(file: Row, *, favorable: bool, lacking: str) -> str:
    """Say whose turn it is in a file that the engine owes nothing."""
    stage = file["stage"]
    until = _until(file["due_on"])
    if stage == ReviewStage.GATHERING:
        return "Espera que quien solicita reúna los requisitos y envíe el expediente."
    if stage == ReviewStage.RECEIVED:
        proposed = f"; se propone a {file['proposed_lawyer__name']}" if file["proposed_lawyer__name"] else ""
        return f"Espera que la Asesoría Jurídica lo asigne{proposed}.{until}"
    if stage == ReviewStage.IN_ANALYSIS:
        who = file["assignee__name"] or "la Asesoría Jurídica"
        return f"Espera el dictamen o la devolución de {who}.{until}"
    if stage == ReviewStage.RETURNED:
        return f"Espera que quien solicita corrija lo observado y lo envíe de nuevo.{until}"
    if stage == ReviewStage.DICTAMEN_ISSUED:
        if not favorable:
            return "Espera que la Asesoría Jurídica lo dé por concluido: su dictamen no es favorable."
        if file["license_id"]:
            return "Espera que se anote la licencia que extienda el MSPAS."
        return "Espera que la Asesoría Jurídica elabore el documento que se firma."
    if stage == ReviewStage.AWAITING_SIGNATURE:
        return f"Espera {lacking or 'las firmas'}."
    return "No espera nada: el expediente terminó."
