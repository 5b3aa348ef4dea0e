"""What deserves a look before and after a convention is signed: it warns, blocks nothing, and asks a page at once."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage, Convention
from models.conventions import Amendment, Commitment
from models.drafts import Condition
from models.people import Role, User
from models.places import OfficeHolder, ProgramCode
from models.reviews import ReviewStage
from models.signing import Side, Signature
from tests import builders, stages
from tests.browsing import enter
from tests.conftest import Clock, FreshDatabase
from tests.door import contract, done, id_of, told
from tests.test_centers_read import statements

QUERY = """query ($number: String!) { convention(number: $number) { warnings { code message severity } } }"""
LIST = "{ conventions(first: 200) { nodes { number warnings { code message severity } } } }"
ON = date(2026, 3, 2)
NOT_SIGNED = {"starts_on": None, "ends_on": None}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def warned(of: Convention, by: User | None = None) -> dict[str, str]:
    """Return the messages of a convention's warnings, by code."""
    person = by or await User.get_or_none(role=Role.LEGAL) or await builders.person(Role.LEGAL)
    found = (await told(person, QUERY, number=of.number))["convention"]["warnings"]
    assert len({one["code"] for one in found}) == len(found)
    return {one["code"]: one["message"] for one in found}


async def mayor(name: str = "Berta Xol", *, at: str | None = builders.CHAMELCO, **more: Any) -> OfficeHolder:
    """Return who holds the office of a municipality, or of SOSEP."""
    if at:
        await builders.municipality(at)
    values = {"municipality_id": at, "name": name, "position": "Alcaldesa", "gender": "F"}
    return await OfficeHolder.create(**values | more)


async def signature(of: Convention, name: str = "Berta Xol", day: date = date(2025, 3, 28), **more: Any) -> Signature:
    """Return a signature of the first counterpart."""
    by = await builders.person(Role.ADMIN)
    values = {"side": Side.COUNTERPART, "signer_name": name, "capacity": "a", "place": "b", "signed_on": day}
    return await Signature.create(convention=of, recorded_by=by, **values | more)


async def test_a_term_that_outlives_the_mayors() -> None:
    await mayor(since=date(2024, 1, 15), until=date(2028, 1, 14))
    await mayor("Ana Luz", at=builders.MIXCO, until=date(2026, 6, 30))
    until = {day: await builders.convention(ends_on=day) for day in (date(2028, 1, 14), date(2028, 1, 15))}
    endless, nobody = await builders.convention(ends_on=None), await builders.convention(at="1601", ends_on=None)
    shared = await builders.convention(ends_on=date(2026, 7, 1))
    await builders.further_party(shared, at=builders.MIXCO)

    assert await warned(until[date(2028, 1, 14)]) == {}
    assert await warned(until[date(2028, 1, 15)]) == {
        "TERM_OUTLIVES_HOLDER": "El plazo llega al 15/01/2028 y el período de Berta Xol (Municipalidad de San Juan "
        "Chamelco) termina el 14/01/2028."
    }
    assert "El plazo no tiene fecha de vencimiento" in (await warned(endless))["TERM_OUTLIVES_HOLDER"]
    assert await warned(nobody) == {}
    assert "Ana Luz (Municipalidad de Mixco) termina el 30/06/2026" in (await warned(shared))["TERM_OUTLIVES_HOLDER"]


async def test_before_it_is_signed_the_term_is_reckoned_from_today_or_from_what_it_renews() -> None:
    await mayor(until=date(2027, 3, 1))
    fits = await builders.convention(stage=AgreementStage.READY_TO_SIGN, term_months=12, **NOT_SIGNED)
    longer = await builders.convention(stage=AgreementStage.IN_REVIEW, term_months=13, **NOT_SIGNED)
    old = await builders.convention(ends_on=date(2026, 3, 31))
    after = await builders.convention(renews=old, stage=AgreementStage.REQUESTED, term_months=12, **NOT_SIGNED)
    endless = await builders.convention(stage=AgreementStage.REQUESTED, term_months=None, **NOT_SIGNED)

    assert await warned(fits) == {}
    assert "al 01/04/2027" in (await warned(longer))["TERM_OUTLIVES_HOLDER"]
    assert "al 31/03/2027" in (await warned(after))["TERM_OUTLIVES_HOLDER"]
    assert "no tiene fecha" in (await warned(endless))["TERM_OUTLIVES_HOLDER"]


