"""Papers of every kind made of plain fields, each with its usual parts; a test changes what it is about."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

from documents.fields import Identity, PaperFields, Person
from documents.fields_conventions import AdendaFields, ClauseChange, Commitment, ConvenioFields, Duty, Post
from documents.fields_leases import (
    ActaAdscripcionFields,
    ActaNegociacionFields,
    AssignmentRef,
    Attendee,
    ContratoArrendamientoFields,
    DelegationRef,
    LeaseRef,
)
from documents.fields_letters import ConocimientoFields, DeliveredItem, OficioFields
from documents.fields_parties import (
    CenterRef,
    Contact,
    CouncilMinuteRef,
    FurtherParty,
    InstitutionParty,
    MunicipalParty,
    SigningParty,
)
from documents.fields_reviews import (
    DictamenFields,
    Ground,
    ObservationRef,
    OpinionFields,
    Outcome,
    ProvidenciaFields,
    ResolucionFields,
    TramiteFields,
)
from documents.fields_understandings import EntendimientoFields, Promise

SOSEP = "Secretaría de Obras Sociales de la Esposa del Presidente de la República"
SECRETARY = Person(
    name="María Fernanda Ejemplo Soto",
    position="Secretaria de Obras Sociales de la Esposa del Presidente de la República",
    gender="F",
    appointment="Acuerdo Gubernativo de nombramiento número uno guion dos mil veinticuatro (1-2024)",
)
MAYOR = Person(name="Pedro Caal Choc", position="Alcalde Municipal", gender="M")
MINISTER = Person(name="Rosa Elena Tax", position="Ministra de Educación", gender="F")


def common(**changes: Any) -> dict[str, Any]:
    """What every paper carries."""
    return {
        "serial": 12,
        "year": 2026,
        "issued_on": date(2026, 3, 16),
        "verification_code": "K7QM-4TRX-9PZC",
        "verification_url": "https://convenios.sosep.example/verificar/K7QM-4TRX-9PZC",
        "review_code": "EXP-2026-0001",
    } | changes


def person(**changes: Any) -> Person:
    """A lawyer."""
    return Person(**{"name": "Ana Lucía Pérez Gómez", "position": "Asesora Jurídica", "gender": "F"} | changes)


def dictamen(**changes: Any) -> DictamenFields:
    """A favorable dictamen."""
    fields = {
        "number": "DICTAMEN-AJ-12-2026",
        "subject": "Renovación del convenio del Centro de Atención Diurna de San Juan Chamelco",
        "requester": "Dirección del programa Mis Años Dorados",
        "background": "La Municipalidad pidió la renovación.\n\nEl expediente está completo.",
        "grounds": [Ground(norm="Código Municipal, Decreto 12-2002", article="35, literal s)", text="Autorización.")],
        "analysis": "Se cumplen los requisitos.",
        "conclusion": "Procede suscribir el convenio.",
        "outcome": Outcome.FAVORABLE,
        "adviser": person(bar_number="12,345"),
    }
    return DictamenFields(**common() | fields | changes)


def providencia(**changes: Any) -> ProvidenciaFields:
    """A first return with one observation."""
    fields = {
        "number": "PROVIDENCIA-AJ-7-2026",
        "subject": "Renovación de convenio",
        "destination": "Municipalidad de San Juan Chamelco",
        "observations": [
            ObservationRef(subject="Punto de acta", finding="Sin fecha.", cure="Presentar certificación.")
        ],
        "working_days": 10,
        "limit_date": date(2026, 3, 30),
        "adviser": person(),
    }
    return ProvidenciaFields(**common() | fields | changes)


def convenio(**changes: Any) -> ConvenioFields:
    """A convention with a municipality, with every optional part."""
    secretary = person(
        name="María Fernanda Ejemplo Soto",
        position="Secretaria de Obras Sociales de la Esposa del Presidente de la República",
        appointment="Acuerdo Gubernativo de nombramiento número 1",
        identity=Identity(
            age=41, civil_status="casada", profession="trabajadora social", domicile="Guatemala", cui="1939712830701"
        ),
    )
    fields = {
        "number": "CONVENIO-AJ-12-2026",
        "program": "Mis Años Dorados",
        "title": "Para el funcionamiento del Centro de Atención Diurna de San Juan Chamelco",
        "sosep": secretary,
        "municipality": MunicipalParty(
            name="San Juan Chamelco",
            department="Alta Verapaz",
            mayor=Person(name="Pedro Caal Choc", position="Alcalde Municipal", gender="M"),
        ),
        "previous_number": "CONVENIO-AJ-31-2025",
        "centers": [CenterRef(code="CAD-1610", name="CAD San Juan Chamelco", kind_label="Centro de Atención Diurna")],
        "council_minute": CouncilMinuteRef(
            act_number="12-2026",
            point_number="TERCERO",
            session_date=date(2026, 2, 10),
            approved_date=date(2026, 2, 17),
        ),
        "term_months": 12,
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2027, 3, 31),
        "dictamen_number": "DICTAMEN-AJ-12-2026",
        "dictamen_date": date(2026, 3, 2),
        "commitments": [Commitment(party="Municipalidad", item="Inmueble", quantity="uno (1)")],
    }
    return ConvenioFields(**common() | fields | changes)


def permanent(**changes: Any) -> ConvenioFields:
    """A convention of a permanent center with its staff, its liaisons, its hours and a longer notice."""
    fields = {
        "title": "Para el funcionamiento del Centro de Atención Permanente de San Juan Chamelco",
        "centers": [
            CenterRef(
                code="CAP-1610", name="CAP San Juan Chamelco", kind_label="Centro de Atención Permanente", capacity=31
            )
        ],
        "hours": "Visitas de ocho (8) a dieciséis (16) horas",
        "notice_days": 90,
        "staff": [
            Post(party="LA MUNICIPALIDAD", title="Enfermera auxiliar", number=3, shift="un turno cada una"),
            Post(party="LA MUNICIPALIDAD", title="Cocinera", number=2),
            Post(party="LA SOSEP", title="Trabajadora social", number=1),
        ],
        "liaisons": [
            Contact(party="LA SOSEP", name="Dirección de Mis Años Dorados", detail="mad@sosep.example"),
            Contact(party="LA MUNICIPALIDAD", name="Dirección Municipal de la Mujer", detail="7952-0000"),
        ],
    }
    return convenio(**fields | changes)


def ministry(**changes: Any) -> ConvenioFields:
    """A convention with an institution, without any optional part."""
    minister = Person(name="Rosa Elena Tax", position="Ministra de Educación", gender="F")
    bare = {
        "municipality": None,
        "institution": InstitutionParty(name="Ministerio de Educación", article="el", representative=minister),
        "previous_number": None,
        "centers": [],
        "council_minute": None,
        "starts_on": None,
        "ends_on": None,
        "commitments": [],
    }
    return convenio(**bare | changes)


def opinion(**changes: Any) -> OpinionFields:
    """An opinion on a question of a program."""
    fields = {
        "number": "OPINION-AJ-8-2026",
        "subject": "Uso del salón comunal de San Juan Chamelco para actividades de otra institución",
        "requester": "Dirección del programa Mis Años Dorados",
        "background": "La Dirección del programa consulta si puede prestarse el salón los fines de semana.",
        "grounds": [Ground(norm="Código Civil", article="1957", text="Hay comodato cuando se entrega un bien.")],
        "analysis": "El convenio destina el inmueble en forma exclusiva al funcionamiento del centro.",
        "conclusion": "No es procedente prestar el salón sin modificar antes el convenio.",
        "adviser": person(bar_number="12,345"),
    }
    return OpinionFields(**common() | fields | changes)


def tramite(**changes: Any) -> TramiteFields:
    """A providencia that asks a department for a document."""
    fields = {
        "number": "PROVIDENCIA-AJ-9-2026",
        "subject": "Solicitud de disponibilidad presupuestaria para arrendamiento",
        "destination": "Dirección Administrativa Financiera",
        "body": "Atentamente se solicita emitir la constancia de disponibilidad presupuestaria.",
        "adviser": person(),
    }
    return TramiteFields(**common() | fields | changes)


def resolucion(**changes: Any) -> ResolucionFields:
    """A resolution drafted for the authority, who is not named."""
    fields = {
        "number": "RESOLUCION-AJ-3-2026",
        "subject": "Aprobación de las bases para el uso de salones comunales",
        "considerandos": [
            "Que corresponde a la Secretaría impulsar e implementar programas de carácter social.",
            "Que la Asesoría Jurídica emitió dictamen favorable.",
        ],
        "por_tanto": "Con base en lo considerado y en el Reglamento Orgánico Interno,",
        "resolves": ["Aprobar las bases que se acompañan.", "La presente resolución surte efectos de inmediato."],
        "notify": ["Dirección del programa Mis Años Dorados", "Unidad de Auditoría Interna"],
        "adviser": person(bar_number="12,345"),
    }
    return ResolucionFields(**common() | fields | changes)


def oficio(**changes: Any) -> OficioFields:
    """A letter to a mayor with copies and annexes."""
    fields = {
        "number": "OFICIO-AJ-1340-2026",
        "addressee": "Señor Pedro Caal Choc",
        "addressee_position": "Alcalde Municipal",
        "addressee_institution": "Municipalidad de San Juan Chamelco, Alta Verapaz",
        "subject": "Remisión de convenio para firma",
        "body": "Por este medio le remito el convenio para su firma.\nAgradezco su atención.",
        "signer": person(),
        "initials": "ALPG/mrs",
        "copies": ["Dirección del programa Mis Años Dorados", "Archivo."],
        "annexes": ["Convenio en dos originales"],
    }
    return OficioFields(**common() | fields | changes)


def conocimiento(**changes: Any) -> ConocimientoFields:
    """A delivery of two things, to be received by hand."""
    fields = {
        "number": "CONOCIMIENTO-AJ-7-2026",
        "addressee": "Unidad de Archivo General",
        "items": [
            DeliveredItem(description="Expediente EXP-2026-0001", folios=120),
            DeliveredItem(description="Convenio CONVENIO-AJ-12-2026, original", folios=9),
        ],
        "delivered_by": person(),
    }
    return ConocimientoFields(**common() | fields | changes)


def lease(**changes: Any) -> LeaseRef:
    """A year's lease of a registered house from a woman."""
    fields = {
        "number": "ARR-2026-0005",
        "landlord_name": "Marta Julia Xol Pop",
        "landlord_nit": "576937-K",
        "address": "4a. calle 2-15, zona 1",
        "municipality": "Jalapa",
        "department": "Jalapa",
        "finca": "12345",
        "folio": "45",
        "libro": "120 de Jalapa",
        "use": "funcionamiento del Centro de Atención Diurna",
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2027, 3, 31),
        "term_months": 12,
        "monthly_rent": Decimal("3500.50"),
        "total": Decimal("42006.00"),
        "budget_line": "2026-1113-0016-201-00-13-00-000-001-000-151-2101-11",
    }
    return LeaseRef(**fields | changes)


