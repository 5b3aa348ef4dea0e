"""What the engine will say or do next about a file if nothing happens, and on which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.outbox import Notice
from models.people import User
from models.permissions import within
from models.reviews import DESK_STAGES, LegalReview, ReviewStage
from reads.calendar import legal_parameter
from reads.deadlines import FILE, Rung
from reads.engine_story import READ_ALL
from reads.escalation import Terms, rungs_of, terms_of
from reads.lapse import WARNING_DAYS, Lapse
from reads.paging import Row
from reads.signature_wait import MOST_TOLD, papers_to_sign


@dataclass(frozen=True)
class Coming:
    """What comes next by itself, and when."""

    on: date
    sentence: str


OFFICE_RUNGS = {
    Rung.HALFWAY: "Aviso de que pasó la mitad del plazo, a quien lo analiza.",
    Rung.NEAR: "Aviso de que el plazo está por vencer, a quien lo analiza.",
    Rung.DUE: "Aviso de que el plazo vence ese día, a quien lo analiza.",
    Rung.LATE: "Aviso de que el plazo venció, a quien lo analiza y a la jefatura.",
    Rung.MAY_LAPSE: "Aviso a la jefatura de que la solicitud puede tenerse por desistida.",
}
"""What only the office is told, and reads here."""

RUNGS = OFFICE_RUNGS | {
    Rung.ANSWER_HALFWAY: "Aviso de que pasó la mitad del plazo para responder, a quien solicita.",
    Rung.ANSWER_NEAR: "Aviso de que el plazo para responder está por vencer, a quien solicita.",
    Rung.ANSWER_DUE: "Aviso de que el plazo para responder vence ese día, a quien solicita.",
    Rung.UNANSWERED: "Aviso de que el plazo para responder venció, a quien solicita y a quien lo analiza.",
    Rung.UNSENT: "Aviso de que lo entregado no se ha enviado, a quien solicita y a quien lo analiza.",
    Rung.LAPSING: "Aviso de que la solicitud se tendrá por desistida si nadie responde, a quien solicita.",
    Rung.SIGNATURES: "Recordatorio a quienes faltan por firmar.",
}

LAPSE = "La solicitud se tiene por desistida, si nadie responde antes."


async def coming_by_review(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Coming]:
    """Return what comes next for each file in reach, as far as the reader is concerned; a fixed number of statements.

    The engine goes its round once a day: what begins today and was not told yet still comes today.
    """
    running = (*DESK_STAGES, ReviewStage.RETURNED, ReviewStage.AWAITING_SIGNATURE)
    rows = await LegalReview.filter(within(LegalReview, actor), id__in=ids, stage__in=running).values(*FILE)
    terms = await terms_of(rows, actor, on=on, ahead=True)
    signing = [row["id"] for row in rows if row["stage"] == ReviewStage.AWAITING_SIGNATURE]
    papers = await papers_to_sign(signing) if signing else {}
    wait = await legal_parameter("SIGNATURE_WAIT_DAYS", on=on)
    notices = Notice.filter(review_id__in=[row["id"] for row in rows], key__startswith="deadline:")
    # Rung, file and deadline, as their keys begin.
    told = {str(key).rpartition(":")[0] for key in await notices.values_list("key", flat=True)}
    found = {}
    for row in rows:
        if row["stage"] == ReviewStage.AWAITING_SIGNATURE:
            steps = _of_signatures(papers.get(row["id"]), terms, wait, on)
        else:
            steps = _of_deadline(row, terms)
        if actor.role not in READ_ALL:
            steps = [step for step in steps if step[1] not in OFFICE_RUNGS]
        for day, rung in sorted(steps, key=lambda step: step[0]):
            if day > on or (day == on and rung and _key(rung, row) not in told):
                found[row["id"]] = Coming(day, RUNGS[rung] if rung else LAPSE)
                break
    return found


def _key(rung: Rung, file: Row) -> str:
    """Return how the keys of a rung's notices begin."""
    return f"deadline:{rung.value}:{file['code']}:{file['due_on']:%Y%m%d}"


def _of_signatures(paper: Row | None, terms: Terms, wait: int, on: date) -> list[tuple[date, Rung | None]]:
    """Return when the missing signatures are reminded of next."""
    if paper is None:
        return []
    calendar = terms.calendars[""]
    passed = calendar.between(paper["issued_on"], on) // wait
    return [(calendar.add(paper["issued_on"], wait * (passed + 1)), Rung.SIGNATURES)] if passed < MOST_TOLD else []


def _of_deadline(file: Row, terms: Terms) -> list[tuple[date, Rung | None]]:
    """Return the rungs of a file's term, and of its lapse, each with its first day; no rung is the lapse itself."""
    steps: list[tuple[date, Rung | None]] = list(rungs_of(file, terms))
    lapse: Lapse | None = terms.lapses.get(file["id"])
    if lapse is None:
        return steps
    if lapse.handed_in or not lapse.confirmed:
        return [*steps, (lapse.last_day + timedelta(days=1), Rung.MAY_LAPSE)]
    warned = next(day for day, rung in steps if rung == Rung.LAPSING)
    last_day = lapse.engine_from or max(lapse.last_day, terms.calendar(file).add(warned, WARNING_DAYS))
    return [*steps, (last_day + timedelta(days=1), None)]
