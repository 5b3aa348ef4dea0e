"""The paper that a lease or assignment is signed on: a contract, or an acta in an authorized book."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, time
from typing import Any

from actions.audited import Entry, audited, reachable
from actions.issuing import issue_paper
from actions.paper_parties import article_of
from actions.refusals import Checks, NotAllowedNow
from actions.reviews import advance, file_for, refuse_unless_theirs
from actions.sheets_count import counting_sheets
from documents.fields import PaperFields
from documents.fields_leases import (
    ActaAdscripcionFields,
    ActaNegociacionFields,
    ContratoArrendamientoFields,
    DelegationRef,
)
from models.agreements import AgreementStage, Lease, LeaseForm, last_day
from models.audit import Verb
from models.fields import folded
from models.papers import OfficialDocument
from models.people import Role, User
from models.signing import SignatureDelegation
from reads.engine import favorable_dictamen
from reads.people import told
from reads.signing import LEASE_PAPERS, delegation_of, lease_paper, office_holder, review_of


@dataclass(frozen=True)
class PersonInput:
    """Somebody whom a paper names: at an acta without gender, in a contract with it."""

    name: str
    position: str
    gender: str = ""
    """F or M."""
    appointment: str = ""


@dataclass(frozen=True)
class ActaInput:
    """What is typed for an acta: the authorized book and its sheets, the hours, who was there, further points."""

    book: str
    book_registry: str
    folio_from: int | None
    folio_to: int | None
    start_time: time | None
    end_time: time | None
    attendees: tuple[PersonInput, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContratoInput:
    """What is typed for a contract: who appears, how ownership is proved, the guarantee, its publications."""

    landlord: PersonInput | None
    """Who appears for the landlord: the landlord, or who represents it."""
    ownership: str
    delegate_gender: str = ""
    """F or M; empty when the directory of office holders knows the delegate."""
    guarantee: str = ""
    publications: tuple[str, ...] = ()


@counting_sheets
async def issue_lease_paper(
    *,
    actor: User,
    lease_id: int,
    acta: ActaInput,
    contrato: ContratoInput,
    place: str = "",
    expected_version: int | None = None,
) -> OfficialDocument:
    """Number and write the paper of a lease as its confirmed form asks, and open it to signature.

    Only after a favorable dictamen; a contract only with its delegation, which it names. What is typed for the other
    form is refused. A first day that nobody asked for becomes today's, because the paper names it.
    """
    checks = Checks()
    place = checks.text(place, "place", label="el lugar", most=120, required=False)
    async with audited(Verb.ISSUE_LEASE_PAPER, actor=actor) as entry:
        lease = await reachable(Lease, lease_id, actor, expected_version=expected_version, path="leaseId")
        words = lease.in_words()
        file = await review_of(lease)
        if file is None:
            raise NotAllowedNow(f"No se puede elaborar el documento: {words} no tiene expediente de revisión.")
        review = await file_for(Verb.ISSUE_LEASE_PAPER, file.id, actor)
        refuse_unless_theirs(review, actor)
        dictamen = await favorable_dictamen(review.id)
        if dictamen is None:
            raise NotAllowedNow(f"No se puede elaborar el documento: {words} no tiene dictamen favorable.")
        if lease.form is None or lease.form_confirmed_by_id is None:
            raise NotAllowedNow(f"Confirme primero si se hace por contrato o por acta: {words} no tiene forma.")
        earlier = await lease_paper(lease)
        if earlier:
            raise NotAllowedNow(f"Ya está hecho el {earlier.number} para {words}. Anúlelo antes de hacer otro.")
        delegation = await delegation_of(lease)
        if lease.form == LeaseForm.CONTRATO and delegation is None:
            raise NotAllowedNow(f"Anote primero la delegación de firma {lease.of_words()}: el contrato la nombra.")
        contract = lease.form == LeaseForm.CONTRATO
        _check_typed(checks, contrato if contract else acta, acta if contract else contrato)
        enough = contract or not acta.attendees or len(acta.attendees) > 1
        checks.that(enough, "attendees", "Anote al menos a dos personas: quien da el inmueble y quien lo recibe.")
        checks.done()
        _refuse_unknown(lease)
        starts = lease.starts_on or entry.today
        await lease.fetch_related("municipality__department", "center", "office")
        known: dict[str, Any] = {"dictamen_number": dictamen.number, "dictamen_date": dictamen.issued_on}
        known |= {"place": place} if place else {}
        if contract:
            assert delegation
            make = await _contract(checks, lease, starts, contrato, delegation, known, on=entry.today)
        else:
            make = _acta(lease, starts, acta, delegation, known)
        checks.done()
        document = await issue_paper(
            entry,
            LEASE_PAPERS[lease.form],
            make,
            variant="ADSCRIPCION" if lease.assigned else "",
            review=review,
            # A landlord may be a person, whom the public does not read; an owner institution is none.
            parties=["SOSEP", lease.landlord_name] if lease.assigned else ["SOSEP"],
            subject=review.title,
            addressee=lease.landlord_name,
            words=lease.number,
        )
        await advance(entry, review)
        await entry.change(lease, stage=AgreementStage.READY_TO_SIGN, starts_on=starts)
        await _tell(entry, lease, document)
        return entry.answers(document)


async def _tell(entry: Entry, lease: Lease, document: OfficialDocument) -> None:
    entry.about(lease, f"{entry.actor.name} elaboró el {document.number} {lease.of_words()}; queda a la firma.")
    requester = [lease.requested_by_id] if lease.requested_by_id else []
    entry.tell(
        await told(program=lease.program, roles=[Role.SIGNATORY], ids=requester),
        key=f"to-sign:{document.number}",
        subject=f"Listo para firma: {document.number}",
        body=f"El documento {document.number} {lease.of_words()} está listo para la firma de las partes.",
        lease_id=lease.id,
    )


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


OPTIONAL = ("points", "delegate_gender", "guarantee", "publications")
"""What may stay empty in what is typed."""


def _check_typed(checks: Checks, wanted: ActaInput | ContratoInput, other: ActaInput | ContratoInput) -> None:
    """Note what the form needs and nobody typed, and what was typed for the other form."""
    for item in fields(wanted):
        empty = getattr(wanted, item.name) in (None, "", ())
        checks.that(not empty or item.name in OPTIONAL, _camel(item.name), "Complete este dato del documento.")
    which = "un acta" if isinstance(wanted, ActaInput) else "un contrato"
    for item in fields(other):
        empty = getattr(other, item.name) in (None, "", ())
        checks.that(empty, _camel(item.name), f"Este dato no es de {which}: déjelo vacío.")


def _refuse_unknown(lease: Lease) -> None:
    """Refuse when the lease lacks what its paper says; leases of the report lack much."""
    wanted: dict[str, Any] = {"la dirección": lease.address, "el uso": lease.use}
    if not lease.assigned:
        wanted |= {"el NIT de quien arrienda": lease.landlord_nit, "la renta": lease.monthly_rent}
        wanted |= {"el plazo": lease.term_months}
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise NotAllowedNow(f"Complete primero los datos {lease.of_words()}: falta {', '.join(missing)}.")


def _premises(lease: Lease, starts: date) -> dict[str, Any]:
    return {
        "number": lease.number,
        "address": lease.address,
        "municipality": lease.municipality.name,
        "department": lease.municipality.department.name,
        "finca": lease.finca,
        "folio": lease.folio,
        "libro": lease.libro,
        "use": lease.use,
        "starts_on": starts,
    }


def _lease_parts(lease: Lease, starts: date) -> dict[str, Any]:
    assert lease.term_months, "a lease without a term was refused"
    return _premises(lease, starts) | {
        "landlord_name": lease.landlord_name,
        "landlord_nit": lease.landlord_nit,
        "ends_on": last_day(starts, lease.term_months),
        "term_months": lease.term_months,
        "monthly_rent": lease.monthly_rent,
        "total": lease.total,
        "budget_line": lease.budget_line,
    }


def _delegation_parts(delegation: SignatureDelegation) -> dict[str, Any]:
    return {name: getattr(delegation, name) for name in DelegationRef.model_fields}


Maker = Callable[[dict[str, Any]], PaperFields]


def _acta(
    lease: Lease, starts: date, typed: ActaInput, delegation: SignatureDelegation | None, known: dict[str, Any]
) -> Maker:
    """Return what makes the fields of an acta, of a lease or of an assignment."""
    told = known | {item.name: getattr(typed, item.name) for item in fields(typed)}
    told["attendees"] = [{"name": one.name, "position": one.position} for one in typed.attendees]
    if not lease.assigned:
        told = {name: value for name, value in told.items() if name in ActaNegociacionFields.model_fields}
        told["lease"] = _lease_parts(lease, starts)
        return lambda common: ActaNegociacionFields.model_validate(common | told)
    told["assignment"] = _premises(lease, starts) | {
        "owner": lease.landlord_name,
        "owner_article": article_of(lease.landlord_name),
        "ends_on": last_day(starts, lease.term_months) if lease.term_months else None,
        "term_months": lease.term_months,
    }
    told["delegation"] = _delegation_parts(delegation) if delegation else None
    return lambda common: ActaAdscripcionFields.model_validate(common | told)


async def _contract(
    checks: Checks,
    lease: Lease,
    starts: date,
    typed: ContratoInput,
    delegation: SignatureDelegation,
    known: dict[str, Any],
    *,
    on: date,
) -> Maker:
    """Return what makes the fields of a contract; who signs for SOSEP is the delegate."""
    landlord = typed.landlord
    assert landlord, "a contract without who appears was refused"
    holder = await office_holder(on=on)
    in_office = holder if holder and folded(holder.name) == folded(delegation.delegate_name) else None
    gender = typed.delegate_gender or (in_office.gender if in_office else "")
    for value, path in ((gender, "delegateGender"), (landlord.gender, "landlord.gender")):
        checks.that(value in ("F", "M"), path.split("."), "Elija femenino o masculino: el contrato concuerda con ello.")
    told = known | {
        "lease": _lease_parts(lease, starts),
        "sosep": {
            "name": delegation.delegate_name,
            "position": delegation.delegate_position,
            "gender": gender,
            "appointment": in_office.appointment if in_office else "",
        },
        "landlord": asdict(landlord),
        "landlord_company": "" if folded(landlord.name) == folded(lease.landlord_name) else lease.landlord_name,
        "delegation": _delegation_parts(delegation),
        "ownership": typed.ownership,
        "guarantee": typed.guarantee or None,
        "publications": typed.publications,
    }
    return lambda common: ContratoArrendamientoFields.model_validate(common | told)