def acta(**changes: Any) -> ActaNegociacionFields:
    """An acta of two sheets with three attendees."""
    fields = {
        "number": "ACTA-AJ-23-2026",
        "lease": lease(),
        "book": "Libro de Actas de Negociación número dos (2)",
        "book_registry": "L2 45,123",
        "folio_from": 14,
        "folio_to": 15,
        "start_time": time(9, 30),
        "end_time": time(11),
        "attendees": [
            Attendee(name="María Fernanda Ejemplo Soto", position="Secretaria de Obras Sociales"),
            Attendee(name="Marta Julia Xol Pop", position="arrendante"),
            Attendee(name="Ana Lucía Pérez Gómez", position="Asesora Jurídica"),
        ],
    }
    return ActaNegociacionFields(**common(serial=23) | fields | changes)


def adscripcion(**changes: Any) -> ActaAdscripcionFields:
    """An acta in which a ministry lets SOSEP use a house of its own, without an end."""
    fields = {
        "number": "ACTA-AJ-24-2026",
        "assignment": AssignmentRef(
            number="ADS-2026-0002",
            owner="Ministerio de Educación",
            owner_article="el",
            address="4a. calle 2-15, zona 1",
            municipality="Jalapa",
            department="Jalapa",
            finca="12345",
            folio="45",
            libro="120 de Jalapa",
            use="funcionamiento del Centro de Atención Diurna",
            starts_on=date(2026, 4, 1),
        ),
        "delegation": delegation(),
        "dictamen_number": "DICTAMEN-AJ-12-2026",
        "dictamen_date": date(2026, 3, 2),
    }
    told = acta().model_dump(exclude={"lease", "number"})
    return ActaAdscripcionFields(**told | fields | changes)


