"""Papers that a person of the legal office issues by hand: opinions, trámites, drafts of resolutions, letters."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from tortoise.models import Model

from actions.audited import Entry, audited, reachable
from actions.issuing import approver, issue_paper, parties_of, signer
from actions.refusals import Checks, Problem, Refusal
from actions.reviews import advance, file_for, refuse_unless_theirs
from actions.sheets_count import counting_sheets
from actions.typed_fields import problems_of, read_typed, spelled, unknown_names, wrong_shapes
from documents.fields import PaperFields
from documents.fields_letters import ConocimientoFields, OficioFields
from documents.fields_parties import SOSEP_ALIAS, SOSEP_NAME
from documents.fields_reviews import ResolucionFields, TramiteFields
from documents.fields_understandings import EntendimientoFields
from documents.kinds import fields_of, issuer_field, typed_fields
from documents.projects import with_blanks
from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.centers import Center, Source
from models.court import CourtFile
from models.papers import DocumentKind, OfficialDocument
from models.people import User
from models.reviews import LegalReview
from reads.people import told

BY_HAND: dict[DocumentKind, str] = {
    DocumentKind.OPINION: "",
    DocumentKind.PROVIDENCIA: "TRAMITE",
    DocumentKind.RESOLUCION: "",
    DocumentKind.OFICIO: "",
    DocumentKind.CONOCIMIENTO: "",
    DocumentKind.CARTA_ENTENDIMIENTO: "",
    DocumentKind.MEMORANDUM_ENTENDIMIENTO: "",
}
"""Kinds that are issued by hand, each with the variant of its template."""

ELSEWHERE = {
    DocumentKind.DICTAMEN: ("El dictamen concluye un expediente: se emite desde él.", "issueDictamen"),
    DocumentKind.CONVENIO: (
        "El convenio lo elabora el sistema cuando su expediente tiene dictamen favorable.",
        "issueDictamen",
    ),
    DocumentKind.ADENDA: ("La adenda cambia un convenio: se anota desde él.", "amendConvention"),
    DocumentKind.CONTRATO_ARRENDAMIENTO: ("El contrato se elabora desde el arrendamiento.", "issueLeasePaper"),
    DocumentKind.ACTA_NEGOCIACION: ("El acta de negociación se elabora desde el arrendamiento.", "issueLeasePaper"),
}
"""Kinds that are born of a deed of their own: where people find it, and its mutation."""

RETURNED_ELSEWHERE = (
    "Para devolver un expediente con observaciones use returnReview; aquí va la providencia de trámite."
)

SUBJECTS: dict[str, type[Model]] = {
    "LegalReview": LegalReview,
    "Convention": Convention,
    "Lease": Lease,
    "SanitaryLicense": SanitaryLicense,
    "Center": Center,
    "CourtFile": CourtFile,
}
"""What a paper may be about, by the name of its type in the API."""


@dataclass
class About:
    """What a paper is about: the record, what hangs the paper on it, and what the book and the public read of it."""

    record: Model | None = None
    review: LegalReview | None = None
    links: dict[str, Any] = field(default_factory=dict)
    parties: list[str] = field(default_factory=lambda: ["SOSEP"])
    words: str = ""
    """What a search finds the paper by, besides what it says."""
    demo: bool = False


@counting_sheets
async def issue_document(
    *,
    actor: User,
    kind: DocumentKind,
    fields: Any,
    subject_kind: str = "",
    subject_id: int | None = None,
    variant: str = "",
    expected_version: int | None = None,
) -> OfficialDocument:
    """Issue a numbered paper of a kind that no other deed makes, signed by the actor, about a record or about none.

    `fields` is what the lawyer typed (`documents.kinds.typed_fields`), in camelCase or snake_case; `subject_kind` is
    one of `SUBJECTS`.
    """
    usual, typed = typed_for(kind, fields, variant)
    async with audited(Verb.ISSUE_DOCUMENT, actor=actor) as entry:
        about = await about_of(entry.actor, subject_kind, subject_id, expected_version)
        common = UNNUMBERED | {"issued_on": entry.today, "year": entry.today.year}
        made, _ = checked_fields(kind, usual, typed, about, common | await given_to(kind, usual, actor))
        document = await issue_paper(
            entry,
            kind,
            lambda common: made.model_copy(update=common),
            parties=about.parties + (_other_parties(made) if about.record is None else []),
            subject=_subject(made),
            addressee=_addressee(made),
            variant=usual,
            review=about.review,
            demo=about.demo,
            words=about.words,
            **about.links,
        )
        if about.review:
            await advance(entry, about.review)
            await _tell(entry, about.review, document, made)
        entry.about(about.record or document, f"{actor.name} emitió el documento {document.number}.")
        return entry.answers(document)


def typed_for(kind: DocumentKind, fields: Any, variant: str = "") -> tuple[str, dict[str, Any]]:
    """Return the variant of a kind that is issued by hand, and what was typed for it under Python's names."""
    checks = Checks()
    if kind in ELSEWHERE:
        where, mutation = ELSEWHERE[kind]
        checks.that(False, "kind", f"{where} En la API: {mutation}.")
    checks.done()
    usual = BY_HAND[kind]
    checks.that(variant in ("", usual), "variant", f"Este documento no tiene la variante «{variant[:40]}».")
    typed = read_typed(checks, fields)
    if kind == DocumentKind.PROVIDENCIA:
        checks.that("observations" not in typed, ("fields", "observations"), RETURNED_ELSEWHERE)
    checks.done()
    return usual, typed


