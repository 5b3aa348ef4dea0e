"""Making the agreement's paper after a favorable dictamen: the engine's step between review and signature."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from actions.audited import Entry, audited, reachable
from actions.issuing import issue_paper, parties_of
from actions.reviews import advance
from documents.fields import Person
from documents.fields_conventions import Commitment as CommitmentRef
from documents.fields_conventions import ConvenioFields
from documents.fields_parties import CenterRef, CouncilMinuteRef, InstitutionParty, MunicipalParty
from models.agreements import AgreementStage, Convention, last_day
from models.audit import Verb
from models.centers import KIND_LABELS
from models.conventions import Commitment
from models.papers import DocumentKind
from models.people import Role, User
from models.places import OfficeHolder, Program, ProgramCode
from models.reviews import LegalReview
from reads.engine import favorable_dictamen, next_step
from reads.people import told
from reads.signing import latest_minute, office_holder

BLANK = "_" * 40
"""What a paper prints for a name that the directory of office holders lacks."""

MASCULINE = frozenset(
    [
        "alto",
        "comité",
        "consejo",
        "cuerpo",
        "fondo",
        "instituto",
        "ministerio",
        "organismo",
        "programa",
        "refugio",
        "servicio",
        "sistema",
        "tribunal",
    ]
)
"""First words of institutions' names that take «el»; Fundación, Secretaría, Universidad, Asociación… take «la»."""


def article_of(name: str) -> Literal["el", "la"]:
    """Return the article that an institution's name takes: el Ministerio de Educación, la Fundación Contexto."""
    return "el" if name.split()[0].casefold() in MASCULINE else "la"


async def prepare_agreement(*, actor: User, review_id: int) -> LegalReview | None:
    """Engine's step: make and number the agreement's Word document, open it to signature, tell who signs. Once."""
    if await next_step(review_id) != Verb.PREPARE_AGREEMENT:
        return None
    async with audited(Verb.PREPARE_AGREEMENT, actor=actor) as entry:
        review = await reachable(LegalReview, review_id, actor)
        if not review.allows(Verb.PREPARE_AGREEMENT):
            entry.about(review, "El motor revisó el expediente: el documento ya estaba hecho.")
            return review
        convention = await Convention.get(id=review.convention_id).select_related(
            "municipality__department", "institution", "renews"
        )
        document = await issue_paper(
            entry,
            DocumentKind.CONVENIO,
            await _convenio_fields(review, convention, entry),
            review=review,
            parties=parties_of(review),
            subject=review.title,
            addressee=review.requesting_unit,
            variant="CADI" if convention.program == ProgramCode.HC else "MAD",
        )
        await advance(entry, review)
        await entry.change(convention, stage=AgreementStage.READY_TO_SIGN)
        entry.about(review, f"Se elaboró el documento {document.number}; queda a la firma.")
        entry.tell(
            await told(
                municipality=review.municipality_id,
                convention=review.convention_id,
                program=review.program,
                roles=[Role.SIGNATORY],
            ),
            key=f"to-sign:{document.number}",
            subject=f"Listo para firma: {document.number}",
            body=f"{review.title}\n\nEl documento {document.number} está listo para la firma de las partes.",
            review_id=review.id,
        )
        return review


async def _convenio_fields(
    review: LegalReview, convention: Convention, entry: Entry
) -> Callable[[dict[str, Any]], ConvenioFields]:
    """Gather what the convenio's paper says; who signs comes from the office holders of the day."""
    dictamen = await favorable_dictamen(review.id)
    assert dictamen, "next_step asks for an agreement only after a favorable dictamen"
    program = await Program.get(code=convention.program)
    place, institution = convention.municipality, convention.institution
    sosep = _person(await office_holder(on=entry.today), "Secretaria")
    if place:
        other = _person(await office_holder(municipality=place.code, on=entry.today), "Alcalde Municipal")
    else:
        other = _person(await office_holder(institution=institution.id, on=entry.today), "Representante legal")
    minute = await latest_minute(convention.id)
    centers = await convention.centers.all().order_by("name")
    commitments = await Commitment.filter(convention_id=convention.renews_id).order_by("id")
    counterpart = "Municipalidad" if place else "Institución"
    term = convention.term_months or 12
    renewed_end = convention.renews.ends_on if convention.renews else None
    starts = renewed_end + timedelta(days=1) if renewed_end and renewed_end >= entry.today else None

    def fields(common: dict[str, Any]) -> ConvenioFields:
        return ConvenioFields(
            **common,
            program=program.name,
            title=convention.title or f"para la atención del programa {program.name}",
            sosep=sosep,
            municipality=MunicipalParty(name=place.name, department=place.department.name, mayor=other)
            if place
            else None,
            institution=None
            if place
            else InstitutionParty(name=institution.name, article=article_of(institution.name), representative=other),
            previous_number=convention.renews.number if convention.renews else "",
            centers=tuple(
                CenterRef(
                    code=center.code, name=center.name, kind_label=KIND_LABELS[center.kind], address=center.address
                )
                for center in centers
            ),
            council_minute=CouncilMinuteRef(
                act_number=minute.act_number,
                point_number=minute.point_number,
                session_date=minute.session_date,
                approved_date=minute.approved_date,
            )
            if minute and place
            else None,
            term_months=term,
            starts_on=starts,
            ends_on=last_day(starts, term) if starts else None,
            dictamen_number=dictamen.number,
            dictamen_date=dictamen.issued_on,
            commitments=tuple(
                CommitmentRef(
                    party="SOSEP" if one.party == "SOSEP" else counterpart, item=one.item, quantity=one.quantity
                )
                for one in commitments
            ),
        )

    return fields


def _person(holder: OfficeHolder | None, position: str) -> Person:
    """Return who signs as the paper names them; a ruled blank, to be filled by hand, when the directory has nobody."""
    if holder is None:
        return Person(name=BLANK, position=position, gender="M")
    return Person(
        name=holder.name,
        position=holder.position,
        gender="M" if holder.gender == "M" else "F",
        appointment=holder.appointment,
    )