def delegation() -> DelegationRef:
    """The delegation to the Secretary for one contract."""
    return DelegationRef(
        instrument="Acuerdo de la Secretaría General de la Presidencia",
        number="15-2026",
        issued_on=date(2026, 3, 10),
        delegate_name="María Fernanda Ejemplo Soto",
        delegate_position="Secretaria de Obras Sociales de la Esposa del Presidente de la República",
    )


def contrato(**changes: Any) -> ContratoArrendamientoFields:
    """A contract between two women, with its delegation."""
    fields = {
        "number": "CONTRATO-AJ-4-2026",
        "lease": lease(),
        "sosep": SECRETARY,
        "landlord": Person(name="Marta Julia Xol Pop", position="propietaria", gender="F"),
        "delegation": delegation(),
        "ownership": "Certificación del Registro General de la Propiedad de fecha reciente.",
        "dictamen_number": "DICTAMEN-AJ-12-2026",
        "dictamen_date": date(2026, 3, 2),
        "publications": ["NOG 12345678"],
    }
    return ContratoArrendamientoFields(**common(serial=4) | fields | changes)


def adenda(**changes: Any) -> AdendaFields:
    """A first adenda that changes one clause and extends the term."""
    fields = {
        "number": "ADENDA-AJ-5-2026",
        "convention_number": "CONVENIO-AJ-12-2025",
        "convention_title": "para el funcionamiento del Centro de Atención Diurna de San Juan Chamelco",
        "convention_signed_on": date(2025, 4, 1),
        "ordinal": 1,
        "motive": "Continuar la atención mientras se suscribe un convenio nuevo.",
        "changes": [
            ClauseChange(
                clause="Décima quinta, Supervisión e informes",
                before="La Municipalidad remitirá cada trimestre un informe.",
                after="La Municipalidad remitirá cada mes un informe.",
            )
        ],
        "old_ends_on": date(2026, 3, 31),
        "new_ends_on": date(2026, 9, 30),
        "sosep": SECRETARY,
        "counterparts": [
            SigningParty(
                name="Municipalidad de San Juan Chamelco, departamento de Alta Verapaz",
                alias="LA MUNICIPALIDAD",
                signer=MAYOR,
            )
        ],
    }
    return AdendaFields(**common(serial=5) | fields | changes)


