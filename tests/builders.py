"""Rows for tests, written straight through the models: plain functions with sensible defaults, nothing is shared.

Places are made when a row first needs them, so `await convention()` works on an empty database.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from models.agreements import AgreementStage, Convention, Lease, LeaseForm, SanitaryLicense
from models.alarms import AlarmCode, AlarmSilence
from models.calendar import Holiday, HolidayScope
from models.centers import Attendance, AttendanceCorrection, Center, CenterEvent, CenterEventKind, CenterKind
from models.clock import now
from models.contributions import (
    AllowanceBasis,
    AllowancePeriod,
    AllowanceRate,
    CenterContribution,
    ContributionKind,
    ContributionParty,
)
from models.conventions import ConventionParty
from models.court import BRANCH_OF, CourtFile, CourtFileKind
from models.drafts import PaperDraft
from models.fields import folded
from models.messages import Contact
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import SYSTEM_EMAIL, Role, User
from models.places import Department, DepartmentalOffice, Institution, Municipality, Program, ProgramCode, Sector
from models.reviews import LegalReview, Requirement, ReviewMatter, ReviewRequirement, ReviewStage
from models.supervision import SupervisionFinding, SupervisionVisit

CHAMELCO = "1610"
"""San Juan Chamelco, Alta Verapaz: the municipality of most tests."""
MIXCO = "0108"
"""Mixco, Guatemala: the other one, which must see nothing of it."""

DEPARTMENTS = {"01": ("Guatemala", "Guatemala"), "16": ("Alta Verapaz", "Cobán")}
MUNICIPALITIES = {"0101": "Guatemala", MIXCO: "Mixco", "1601": "Cobán", CHAMELCO: "San Juan Chamelco"}
PROGRAMS = {
    ProgramCode.MAD: ("Mis Años Dorados", "Dirección de Mis Años Dorados"),
    ProgramCode.HC: ("Hogares Comunitarios", "Dirección de Hogares Comunitarios"),
    ProgramCode.MUJER: ("Mejoramiento de las Condiciones de la Mujer", "Dirección de la Mujer"),
    ProgramCode.INSTITUCIONAL: ("Institucional", "Despacho"),
}

_numbers = count(1)


async def department(code: str = CHAMELCO[:2]) -> Department:
    """Return a real department."""
    name, capital = DEPARTMENTS[code]
    values = {"iso": f"GT-{code}", "name": name, "capital": capital}
    return (await Department.get_or_create(defaults=values, code=code))[0]


async def municipality(code: str = CHAMELCO) -> Municipality:
    """Return a real municipality, with its department."""
    values = {"name": MUNICIPALITIES[code], "department": await department(code[:2])}
    return (await Municipality.get_or_create(defaults=values, code=code))[0]


async def places() -> None:
    """Make all municipalities, departments and programs that the builders know."""
    for code in MUNICIPALITIES:
        await municipality(code)
    for code in PROGRAMS:
        await program(code)


async def program(code: ProgramCode = ProgramCode.MAD) -> Program:
    """Return a program with its direction."""
    name, direction = PROGRAMS[code]
    return (await Program.get_or_create(defaults={"name": name, "direction": direction}, code=code))[0]


async def institution(name: str = "Asociación de Prueba", sector: Sector = Sector.NGO, **more: Any) -> Institution:
    """Return a counterpart that is not a municipality."""
    words = {"search": folded(name)}
    return await Institution.create(**{"name": name, "short_name": name[:80], "sector": sector} | words | more)


async def person(role: Role = Role.LEGAL, *, at: str = CHAMELCO, **more: Any) -> User:
    """Return a person of a role; `at` is the municipality (or its department) of those who have one."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "email": SYSTEM_EMAIL if role == Role.SYSTEM else f"{role.value.lower()}.{number}@prueba.example",
        "name": f"Persona {role.value.replace('_', ' ').title()} {number}",
        "role": role,
    }
    if role == Role.MUNICIPAL:
        values["municipality"] = await municipality(at)
    if role == Role.COORDINATOR:
        values["department"] = await department(at[:2])
    if role == Role.DIRECTOR:
        values["program"] = ProgramCode.MAD
    return await User.create(**values | more)


