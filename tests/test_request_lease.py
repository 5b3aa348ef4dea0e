"""Asking for premises: for a center or an office, rented or assigned, with every fact checked at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.agreements import AgreementStage, Lease, LeaseNature
from models.audit import Verb
from models.calendar import LegalParameter
from models.centers import CenterState
from models.outbox import Notice
from models.people import Role
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter
from tests import builders
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    told,
)
from tests.premises import ASSIGNED, FACTS, NIT, REQUEST

pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_coordinator_asks_for_a_centers_premises() -> None:
    center = await builders.center("Los Nietos")
    await builders.program()
    await builders.requirement("ACTA_DPI", matter=ReviewMatter.LEASE_ACTA)
    await builders.requirement("CONTRATO_DPI", matter=ReviewMatter.LEASE_CONTRACT)
    await builders.requirement("SOLICITUD")
    coordinator, director = await builders.person(Role.COORDINATOR), await builders.person(Role.DIRECTOR)
    await builders.person(Role.MUNICIPAL)

    payload = await done(coordinator, REQUEST, servesId=id_of(center), total="42000.00", **FACTS)

    assert payload["lease"] == {
        "number": "ARR-2026-0001", "nature": "LEASE", "stage": "REQUESTED", "standing": "PENDING", "form": None,
        "startsOn": "2026-04-01", "endsOn": None, "monthlyRent": "3500.00", "total": "42000.00", "termMonths": 12,
        "use": FACTS["use"], "justification": FACTS["justification"], "budgetLine": FACTS["budgetLine"],
        "landlord": {"name": "Inmuebles del Norte, S.A.", "nit": NIT},
        "premises": FACTS["premises"] | {"municipality": {"code": builders.CHAMELCO}},
        "serves": {"__typename": "Center", "code": center.code},
        "proposedForm": {
            "form": "ACTA_NEGOCIACION", "reason": "El total de Q.42,000.00 no pasa de Q.100,000.00.",
            "confirmed": False,
        },
        "formConfirmedBy": None, "requestedOn": "2026-03-02", "version": 1,
    }  # fmt: skip
    assert payload["review"] == {
        "code": "EXP-2026-0001", "matter": "LEASE_ACTA", "stage": "GATHERING",
        "title": "Arrendamiento de inmueble para Los Nietos (San Juan Chamelco)",
        "requestingUnit": "Dirección de Mis Años Dorados", "requirements": [{"code": "ACTA_DPI", "mandatory": True}],
    }  # fmt: skip
    lease, review = await Lease.get(), await LegalReview.get()
    assert (lease.program, lease.requested_by_id, lease.municipality_id) == (
        ProgramCode.MAD, coordinator.id, builders.CHAMELCO,
    )  # fmt: skip
    assert (review.lease_id, review.municipality_id, review.department_id) == (lease.id, None, "16")
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.REQUEST_LEASE, "Lease", str(lease.id))
    assert set(await Notice.all().values_list("recipient", flat=True)) == {coordinator.email, director.email}


async def test_an_office_may_be_anywhere_in_its_department() -> None:
    office = await builders.office()
    await builders.municipality("1601")
    premises = FACTS["premises"] | {"municipalityCode": "1601"}
    coordinator = await builders.person(Role.COORDINATOR)

    payload = await done(coordinator, REQUEST, **FACTS | {"servesId": id_of(office), "premises": premises})

    assert payload["lease"]["serves"] == {"__typename": "DepartmentalOffice", "name": office.name}
    assert payload["review"]["requestingUnit"] == office.name
    assert (await Lease.get()).program == ProgramCode.INSTITUCIONAL
    await builders.municipality(builders.MIXCO)
    for code, words in [(builders.MIXCO, "el departamento de la sede"), ("", "Elija el municipio"), ("9999", "Elija")]:
        wrong = FACTS["premises"] | {"municipalityCode": code}
        said = await refusal(coordinator, REQUEST, **FACTS | {"servesId": id_of(office), "premises": wrong})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "premises.municipalityCode")
        assert words in said.message


async def test_a_center_has_its_premises_in_its_own_town() -> None:
    center = await builders.center()
    await builders.municipality("1601")
    premises = FACTS["premises"] | {"municipalityCode": "1601"}

    said = await refusal(
        await builders.person(Role.LEGAL), REQUEST, **FACTS | {"servesId": id_of(center), "premises": premises}
    )

    assert (said.path, said.message) == (
        "premises.municipalityCode", "El inmueble debe estar en el municipio del centro.",
    )  # fmt: skip


async def test_an_assignment_has_an_owner_and_no_rent() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    await builders.requirement("ADSCRIPCION", matter=ReviewMatter.PROPERTY_ASSIGNMENT)
    asked = ASSIGNED | {"servesId": id_of(center), "nature": "PROPERTY_ASSIGNMENT"}
    asked |= {"landlord": {"name": "Ministerio de Educación"}}

    payload = await done(lawyer, REQUEST, **asked)

    lease = payload["lease"]
    assert (lease["number"], lease["monthlyRent"], lease["total"], lease["termMonths"]) == (
        "ADS-2026-0001", None, None, None,
    )  # fmt: skip
    assert lease["landlord"] == {"name": "Ministerio de Educación", "nit": ""}
    assert lease["proposedForm"]["form"] == "ACTA_NEGOCIACION"
    assert payload["review"]["matter"] == "PROPERTY_ASSIGNMENT"
    assert [line["code"] for line in payload["review"]["requirements"]] == ["ADSCRIPCION"]
    assert (await Lease.get()).nature == LeaseNature.PROPERTY_ASSIGNMENT
    said = await refused(lawyer, REQUEST, **asked | {"monthlyRent": "1.00", "total": "1.00"})
    assert [one.path for one in said] == ["monthlyRent", "total"]


@pytest.mark.parametrize(
    ("rent", "months", "total", "form", "words"),
    [
        ("8333.33", 12, "99999.96", "ACTA_NEGOCIACION", "no pasa de Q.100,000.00"),
        ("100000.00", 1, "100000.00", "ACTA_NEGOCIACION", "no pasa"),
        ("100000.01", 1, "100000.01", "CONTRATO", "El total de Q.100,000.01 pasa de Q.100,000.00"),
        ("0.01", 1, "0.01", "ACTA_NEGOCIACION", "no pasa"),
        ("1000000", 120, "120000000.00", "CONTRATO", "pasa"),
    ],
)
async def test_the_total_is_the_rent_by_the_months_and_proposes_the_form(
    rent: str, months: int, total: str, form: str, words: str
) -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)

    payload = await done(
        lawyer, REQUEST, **FACTS | {"servesId": id_of(center), "monthlyRent": rent, "termMonths": months}
    )

    assert payload["lease"]["total"] == total
    assert payload["lease"]["proposedForm"]["form"] == form
    assert words in payload["lease"]["proposedForm"]["reason"]
    assert payload["review"]["matter"] == ("LEASE_CONTRACT" if form == "CONTRATO" else "LEASE_ACTA")


async def test_the_parameter_of_the_day_decides_and_says_whether_it_is_confirmed() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    common = {"code": "LEASE_ACTA_MOST", "title": "x", "unit": "quetzales"}
    await LegalParameter.create(value=100_000, valid_from=date(2024, 1, 1), valid_to=date(2026, 3, 1), **common)
    await LegalParameter.create(
        value=40_000, valid_from=date(2026, 3, 2), legal_basis="Ley, art. 1", confirmed=True, **common
    )

    payload = await done(lawyer, REQUEST, **FACTS | {"servesId": id_of(center)})

    assert payload["lease"]["proposedForm"] == {
        "form": "CONTRATO", "confirmed": True,
        "reason": "El total de Q.42,000.00 pasa de Q.40,000.00. Fundamento: Ley, art. 1.",
    }  # fmt: skip


async def test_a_total_that_differs_is_refused_with_both_figures() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    for total in ("42000.01", "3500.00", "-42000", "NaN", "sNaN", "1e9999"):
        said = await refusal(lawyer, REQUEST, **FACTS | {"servesId": id_of(center), "total": total})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "total")
        assert "Q.3,500.00 por 12 meses son Q.42,000.00" in said.message
    said = await refusal(lawyer, REQUEST, **FACTS | {"servesId": id_of(center), "total": "42000.01"})
    assert said.message.startswith("El total de Q.42,000.01 no es")


async def test_wrong_values_are_named_field_by_field() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)

    def with_(group: str, **more: Any) -> dict[str, Any]:
        return {group: FACTS[group] | more}

    for more, path in [
        (with_("landlord", name=" "), "landlord.name"),
        (with_("landlord", name="x" * 161), "landlord.name"),
        (with_("landlord", nit=""), "landlord.nit"),
        (with_("landlord", nit=None), "landlord.nit"),
        (with_("landlord", nit="1234567-8"), "landlord.nit"),
        (with_("landlord", nit="CF"), "landlord.nit"),
        (with_("premises", address=""), "premises.address"),
        (with_("premises", finca=""), "premises.finca"),
        (with_("premises", libro="x" * 41), "premises.libro"),
        ({"use": ""}, "use"),
        ({"justification": ""}, "justification"),
        ({"justification": "a\x02"}, "justification"),
        ({"budgetLine": "x" * 41}, "budgetLine"),
        *(({"monthlyRent": rent}, "monthlyRent") for rent in (
            None, "0", "-1", "0.001", "1000000.01", "NaN", "sNaN", "Infinity", "-Infinity", "1e9999", "1e-9999",
            "1.0000000000000000000000000000000000000001",
        )),
        *(({"termMonths": months}, "termMonths") for months in (None, 0, -1, 121, 2**31 - 1)),
        *(({"startsOn": day}, "startsOn") for day in ("2025-02-28", "2030-01-01", "0001-01-01", "9999-12-31")),
    ]:  # fmt: skip
        said = await refusal(lawyer, REQUEST, **FACTS | {"servesId": id_of(center)} | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
    everything_wrong = {
        "landlord": {"name": "", "nit": "1"}, "premises": {"address": "", "folio": "1"}, "use": "", "monthlyRent": "0",
        "termMonths": 0, "startsOn": "1999-01-01", "justification": "", "servesId": id_of(center),
    }  # fmt: skip
    assert {one.path for one in await refused(lawyer, REQUEST, **everything_wrong)} == {
        "landlord.name", "landlord.nit", "premises.address", "premises.finca", "use", "monthlyRent", "termMonths",
        "startsOn", "justification",
    }  # fmt: skip


async def test_each_asks_for_what_is_theirs() -> None:
    chamelco, mixco = await builders.center(), await builders.center(at=builders.MIXCO)
    children = await builders.center(program=ProgramCode.HC)
    here, there = await builders.office(), await builders.office(builders.MIXCO)
    gone_center = Said("NOT_FOUND", "servesId", "No se encontró el centro.")
    gone_office = Said("NOT_FOUND", "servesId", "No se encontró la sede departamental.")
    coordinator, director = await builders.person(Role.COORDINATOR), await builders.person(Role.DIRECTOR)
    institutional = await builders.person(Role.DIRECTOR, program=ProgramCode.INSTITUCIONAL)
    for person, row, said in [
        (coordinator, chamelco, None),
        (coordinator, children, None),
        (coordinator, mixco, gone_center),
        (coordinator, here, None),
        (coordinator, there, gone_office),
        (director, mixco, None),
        (director, children, gone_center),
        (director, here, gone_office),
        (institutional, there, None),
        (await builders.person(Role.LEGAL_HEAD), there, None),
    ]:
        premises = FACTS["premises"] | ({} if "Center" in type(row).__name__ else {"municipalityCode": "1610"})
        if row in (there,):
            premises |= {"municipalityCode": builders.MIXCO}
        asked = FACTS | {"servesId": id_of(row), "premises": premises}
        if said:
            assert await refusal(person, REQUEST, **asked) == said
        else:
            await done(person, REQUEST, **asked)
    assert await refusal(coordinator, REQUEST, **FACTS | {"servesId": id_text("Center")}) == gone_center
    assert await refusal(coordinator, REQUEST, **FACTS | {"servesId": id_text("DepartmentalOffice")}) == gone_office
    # What was asked for is seen by who may see it.
    numbers = "{ leases { nodes { number } } }"
    assert len((await told(director, numbers))["leases"]["nodes"]) == 2
    assert len((await told(await builders.person(Role.COORDINATOR), numbers))["leases"]["nodes"]) == 3


@pytest.mark.parametrize("role", [Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_does_not_ask_is_forbidden(role: Role) -> None:
    center = await builders.center()

    await forbidden(await builders.person(role), REQUEST, servesId=id_of(center), **FACTS)


async def test_what_is_closed_needs_no_premises() -> None:
    coordinator = await builders.person(Role.COORDINATOR)
    center = await builders.center(state=CenterState.CLOSED)
    office = await builders.office(valid_to=date(2026, 3, 1))
    for row in (center, office):
        said = await refusal(coordinator, REQUEST, servesId=id_of(row), **FACTS)
        assert said.code == "NOT_ALLOWED_NOW"
        assert row.name in said.message


async def test_twice_under_one_id_is_once() -> None:
    center = await builders.center()

    await once(await builders.person(Role.COORDINATOR), REQUEST, servesId=id_of(center), **FACTS)

    assert await Lease.all().count() == 1


async def test_ids_that_are_none_are_refused_and_any_text_is_kept() -> None:
    lawyer, center = await builders.person(Role.LEGAL), await builders.center()
    for given in bad_ids("Center", "Lease"):
        said = await refusal(lawyer, REQUEST, **FACTS | {"servesId": given})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "servesId"), given
    for text in HOSTILE:
        landlord = {"name": text, "nit": NIT}
        payload = await done(lawyer, REQUEST, **FACTS | {"servesId": id_of(center), "landlord": landlord, "use": text})
        assert (payload["lease"]["landlord"]["name"], payload["lease"]["use"]) == (text, text)


async def test_money_is_kept_exactly() -> None:
    center = await builders.center()

    await done(
        await builders.person(Role.LEGAL), REQUEST,
        **FACTS | {"servesId": id_of(center), "monthlyRent": 3500.1, "landlord": {"name": "a", "nit": " 1234567 9"}},
    )  # fmt: skip

    lease = await Lease.get()
    assert (lease.monthly_rent, lease.total, lease.landlord_nit) == (Decimal("3500.10"), Decimal("42001.20"), NIT)
    assert lease.stage == AgreementStage.REQUESTED