async def test_somebody_else_represents_a_party_since_the_signature() -> None:
    await mayor("Berta Xol", until=date(2026, 1, 14))
    await mayor("Luis Paz", since=date(2026, 1, 15))
    await mayor("Carla Ruiz", at=None)
    of = await builders.convention()
    await signature(of)
    await signature(of, "Carla Ruiz", side=Side.SOSEP)

    assert await warned(of) == {
        "HOLDER_CHANGED": "Desde la firma cambió quien representa a Municipalidad de San Juan Chamelco: "
        "entonces Berta Xol, hoy Luis Paz."
    }
    later = await builders.convention()
    await signature(later, "Luis Paz", date(2026, 2, 1))
    assert await warned(later) == {}


async def test_of_a_further_party_and_of_whom_nobody_had_noted() -> None:
    foundation = await builders.institution("Fundación Contexto")
    of, other = await builders.convention(at=None, institution=foundation), await builders.convention()
    party = await builders.further_party(other, institution=foundation)
    who = {"position": "Directora", "gender": "F", "institution": foundation}
    await OfficeHolder.create(name="Rosa Ixim", since=date(2026, 2, 1), **who)
    await signature(of, "Elena Tot")
    await signature(other, "Rosa IXIM", party=party)

    assert "a Fundación Contexto: entonces Elena Tot, hoy Rosa Ixim" in (await warned(of))["HOLDER_CHANGED"]
    # She signed before she took the office, as its delegate: the same person.
    assert await warned(other) == {}


async def test_promises_and_conditions_past_their_day() -> None:
    of = await builders.convention()
    review = await stages.file_in(ReviewStage.CLOSED, of=of)
    paper = await stages.dictamen(review)
    void = await stages.dictamen(review, voided_on=ON, void_reason="Error")
    for due, done_on in ((-1, None), (-9, None), (-9, ON), (0, None), (5, None)):
        await Commitment.create(
            convention=of, party="SOSEP", item="x", due_on=ON + timedelta(days=due), fulfilled_on=done_on
        )
    for n, (document, due, met) in enumerate(
        ((paper, -1, None), (paper, 0, None), (paper, -1, ON), (paper, None, None), (void, -1, None))
    ):
        day = None if due is None else ON + timedelta(days=due)
        why = "Falta el acta" if day else ""
        put_off = {"due_on": day, "deferred_reason": why}
        await Condition.create(review=review, document=document, position=n, text="x", met_on=met, **put_off)

    assert await warned(of) == {
        "COMMITMENT_OVERDUE": "2 compromisos pasaron de su fecha sin que conste que se cumplió.",
        "CONDITIONS_PENDING": "Una condición aplazada del dictamen pasó de su fecha sin cumplirse.",
    }


@pytest.mark.both_databases
async def test_two_conventions_of_a_program_for_one_center(db: FreshDatabase) -> None:
    center, alone = await builders.center("Los Nietos"), await builders.center("Los Abuelos")
    old = await builders.convention(centers=[center])
    renewal = await builders.convention(renews=old, stage=AgreementStage.READY_TO_SIGN, centers=[center], **NOT_SIGNED)
    for more in (
        {"program": ProgramCode.HC}, {"ends_on": date(2026, 3, 1)}, {"starts_on": date(2026, 3, 3), "ends_on": None},
        {"stage": AgreementStage.TERMINATED, "terminated_on": ON}, {"stage": AgreementStage.IN_REVIEW} | NOT_SIGNED,
    ):  # fmt: skip
        await builders.convention(centers=[center], **more)
    await builders.convention(centers=[alone])
    assert (await warned(old), await warned(renewal)) == ({}, {})

    ngo = await builders.institution("Fundación")
    second = await builders.convention(at=None, institution=ngo, centers=[center])

    assert await warned(old) == {"TWO_LIVE": f"Para Los Nietos ya rige el {second.number}, del mismo programa."}
    assert "TWO_LIVE" in await warned(renewal)
    assert old.number in (await warned(second))["TWO_LIVE"]
    # Whose it is, is none of the municipality's business.
    town = await builders.person(Role.MUNICIPAL)
    assert await warned(old, town) == {"TWO_LIVE": "Para Los Nietos ya rige otro convenio, del mismo programa."}