def entendimiento(**changes: Any) -> EntendimientoFields:
    """An understanding of three parties without an end."""
    fields = {
        "number": "CARTA-AJ-2-2026",
        "title": "Coordinar jornadas de salud para personas adultas mayores",
        "parties": [
            SigningParty(name=SOSEP, alias="LA SOSEP", signer=SECRETARY),
            SigningParty(name="Ministerio de Educación", article="el", alias="EL MINISTERIO", signer=MINISTER),
            SigningParty(name="Municipalidad de Jalapa", alias="LA MUNICIPALIDAD", signer=MAYOR),
        ],
        "motives": "Las partes comparten fines de servicio social.",
        "areas": ["Jornadas de salud", "Capacitación de personal."],
        "commitments": [
            Promise(party="LA SOSEP", text="Convocar a las personas adultas mayores."),
            Promise(party="EL MINISTERIO", text="Facilitar las escuelas donde se realicen las jornadas"),
            Promise(party="La Municipalidad", text="Prestar el transporte"),
            Promise(party="LA SOSEP", text="Llevar el registro de asistencia"),
        ],
        "contacts": [Contact(party="LA SOSEP", name="Dirección de Mis Años Dorados", detail="mad@sosep.example")],
    }
    return EntendimientoFields(**common(serial=2) | fields | changes)


