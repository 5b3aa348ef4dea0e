"""Issuing numbered papers: number, Word file, hash and audit entry are born in one transaction."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from actions.audited import Entry
from actions.files import keep_paper
from actions.refusals import ErrorCode, Problem, Refusal
from actions.registry import paper_number, take_number
from actions.sheets_count import end_rehearsal, sheets_in_words
from actions.templates import version_of, wording_in_use
from actions.trial_papers import end_trial, unnumbered
from documents.engine import PaperRefused, make_paper
from documents.fields import Person
from documents.media_types import WORD
from documents.seal import new_verification_code
from documents.stems import spanish_stems
from models.centers import Source
from models.clock import instant
from models.fields import folded
from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument, Outcome
from models.people import Role, User
from models.renditions import PaperText, Rendition
from models.reviews import LegalReview
from settings import settings


async def issue_paper(
    entry: Entry,
    kind: DocumentKind,
    make_fields: Callable[[dict[str, Any]], BaseModel],
    *,
    parties: list[str],
    subject: str,
    addressee: str = "",
    variant: str = "",
    review: LegalReview | None = None,
    outcome: Outcome | None = None,
    demo: bool = False,
    words: str = "",
    **about: int | None,
) -> OfficialDocument:
    """Number, write, keep and register a paper within the open gate; a paper refused gives its number back.

    `make_fields` gets what every paper carries (number, serial, year, date, codes) and returns the kind's fields.
    `about` names what it concerns (convention_id, lease_id, license_id, court_file_id); a file's paper concerns what
    the file does. `demo` marks a paper about a record of the demonstration; `words` are found by a search besides what
    the paper says.
    """
    wording = await wording_in_use(kind, variant)
    serial, year = await take_number(entry, kind.value)
    code = new_verification_code()
    number = await paper_number(kind, LEGAL_UNIT, serial, year, on=entry.today)
    common = {
        "number": number,
        "serial": serial,
        "year": year,
        "issued_on": entry.today,
        "verification_code": code,
        "verification_url": f"{settings().address()}/verificar/{code}",
        "review_code": review.code if review else "",
        "demo": settings().demo or demo or (review is not None and review.source == Source.DEMO),
        **sheets_in_words(wording),
        **unnumbered(),
    }
    try:
        fields = make_fields(common)
        paper = await asyncio.to_thread(make_paper, kind.value, fields, variant, wording)
    except (ValidationError, PaperRefused) as wrong:
        raise refusal_of(wrong) from wrong
    end_trial(kind, paper.docx)
    end_rehearsal(paper.docx, wording)
    concerns: dict[str, int | None] = {}
    if review:
        links = ("convention_id", "lease_id", "license_id")
        concerns = {"review_id": review.id} | {name: getattr(review, name) for name in links}
    concerns |= about
    file = await keep_paper(entry, paper.docx, paper.filename, WORD)
    document = await entry.create(
        OfficialDocument,
        kind=kind,
        unit=LEGAL_UNIT,
        year=year,
        serial=serial,
        number=number,
        **concerns,
        subject=subject[:300],
        addressee=addressee[:240],
        search=folded(number, subject, addressee, *parties, review.code if review else "", words)[:900],
        outcome=outcome,
        parties=parties,
        data=fields.model_dump(mode="json"),
        issued_on=entry.today,
        issued_at=entry.at,
        issued_by_id=entry.actor.id,
        file_id=file.id,
        text_sha256=paper.text_sha256,
        template_sha256=paper.template_sha256,
        template_id=(await version_of(entry, wording)).id,
        variant=variant,
        verification_code=code,
    )
    # Derived, and so in no entry of the audit: its words for searches, and its PDF as soon as an engine makes it.
    await PaperText.create(document_id=document.id, text=paper.text, stems=spanish_stems(paper.text))
    await Rendition.create(document_id=document.id, due_at=instant())
    return document


def refusal_of(wrong: ValidationError | PaperRefused) -> Refusal:
    """Return what keeps a paper from being made, in sentences that name the data."""
    if isinstance(wrong, PaperRefused):
        return Refusal(Problem(ErrorCode.PAPER_REFUSED, str(wrong)))
    # A list whose only item was refused is also said to be too short; empty ones were refused before.
    details = [detail for detail in wrong.errors() if detail["type"] != "too_short"] or wrong.errors()
    return Refusal(*(_problem(detail) for detail in details))


def _problem(detail: Any) -> Problem:
    """Turn what the field schema refused into a sentence; its own sentences are Spanish, the library's are not."""
    path = tuple(re.sub(r"_(\w)", lambda found: found[1].upper(), str(part)) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] != "value_error":
        message = f"Revise el dato «{'.'.join(path)}» del documento: falta o no tiene la forma esperada."
    return Problem(ErrorCode.PAPER_REFUSED, message, path)


def signer(person: User) -> Person:
    """Return a member of the legal office as papers name her or him."""
    position = person.position or ("Asesora Jurídica" if person.gender == "F" else "Asesor Jurídico")
    return Person(name=person.name, position=position, gender="M" if person.gender == "M" else "F")


async def approver(actor: User, *, given_by: int | None = None) -> Person | None:
    """Return the head as papers name her or him for the Vo.Bo.; nobody when it is the head who issues.

    `given_by` is who gave it already to this text; otherwise the office's head stands for it.
    """
    heads = User.filter(id=given_by) if given_by else User.filter(role=Role.LEGAL_HEAD, active=True)
    head = await heads.order_by("id").first()
    return signer(head) if head and head.id != actor.id else None


def parties_of(review: LegalReview) -> list[str]:
    """Return the parties as the public may read them: institutions, never persons."""
    return ["SOSEP", review.requesting_unit] if review.requesting_unit else ["SOSEP"]