async def center(
    name: str = "Centro de Atención Diurna", *, at: str = CHAMELCO, program: ProgramCode = ProgramCode.MAD, **more: Any
) -> Center:
    """Return an open center."""
    kind = CenterKind.CAD if program == ProgramCode.MAD else CenterKind.CADI
    values = {"code": f"{program}-{at}-{next(_numbers)}", "name": name, "kind": kind, "program": program}
    return await Center.create(**values | {"municipality": await municipality(at)} | more)


async def attendance(
    of: Center, month: date = date(2026, 2, 1), *, men: int = 10, women: int = 25, **more: Any
) -> Attendance:
    """Return the people attended in a center during a month."""
    return await Attendance.create(center=of, month=month, men=men, women=women, **more)


async def correction(of: Attendance, *, men: int, women: int, on: date, by: User) -> AttendanceCorrection:
    """Return a correction of a month, and correct it."""
    values: dict[str, Any] = {"men_before": of.men, "women_before": of.women, "men": men, "women": women}
    of.men, of.women, of.version = men, women, of.version + 1
    await of.save()
    values |= {"reason": "Se contó dos veces", "corrected_on": on, "corrected_by": by}
    return await AttendanceCorrection.create(attendance=of, **values)


async def convention(
    *,
    at: str | None = CHAMELCO,
    program: ProgramCode = ProgramCode.MAD,
    starts_on: date | None = date(2025, 4, 1),
    ends_on: date | None = date(2026, 3, 31),
    stage: AgreementStage = AgreementStage.SIGNED,
    centers: Iterable[Center] = (),
    **more: Any,
) -> Convention:
    """Return a signed convention; on the tests' date (2 March 2026) it expires within the month.

    With `at=None` give `institution=`.
    """
    number = next(_numbers)
    values: dict[str, Any] = {"number": f"CONV-2025-{number:04d}", "program": program, "stage": stage}
    values |= {"starts_on": starts_on, "ends_on": ends_on, "term_months": 12, "title": f"Convenio de prueba {number}"}
    if at:
        values["municipality"] = await municipality(at)
    made = await Convention.create(**values | more)
    if chosen := list(centers):
        await made.centers.add(*chosen)
    return made


async def further_party(of: Convention, *, at: str | None = None, **more: Any) -> ConventionParty:
    """Return one more counterpart of a convention: a municipality, or with `institution=` another institution."""
    values: dict[str, Any] = {"convention": of, "position": next(_numbers)}
    if at:
        values["municipality"] = await municipality(at)
    return await ConventionParty.create(**values | more)