def three_parties(**changes: Any) -> ConvenioFields:
    """A convention of SOSEP with a town, another town and a ministry, of several centers and without an end."""
    other_town = MunicipalParty(
        name="Cobán",
        department="Alta Verapaz",
        mayor=Person(name="Elena Caal", position="Alcaldesa Municipal", gender="F"),
    )
    fields = {
        "municipality": MunicipalParty(name="San Juan Chamelco", department="Alta Verapaz", mayor=MAYOR),
        "further_parties": [
            FurtherParty(
                municipality=other_town,
                council_minute=CouncilMinuteRef(
                    act_number="7-2026", point_number="QUINTO", session_date=date(2026, 1, 20)
                ),
            ),
            FurtherParty(
                institution=InstitutionParty(name="Ministerio de Educación", article="el", representative=MINISTER)
            ),
        ],
        "term_months": None,
        "starts_on": date(2026, 4, 1),
        "ends_on": None,
        "centers": [
            CenterRef(code=f"CAD-{n}", name=f"Centro {n}", kind_label="Centro de Atención Diurna") for n in range(1, 4)
        ],
        "duties": [
            Duty(party="LA INSTITUCIÓN", text="Facilitar el material educativo."),
            Duty(party="LA SOSEP", text="Capacitar a las maestras"),
            Duty(party="LA MUNICIPALIDAD DE COBÁN", text="Prestar el transporte"),
        ],
        "commitments": [
            Commitment(party="SOSEP", item="Alimentos", quantity="doce (12) entregas", amount=Decimal("12000")),
            Commitment(party="Municipalidad de Cobán", item="Transporte", amount=Decimal("3500.50")),
            Commitment(party="Ministerio de Educación", item="Material educativo"),
        ],
    }
    return convenio(**fields | changes)


EVERY_KIND: dict[tuple[str, str], Callable[..., PaperFields]] = {
    ("DICTAMEN", ""): dictamen,
    ("OPINION", ""): opinion,
    ("PROVIDENCIA", ""): providencia,
    ("PROVIDENCIA", "TRAMITE"): tramite,
    ("RESOLUCION", ""): resolucion,
    ("OFICIO", ""): oficio,
    ("CONOCIMIENTO", ""): conocimiento,
    ("ACTA_NEGOCIACION", ""): acta,
    ("ACTA_NEGOCIACION", "ADSCRIPCION"): adscripcion,
    ("CONTRATO_ARRENDAMIENTO", ""): contrato,
    ("ADENDA", ""): adenda,
    ("CONVENIO", "MAD_CAD"): convenio,
    ("CONVENIO", "MAD_CAP"): permanent,
    ("CONVENIO", "CADI"): ministry,
    ("CONVENIO", "GENERAL"): three_parties,
    ("CARTA_ENTENDIMIENTO", ""): entendimiento,
    ("MEMORANDUM_ENTENDIMIENTO", ""): entendimiento,
}
"""A builder of every kind and variant."""


def in_order(text: str, *parts: str) -> bool:
    """Say whether the parts follow each other; the failing one is named by the assertion inside."""
    place = 0
    for part in parts:
        place = text.find(part, place)
        assert place >= 0, f"«{part}» is missing or out of order"
        place += len(part)
    return True