async def about_of(actor: User, kind: str, key: int | None, expected_version: int | None = None) -> About:
    """Fetch what the paper is about; what is out of reach is not found, a colleague's file is refused."""
    if key is None:
        return About()
    if kind == "LegalReview":
        review = await file_for(Verb.ISSUE_DOCUMENT, key, actor, expected_version, path="subjectId")
        if review.assignee_id:
            refuse_unless_theirs(review, actor)
        return About(review, review, parties=parties_of(review))
    record: Any = await reachable(SUBJECTS[kind], key, actor, expected_version=expected_version, path="subjectId")
    demo = record.source == Source.DEMO
    if isinstance(record, CourtFile):
        # It is reserved: not even that it concerns somebody may be read by its verification code.
        return About(record, links={"court_file_id": record.id}, parties=[], words=record.code, demo=demo)
    if isinstance(record, Center):
        return About(record, words=f"{record.code} {record.name}", demo=demo)
    column = {Convention: "convention_id", Lease: "lease_id", SanitaryLicense: "license_id"}[type(record)]
    made = About(record, links={column: record.id}, words=record.number, demo=demo)
    if isinstance(record, Convention):
        await record.fetch_related("municipality", "institution")
        if record.municipality:
            made.parties.append(f"Municipalidad de {record.municipality.name}")
        elif record.institution:
            made.parties.append(record.institution.name)
    return made


async def given_to(kind: DocumentKind, variant: str, actor: User) -> dict[str, Any]:
    """Return the persons of the office whom the system names: who issues, and the head for the Vo.Bo."""
    given: dict[str, Any] = {}
    if name := issuer_field(kind.value, variant):
        given[name] = signer(actor)
    if "head" in fields_of(kind.value, variant).model_fields:
        given["head"] = await approver(actor)
    return given


UNNUMBERED = {"number": "-", "serial": 1, "verification_code": "-", "verification_url": "-"}
"""What stands for the number and the code until the paper is numbered."""


def checked_fields(
    kind: DocumentKind, variant: str, typed: dict[str, Any], about: About, common: dict[str, Any]
) -> tuple[PaperFields, list[str]]:
    """Return the paper's fields, not numbered yet; refuses all that is wrong with what was typed, place by place.

    `common` is what the system gives. For a project there is room for the texts that lack, which are named too.
    """
    known = typed_fields(kind.value, variant)
    names = {field.name for field in known}
    lent: dict[str, Any] = {}
    if about.review:
        asks = about.review.requesting_unit or about.review.title
        lent = {"subject": about.review.title, "requester": asks, "destination": asks}
    kept = {name: value for name, value in {**lent, **typed}.items() if name in names}
    checks = Checks()
    unknown_names(checks, known, typed)
    wrong_shapes(checks, known, kept, ("fields",))
    problems = {problem.path: problem for problem in checks.problems}
    whole, missing = with_blanks(known, kept) if common.get("project") else (kept, [])
    refused: list[Problem] = []
    # A project's blanks may contradict what was typed: then it is said of that, without them, what it lacks.
    for values in (whole, kept):
        try:
            made = fields_of(kind.value, variant)(**common, **values)
        except ValidationError as wrong:
            refused = [one for one in problems_of(wrong, known) if values is kept or _typed_at(one, kept)]
            if refused:
                break
        else:
            checks.done()
            return made, missing
    found = {problem.path: problem for problem in refused} | problems
    if problems:
        # What the whole contradicts was read from a value that is wrong already.
        found.pop(("fields",), None)
    raise Refusal(*found.values())


def _typed_at(problem: Problem, typed: dict[str, Any]) -> bool:
    return len(problem.path) > 1 and spelled(problem.path[1]) in typed


def _subject(made: PaperFields) -> str:
    """Return what the outgoing book says that a paper is about."""
    if isinstance(made, ConocimientoFields):
        return f"Entrega de: {'; '.join(item.description for item in made.items)}"
    return str(getattr(made, "subject", "") or getattr(made, "title", ""))


def _addressee(made: PaperFields) -> str:
    """Return to whom the outgoing book says that a paper goes."""
    if isinstance(made, OficioFields):
        named = (made.addressee, made.addressee_position, made.addressee_institution)
        return ", ".join(one for one in named if one)
    if isinstance(made, ResolucionFields):
        return ", ".join(made.notify)
    if isinstance(made, EntendimientoFields):
        return ", ".join(_other_parties(made))
    return str(next(getattr(made, name) for name in ("addressee", "destination", "requester") if hasattr(made, name)))


def _other_parties(made: PaperFields) -> list[str]:
    """Return the parties other than SOSEP that sign a paper about no record: they are institutions."""
    if not isinstance(made, EntendimientoFields):
        return []
    return [party.name for party in made.parties if party.alias != SOSEP_ALIAS and party.name != SOSEP_NAME]


async def _tell(entry: Entry, review: LegalReview, document: OfficialDocument, made: PaperFields) -> None:
    """Tell who asked for the file of an opinion or a providencia, as of a return."""
    if document.kind not in (DocumentKind.OPINION, DocumentKind.PROVIDENCIA):
        return
    on = made.limit_date if isinstance(made, TramiteFields) else None
    limit = f" Atiéndala a más tardar el {on:%d/%m/%Y}." if on else ""
    people = await told(
        municipality=review.municipality_id,
        convention=review.convention_id,
        program=review.program,
        ids=[review.requested_by_id],
    )
    entry.tell(
        [person for person in people if person[0] != entry.actor.email],
        key=f"issued:{document.number}",
        subject=f"Documento {document.number} en el expediente {review.code}",
        body=f"{document.subject}\n\nLa Asesoría Jurídica emitió el documento {document.number}.{limit}",
        review_id=review.id,
    )