async def test_a_renewal_is_warned_when_the_term_it_follows_changes() -> None:
    lawyer = await builders.person(Role.LEGAL)
    ended, longer, before = [await builders.convention() for _ in range(3)]
    renewals = [
        await builders.convention(renews=one, stage=AgreementStage.IN_REVIEW, requested_on=ON, **NOT_SIGNED)
        for one in (ended, longer, before)
    ]
    given = {"reason": "x", "effectiveOn": "2026-03-20", "basis": "OTHER"}
    await done(lawyer, contract("terminate-convention"), conventionId=id_of(ended), **given)
    more = {"motive": "x", "newEndsOn": "2026-12-31", "signedOn": "2026-03-02"}
    await done(lawyer, contract("amend-convention"), conventionId=id_of(longer), **more)
    await Amendment.create(
        convention=before, ordinal=1, motive="x", signed_on=ON - timedelta(days=1), new_ends_on=date(2026, 3, 31)
    )

    said = [(await warned(one)).get("RENEWED_CHANGED", "") for one in renewals]

    assert f"El {ended.number}, que este renueva, termina antes de su plazo, el 20/03/2026" in said[0]
    assert f"El {longer.number}, que este renueva, se prorrogó hasta el 31/12/2026" in said[1]
    assert said[2] == ""


async def test_what_is_over_deserves_no_warning() -> None:
    await mayor(until=date(2026, 3, 2))
    center = await builders.center()
    await builders.convention(centers=[center], ends_on=date(2026, 3, 2))
    for more in (
        {"ends_on": date(2026, 3, 1)},
        {"stage": AgreementStage.TERMINATED, "terminated_on": ON},
        {"stage": AgreementStage.WITHDRAWN} | NOT_SIGNED,
    ):
        of = await builders.convention(centers=[center], **more)
        await Commitment.create(convention=of, party="SOSEP", item="x", due_on=date(2026, 1, 1))
        assert await warned(of) == {}


@pytest.mark.both_databases
async def test_a_page_of_warnings_costs_the_same_for_3_and_30(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await mayor(until=date(2026, 3, 2))
    center = await builders.center()
    counts = []
    for goal in (3, 30):
        while await Convention.all().count() < goal:
            of = await builders.convention(centers=[center])
            await signature(of)
            await Commitment.create(convention=of, party="SOSEP", item="x", due_on=date(2026, 1, 1))
        counts.append(await statements(lawyer, LIST, "conventions"))

    assert [rows for rows, _ in counts] == [3, 30]
    assert counts[0][1] == counts[1][1] <= 14, counts


async def test_pages_show_them_and_signing_goes_on(app_client: httpx.AsyncClient, clock: Clock) -> None:
    await mayor(until=date(2026, 3, 31))
    of = await builders.convention(stage=AgreementStage.READY_TO_SIGN, **NOT_SIGNED)
    await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=of)
    signatory = await builders.person(Role.SIGNATORY)
    await enter(app_client, signatory)
    for address in (f"/convenios/{of.number}", "/firmas"):
        assert "y el período de Berta Xol" in (await app_client.get(address)).text, address
    who = {"signerName": "a", "capacity": "b", "place": "c", "signedOn": "2026-03-02", "subjectId": id_of(of)}
    for side in ("SOSEP", "COUNTERPART"):
        made = await done(signatory, contract("record-signature"), **who, side=side)
    assert made["subject"]["stage"] == "SIGNED"
