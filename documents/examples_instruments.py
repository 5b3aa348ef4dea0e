"""Made-up agreements, leases and actas, to try a wording on."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from .examples_scale import Scale, appearing, paragraph
from .fields import Person
from .fields_conventions import AdendaFields, ClauseChange, Commitment, ConvenioFields, Duty, Post
from .fields_leases import (
    ActaAdscripcionFields,
    ActaNegociacionFields,
    AssignmentRef,
    Attendee,
    ContratoArrendamientoFields,
    DelegationRef,
    LeaseRef,
)
from .fields_parties import (
    SOSEP_ALIAS,
    SOSEP_NAME,
    CenterRef,
    Contact,
    CouncilMinuteRef,
    FurtherParty,
    InstitutionParty,
    MunicipalParty,
    SigningParty,
)
from .fields_understandings import EntendimientoFields, Promise
from .words import ordinal

Given = dict[str, Any]

_DICTAMEN: Given = {"dictamen_number": "DICTAMEN-AJ-0-2026", "dictamen_date": date(2026, 3, 2)}
_YEAR: Given = {"term_months": 12, "starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
_KIND_LABELS = {"MAD_CAP": "Centro de Atención Permanente", "CADI": "Centro de Atención y Desarrollo Infantil"}
_MINUTE = CouncilMinuteRef(
    act_number="12-2026", point_number="TERCERO", session_date=date(2026, 2, 10), approved_date=date(2026, 2, 17)
)


def convenio(scale: Scale, common: Given, variant: str) -> ConvenioFields:
    """Return a convention with a town, or of three parties when it is extreme."""
    label = _KIND_LABELS.get(variant, "Centro de Atención Diurna")
    further: list[FurtherParty] = []
    if scale.many > 1:
        ministry = InstitutionParty(
            name=scale.name("Ministerio de ejemplo"),
            article="el",
            alias="EL MINISTERIO",
            representative=appearing(scale, "Rosa Ejemplo Tax", "Ministra"),
        )
        other = MunicipalParty(
            name=scale.name("Otra Ejemplo"),
            department="Petén",
            alias="LA OTRA MUNICIPALIDAD",
            mayor=appearing(scale, "Elena Ejemplo Caal", "Alcaldesa Municipal"),
        )
        further = [FurtherParty(municipality=other, council_minute=_MINUTE), FurtherParty(institution=ministry)]
    aliases = [SOSEP_ALIAS, "LA MUNICIPALIDAD", *(["LA OTRA MUNICIPALIDAD", "EL MINISTERIO"] if further else [])]
    return ConvenioFields(
        **common,
        **_DICTAMEN,
        **_YEAR,
        program="Programa de ejemplo",
        title=scale.name("para el funcionamiento de un centro de ejemplo"),
        purpose=paragraph(scale),
        antecedents=paragraph(scale),
        sosep=appearing(scale, "María Ejemplo Soto", "Secretaria"),
        sosep_further_signers=[appearing(scale, "Sofía Ejemplo Cruz", "Subsecretaria")] if scale.long else [],
        municipality=MunicipalParty(
            name=scale.name("San Ejemplo"),
            department="Alta Verapaz",
            alias="LA MUNICIPALIDAD",
            mayor=appearing(scale, "Pedro Ejemplo Choc", "Alcalde Municipal", "M"),
        ),
        further_parties=further,
        previous_number="CONVENIO-AJ-0-2025",
        centers=[
            CenterRef(code=f"CEN-{n}", name=scale.name(f"Centro {n}"), kind_label=label, address="Calle 1", capacity=31)
            for n in range(1, scale.many + 1)
        ],
        council_minute=_MINUTE,
        duties=[Duty(party=alias, text=paragraph(scale)) for alias in aliases for _ in range(scale.many)],
        commitments=[
            Commitment(party=alias, item=scale.name("Aporte"), quantity="uno (1)", amount=Decimal("1500.50"))
            for alias in aliases
        ],
        hours="De ocho (8) a dieciséis (16) horas",
        staff=[Post(party=alias, title=scale.name("Enfermera"), number=2, shift="turno de día") for alias in aliases],
        liaisons=[
            Contact(party=alias, name=scale.name("Enlace"), detail="correo@ejemplo.invalid") for alias in aliases
        ],
    )


def with_institution(town: ConvenioFields) -> ConvenioFields:
    """Return the same convention with an institution in the town's place, without a term."""
    told = {name: getattr(town, name) for name in type(town).model_fields}
    other = InstitutionParty(
        name="Fundación de ejemplo",
        alias="LA FUNDACIÓN",
        representative=Person(name="Rosa Ejemplo Tax", position="Presidenta", gender="F"),
    )
    none = dict.fromkeys(("municipality", "council_minute", "term_months", "starts_on", "ends_on"))
    fewer: Given = dict.fromkeys(("centers", "commitments", "duties", "staff", "liaisons"), ())
    return ConvenioFields(**told | none | fewer | {"institution": other})


