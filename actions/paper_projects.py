"""Projects of papers: what a paper would say if it were issued now, in Word, without a number. They write nothing."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from actions.documents import about_of, checked_fields, given_to, typed_for
from actions.issuing import approver, refusal_of, signer
from actions.paper_contents import CONTENTS, Written
from actions.paper_parties import BLANK as NOBODY
from actions.preparation import agreement_paper
from actions.refusals import Checks, Forbidden, NotFound
from actions.reviews import file_for, refuse_unless_theirs
from actions.templates import wording_in_use
from actions.trial_papers import Project
from documents.engine import PaperRefused, make_paper
from documents.fields import NO_NUMBER, PaperFields
from documents.fields_conventions import ConvenioFields
from documents.fields_parties import PartiesPaper
from documents.fields_reviews import DictamenFields, Outcome, ProvidenciaFields
from documents.kinds import typed_fields
from documents.projects import with_blanks
from documents.wording import BLANK
from models.agreements import Convention
from models.audit import Verb
from models.centers import Source
from models.clock import today
from models.papers import DocumentKind
from models.people import User
from models.permissions import may
from models.reviews import LegalReview, ReviewStage
from reads.calendar import legal_parameter, working_calendar
from reads.engine import favorable_dictamen
from settings import settings


def project_common(on: date, *, review: LegalReview | None = None, demo: bool = False) -> dict[str, Any]:
    """Return what every project carries: its day, its file, and neither number nor code."""
    return {
        "number": NO_NUMBER,
        "year": on.year,
        "issued_on": on,
        "review_code": review.code if review else "",
        "demo": settings().demo or demo or (review is not None and review.source == Source.DEMO),
        "project": True,
    }


async def _made(kind: DocumentKind, fields: PaperFields, variant: str, missing: Sequence[str]) -> Project:
    wording = await wording_in_use(kind, variant)
    try:
        paper = await asyncio.to_thread(make_paper, kind.value, fields, variant, wording, missing=missing)
    except PaperRefused as wrong:
        raise refusal_of(wrong) from wrong
    return Project(paper.docx, kind, tuple(missing))


async def project_document(
    *, actor: User, kind: DocumentKind, fields: Any, subject_kind: str = "", subject_id: int | None = None
) -> Project:
    """Return a paper that is issued by hand as it is typed so far; refuses what is wrong, not what lacks.

    Who may not issue it is refused (Forbidden); what it is about must be in reach.
    """
    if not may(actor, Verb.ISSUE_DOCUMENT):
        raise Forbidden(Verb.ISSUE_DOCUMENT.value)
    variant, typed = typed_for(kind, fields)
    about = await about_of(actor, subject_kind, subject_id)
    common = project_common(today(), review=about.review, demo=about.demo) | await given_to(kind, variant, actor)
    made, missing = checked_fields(kind, variant, typed, about, common)
    return await _made(kind, made, variant, missing)


OF_THE_FILE = ("subject", "requester", "destination", "working_days", "limit_date", "second_return_reason")
"""Fields of the two papers that the file gives, or that are no text."""
DEEDS = {DocumentKind.DICTAMEN: Verb.ISSUE_DICTAMEN, DocumentKind.PROVIDENCIA: Verb.RETURN_REVIEW}


async def project_of_draft(*, actor: User, review_id: int, kind: DocumentKind, written: Written) -> Project:
    """Return a file's dictamen, or the providencia that returns it, as it is written so far."""
    checks = Checks()
    if checks.that(kind in CONTENTS, "kind", "Solo el dictamen y la providencia se preparan en borrador."):
        content = CONTENTS[kind](checks, written, whole=False)
    checks.done()
    if not may(actor, DEEDS[kind]):
        raise Forbidden(DEEDS[kind].value)
    review = await file_for(DEEDS[kind], review_id, actor)
    refuse_unless_theirs(review, actor)
    on = today()
    common = project_common(on, review=review) | {"subject": review.title, "adviser": signer(actor)}
    known = typed_fields(kind.value, without=OF_THE_FILE)
    filled, missing = with_blanks(known, {name: one for name, one in content.items() if one})
    try:
        if kind == DocumentKind.DICTAMEN:
            made: PaperFields = _dictamen(common, filled, review, head=await approver(actor))
            missing = ([] if written.outcome else ["sentido del dictamen"]) + missing
        else:
            days = written.working_days or await legal_parameter("RETURN_ANSWER_DAYS", on=on)
            reason = filled.pop("reason_for_second_return", "")
            again = review.returns_count > 0
            missing += ["motivo de la segunda devolución"] if again and not reason else []
            made = ProvidenciaFields(
                **common | filled | {"working_days": days},
                destination=review.requesting_unit or review.title,
                limit_date=(await working_calendar(review.municipality_id)).add(on, days),
                return_ordinal=review.returns_count + 1,
                second_return_reason=reason or (BLANK if again else None),
            )
    except ValidationError as wrong:
        raise refusal_of(wrong) from wrong
    return await _made(kind, made, "", missing)


def _dictamen(common: dict[str, Any], filled: dict[str, Any], review: LegalReview, head: Any) -> DictamenFields:
    conditional = bool(filled.get("conditions"))
    concluded = Outcome.FAVORABLE_WITH_CONDITIONS if conditional else Outcome.FAVORABLE
    made = DictamenFields(
        **{**common, "outcome": concluded} | filled, requester=review.requesting_unit or review.title, head=head
    )
    # The schema wants an outcome; a project whose lawyer chose none leaves room for it.
    return made if filled.get("outcome") else made.model_copy(update={"outcome": BLANK})


async def project_of_agreement(convention_id: int) -> Project:
    """Return the paper of an agreement in the making as it would be today, before or after its dictamen.

    What nobody has noted yet is left blank and named, with where it is noted.
    """
    convention = await Convention.get_or_none(id=convention_id).select_related("renews")
    if convention is None:
        raise NotFound("el convenio")
    files = LegalReview.filter(convention_id=convention.id).exclude(stage=ReviewStage.WITHDRAWN)
    review = await files.order_by("-id").first()
    dictamen = await favorable_dictamen(review.id) if review else None
    on = today()
    kind, variant, make = await agreement_paper(convention, dictamen, on=on)
    common = project_common(on, review=review, demo=convention.source == Source.DEMO)
    try:
        made = make(common | ({} if review else {"review_code": BLANK}))
    except ValidationError as wrong:
        raise refusal_of(wrong) from wrong
    lacking = _lacking(made, review)
    if isinstance(made, ConvenioFields) and not dictamen:
        # What its number would have said by itself.
        made = made.model_copy(update={"dictamen_number": f"dictamen número {BLANK}"})
    return await _made(kind, made, variant, lacking)


def _lacking(made: PaperFields, review: LegalReview | None) -> list[str]:
    """Say what an agreement's project leaves blank, and where each thing is noted."""
    lacking = [] if review else ["expediente"]
    if isinstance(made, ConvenioFields):
        lacking += [] if made.dictamen_number else ["dictamen favorable, que se emite en el expediente"]
        towns = [party for party in made.counterparts if party.municipal and party.council_minute is None]
        lacking += [f"punto de acta del Concejo de {one.alias}, que se anota en el expediente" for one in towns]
    if isinstance(made, PartiesPaper):
        unknown = [party for party in made.signing_parties() if party.signer.name == NOBODY]
        lacking += [f"quién firma por {one.alias}, que se anota en Autoridades" for one in unknown]
    return lacking