async def lease(of: Center, *, monthly_rent: Decimal | None = Decimal("3500.00"), **more: Any) -> Lease:
    """Return a signed lease of a center's premises."""
    values: dict[str, Any] = {"number": f"ARR-2025-{next(_numbers):04d}", "form": LeaseForm.CONTRATO}
    values |= {"program": of.program, "center": of, "municipality_id": of.municipality_id}  # type: ignore[attr-defined]
    values |= {"stage": AgreementStage.SIGNED, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    return await Lease.create(**values | {"monthly_rent": monthly_rent} | more)


async def office(at: str = CHAMELCO, **more: Any) -> DepartmentalOffice:
    """Return the departmental office of a municipality's department."""
    values: dict[str, Any] = {"department": await department(at[:2]), "name": f"Sede de {DEPARTMENTS[at[:2]][0]}"}
    return await DepartmentalOffice.create(**values | more)


async def sanitary_license(of: Center, **more: Any) -> SanitaryLicense:
    """Return a sanitary license in force."""
    values: dict[str, Any] = {"number": f"LIC-2025-{next(_numbers):04d}", "center": of, "stage": AgreementStage.SIGNED}
    return await SanitaryLicense.create(**values | {"starts_on": date(2025, 7, 1), "ends_on": date(2027, 6, 30)} | more)


async def review(
    of: Convention | None = None,
    *,
    requested_by: User | None = None,
    stage: ReviewStage = ReviewStage.GATHERING,
    requested_on: date = date(2026, 3, 2),
    **more: Any,
) -> LegalReview:
    """Return a file in a stage; without a convention it is one for a new renewal in San Juan Chamelco."""
    if of is None:
        of = await convention(stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"EXP-2025-{number:04d}",
        "matter": ReviewMatter.CONVENTION_MAD if of.program == ProgramCode.MAD else ReviewMatter.CONVENTION_CADI,
        "convention": of,
        "municipality_id": of.municipality_id,  # type: ignore[attr-defined]
        "department_id": (of.municipality_id or "")[:2] or None,  # type: ignore[attr-defined]
        "program": of.program,
        "title": f"Revisión de prueba {number}",
        "stage": stage,
        "requested_by": requested_by or await person(Role.MUNICIPAL, at=of.municipality_id or CHAMELCO),  # type: ignore[attr-defined]
        "requested_on": requested_on,
        "last_moved_on": requested_on,
    }
    if stage not in (ReviewStage.GATHERING, ReviewStage.WITHDRAWN):
        values["received_on"] = requested_on
    return await LegalReview.create(**values | more)


async def requirement(code: str = "SOLICITUD", **more: Any) -> Requirement:
    """Return a mandatory line of the checklist catalog."""
    values: dict[str, Any] = {"code": code, "title": f"Requisito {code}", "legal_basis": "Código Municipal, art. 35"}
    return await Requirement.create(**values | {"mandatory": True, "valid_from": date(2024, 1, 1)} | more)


async def asked(of: LegalReview, line: Requirement, **more: Any) -> ReviewRequirement:
    """Return a checklist line as it was asked of a file."""
    values: dict[str, Any] = {"review": of, "requirement": line, "code": line.code, "title": line.title}
    return await ReviewRequirement.create(**values | {"mandatory": line.mandatory} | more)


async def stored_file(by: User, content: bytes = b"%PDF-1.7 prueba", **more: Any) -> StoredFile:
    """Return the record of a file; its bytes are not put into the store."""
    values: dict[str, Any] = {"sha256": sha256(content).hexdigest(), "filename": "prueba.pdf", "size": len(content)}
    values |= {"media_type": "application/pdf", "uploaded_by": by, "uploaded_at": datetime(2026, 3, 2, 15, tzinfo=UTC)}
    return await StoredFile.create(**values | more)


async def holiday(day: date, name: str = "Asueto de prueba", *, at: str | None = None, **more: Any) -> Holiday:
    """Return a correction to the calendar, of a municipality when `at` is given."""
    scope = HolidayScope.MUNICIPAL if at else HolidayScope.NATIONAL
    town = await municipality(at) if at else None
    return await Holiday.create(**{"day": day, "name": name, "scope": scope, "municipality": town} | more)


async def paper(kind: DocumentKind = DocumentKind.OFICIO, **more: Any) -> OfficialDocument:
    """Return an issued paper without its Word file, as those of 2024 are."""
    serial = next(_numbers)
    number = f"{kind.value}-AJ-{serial}-2025"
    values: dict[str, Any] = {"kind": kind, "year": 2025, "serial": serial, "number": number}
    values |= {"issued_on": date(2026, 3, 2), "issued_at": datetime(2026, 3, 2, 15, tzinfo=UTC)}
    values |= {"verification_code": f"{serial:04d}-{kind.value[:6]}", "subject": f"Asunto {serial}"}
    if "issued_by" not in more:
        values["issued_by"] = await person(Role.LEGAL)
    return await OfficialDocument.create(**values | more)


async def court_file(kind: CourtFileKind = CourtFileKind.ORDINARY_SUIT, **more: Any) -> CourtFile:
    """Return a labor suit under way."""
    number = next(_numbers)
    values: dict[str, Any] = {"code": f"JUD-2025-{number:04d}", "branch": BRANCH_OF[kind], "kind": kind}
    values |= {"court": "Juzgado Primero de Trabajo", "court_number": f"01173-2025-{number:05d}"}
    values |= {"claimants": "Persona que demanda", "defendants": "SOSEP", "opened_on": date(2026, 1, 15)}
    return await CourtFile.create(**values | more)


DICTAMEN = {
    "outcome": "FAVORABLE",
    "background": "La municipalidad pide renovar el convenio.",
    "grounds": [{"norm": "Código Municipal", "article": "35", "text": "Compete al Concejo autorizar convenios."}],
    "analysis": "Procede.",
    "conclusion": "Se opina favorablemente.",
    "conditions": [],
}
"""A whole dictamen, as a draft keeps it."""


async def draft(of: LegalReview, by: User, **more: Any) -> PaperDraft:
    """Return a draft of a file's dictamen, not sent to anybody yet."""
    values: dict[str, Any] = {
        "kind": DocumentKind.DICTAMEN,
        "data": DICTAMEN,
        "changed_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
    }
    return await PaperDraft.create(**values | {"review": of, "author": by} | more)


async def notice(key: str, **more: Any) -> Notice:
    """Return a message owed since now, as the key's last part is its address."""
    values: dict[str, Any] = {"recipient": key.rpartition(":")[2], "subject": "Aviso de prueba", "body": "Cuerpo."}
    values |= {"message_id": f"<{key}>", "created_at": now(), "due_at": now()}
    return await Notice.create(**{"key": key} | values | more)


async def contact(email: str, *, at: str = CHAMELCO, **more: Any) -> Contact:
    """Return somebody without an account who hears of the agreements of a municipality, or of an institution."""
    values: dict[str, Any] = {"email": email, "name": "Contacto de prueba"}
    if "institution" not in more:
        values["municipality"] = await municipality(at)
    values |= {"stop_code": f"alto-{next(_numbers)}", "created_at": now()}
    if "created_by" not in more:
        values["created_by"] = await person(Role.ADMIN)
    return await Contact.create(**values | more)


async def center_event(of: Center, kind: CenterEventKind = CenterEventKind.SUSPENSION, **more: Any) -> CenterEvent:
    """Return a dated deed of a center; what it changes in the center itself is the caller's to write."""
    who = more.pop("recorded_by", None) or await person(Role.DIRECTOR, program=ProgramCode.MAD)
    values = {"happened_on": date(2026, 3, 2), "act": "Acuerdo Interno 1-2026", "recorded_at": now()}
    return await CenterEvent.create(**{"center": of, "kind": kind, "recorded_by": who} | values | more)


async def visit(of: Center, **more: Any) -> SupervisionVisit:
    """Return a visit of supervision."""
    who = more.pop("recorded_by", None) or await person(Role.COORDINATOR)
    values = {"visited_on": date(2026, 3, 2), "supervisor_name": "Ana López", "summary": "Visita", "recorded_at": now()}
    return await SupervisionVisit.create(**{"center": of, "recorded_by": who} | values | more)


async def finding(of: SupervisionVisit, text: str = "Falta el botiquín", **more: Any) -> SupervisionFinding:
    """Return something that a visit found."""
    ordinal = await SupervisionFinding.filter(visit=of).count() + 1
    return await SupervisionFinding.create(**{"visit": of, "text": text, "party": "SOSEP", "ordinal": ordinal} | more)


async def contribution(of: Center, **more: Any) -> CenterContribution:
    """Return what a party gives to a center."""
    who = more.pop("recorded_by", None) or await person(Role.DIRECTOR, program=ProgramCode.MAD)
    values = {"party": ContributionParty.SOSEP, "kind": ContributionKind.FOOD, "description": "Almuerzo"}
    return await CenterContribution.create(
        **{"center": of, "recorded_by": who, "since": date(2026, 1, 1)} | values | more
    )


async def silence(of: Center | None, code: AlarmCode = AlarmCode.LICENSE_MISSING, **more: Any) -> AlarmSilence:
    """Return an alarm of a center that somebody silenced."""
    who = more.pop("silenced_by", None) or await person(Role.DIRECTOR, program=ProgramCode.MAD)
    values = {"reason": "La licencia está en trámite", "since": date(2026, 3, 1), "until": date(2026, 4, 1)}
    return await AlarmSilence.create(**{"center": of, "code": code, "silenced_by": who} | values | more)


async def allowance_rate(least: int | None = 13, most: int | None = 20, **more: Any) -> AllowanceRate:
    """Return what a Hogar Comunitario or CADI is allowed for gas since 2024, for a bracket of children."""
    values: dict[str, Any] = {"item": "gas", "item_label": "Gas", "amount": Decimal(270), "since": date(2024, 1, 1)}
    values |= {"basis": AllowanceBasis.CENTER, "period": AllowancePeriod.MONTH, "source": "Memoria"}
    return await AllowanceRate.create(children_min=least, children_max=most, **values | more)