def adenda(scale: Scale, common: Given) -> AdendaFields:
    """Return an adenda that changes clauses and extends the term."""
    town = SigningParty(
        name=scale.name("Municipalidad de ejemplo"),
        alias="LA MUNICIPALIDAD",
        signer=appearing(scale, "Pedro Ejemplo Choc", "Alcalde Municipal", "M"),
    )
    ministry = SigningParty(
        name=scale.name("Ministerio de ejemplo"),
        article="el",
        alias="EL MINISTERIO",
        signer=appearing(scale, "Rosa Ejemplo Tax", "Ministra"),
    )
    return AdendaFields(
        **common,
        **_DICTAMEN,
        convention_number="CONVENIO-AJ-0-2025",
        convention_title=scale.name("para el funcionamiento de un centro de ejemplo"),
        convention_signed_on=date(2025, 4, 1),
        ordinal=2,
        earlier_amendments=["ADENDA-AJ-0-2025, del uno (1) de julio del año dos mil veinticinco (2025)"],
        motive=paragraph(scale),
        changes=[
            ClauseChange(clause=ordinal(n, "F").upper(), before=f"Texto vigente {n}.", after=paragraph(scale))
            for n in range(1, scale.many + 1)
        ],
        old_ends_on=date(2026, 3, 31),
        new_ends_on=date(2026, 9, 30),
        sosep=appearing(scale, "María Ejemplo Soto", "Secretaria"),
        counterparts=[town, ministry] if scale.many > 1 else [town],
    )


def entendimiento(scale: Scale, common: Given) -> EntendimientoFields:
    """Return an understanding of two parties, or of three."""
    signers = [
        (SOSEP_NAME, SOSEP_ALIAS, appearing(scale, "María Ejemplo Soto", "Secretaria")),
        ("Universidad de ejemplo", "LA UNIVERSIDAD", appearing(scale, "Luis Ejemplo Paz", "Rector", "M")),
        ("Fundación de ejemplo", "LA FUNDACIÓN", appearing(scale, "Rosa Ejemplo Tax", "Presidenta")),
    ]
    parties = [
        SigningParty(name=name if alias == SOSEP_ALIAS else scale.name(name), alias=alias, signer=signer)
        for name, alias, signer in signers[: 3 if scale.many > 1 else 2]
    ]
    return EntendimientoFields(
        **common,
        **_YEAR,
        title=scale.name("Cooperar en un ejemplo"),
        parties=parties,
        motives=paragraph(scale),
        areas=[scale.name(f"Área {n}") for n in range(1, scale.many + 1)],
        commitments=[Promise(party=one.alias, text=paragraph(scale)) for one in parties for _ in range(scale.many)],
        contacts=[
            Contact(party=one.alias, name=scale.name("Enlace"), detail="correo@ejemplo.invalid") for one in parties
        ],
        centers=[CenterRef(code="CEN-1", name=scale.name("Centro"), kind_label="Centro", address="Calle 1")],
        previous_number="CARTA-AJ-0-2025",
    )


def _premises(scale: Scale) -> Given:
    return {
        "number": "ARR-2026-0000",
        "address": scale.name("4a. calle 2-15, zona 1"),
        "municipality": "Jalapa",
        "department": "Jalapa",
        "finca": "12345",
        "folio": "45",
        "libro": "120 de Jalapa",
        "use": scale.name("funcionamiento de un centro de ejemplo"),
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2027, 3, 31),
        "term_months": 12,
    }


def _lease(scale: Scale) -> LeaseRef:
    return LeaseRef(
        **_premises(scale),
        landlord_name=scale.name("Marta Ejemplo Xol"),
        landlord_nit="576937-K",
        monthly_rent=Decimal("3500.50"),
        total=Decimal("42006.00"),
        budget_line="2026-0000-0000-000",
    )


def _delegation(scale: Scale) -> DelegationRef:
    return DelegationRef(
        instrument="Acuerdo de ejemplo",
        number="15-2026",
        issued_on=date(2026, 3, 10),
        delegate_name=scale.name("María Ejemplo Soto"),
        delegate_position=scale.name("Secretaria"),
    )


def _book(scale: Scale) -> Given:
    return {
        "book": scale.name("Libro de actas de ejemplo"),
        "book_registry": "L2 00,000",
        "folio_from": 14,
        "folio_to": 15,
        "start_time": time(9, 30),
        "end_time": time(11),
        "attendees": [
            Attendee(name=scale.name(f"{n}. Persona Ejemplo"), position=scale.name("asistente"))
            for n in range(1, scale.many + 2)
        ],
        "points": [paragraph(scale) for _ in range(scale.many)],
    }


def acta_negociacion(scale: Scale, common: Given) -> ActaNegociacionFields:
    """Return the acta of a lease."""
    return ActaNegociacionFields(**common, **_book(scale), lease=_lease(scale))


def acta_adscripcion(scale: Scale, common: Given) -> ActaAdscripcionFields:
    """Return the acta of premises that another institution lends."""
    assignment = AssignmentRef(**_premises(scale), owner=scale.name("Ministerio de ejemplo"), owner_article="el")
    return ActaAdscripcionFields(
        **common, **_book(scale), **_DICTAMEN, assignment=assignment, delegation=_delegation(scale)
    )


def contrato(scale: Scale, common: Given) -> ContratoArrendamientoFields:
    """Return a contract of lease; in the extreme one a company lets."""
    return ContratoArrendamientoFields(
        **common,
        **_DICTAMEN,
        lease=_lease(scale),
        sosep=appearing(scale, "María Ejemplo Soto", "Secretaria"),
        landlord=appearing(scale, "Marta Ejemplo Xol", "propietaria"),
        landlord_company=scale.name("Marta Ejemplo Xol") if scale.long else "",
        delegation=_delegation(scale),
        ownership=paragraph(scale),
        guarantee=paragraph(scale),
        publications=[f"NOG {n}" for n in range(scale.many)],
    )
