"""Promises of the parties: noted with their day and worth, listed by what is due next, summed for each side."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage, Convention
from models.audit import Verb
from models.conventions import Commitment
from models.outbox import Notice
from models.people import Role, User
from models.places import ProgramCode
from reads.commitments import COMMITMENT, is_open, is_overdue, open_is, overdue_is
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, contract, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, told

ADD = """mutation ($input: AddCommitmentInput!) { addCommitment(input: $input) { commitment {
    id party kind item quantity amount dueOn fulfilled open overdue daysLeft convention { number } }
    errors { code message path } } }"""
LIST = """query ($filter: CommitmentFilter, $first: Int = 50, $after: String) {
    commitments(filter: $filter, first: $first, after: $after) { totalCount nodes { item } pageInfo { endCursor } } }"""
GOOD: dict[str, Any] = {"party": "COUNTERPART", "kind": "TASK", "item": "Reparar el techo", "dueOn": "2026-03-20"}
ON = date(2026, 3, 2)
pytestmark = pytest.mark.usefixtures("db", "clock")


async def promise(of: Convention, item: str = "Alimentos", *, party: str = "SOSEP", **more: Any) -> Commitment:
    """Return a promise of a convention."""
    return await Commitment.create(convention=of, party=party, item=item, **more)


async def items(person: User, **wanted: Any) -> list[str]:
    """Return what the list shows a person, which its count agrees with."""
    page = (await told(person, LIST, filter=wanted))["commitments"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["item"] for node in page["nodes"]]


async def test_a_task_is_noted_and_the_parties_are_told() -> None:
    director = await builders.person(Role.DIRECTOR)
    people = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    of = await builders.convention()
    await builders.further_party(of, at=builders.MIXCO)

    made = (await once(director, ADD, conventionId=id_of(of), **GOOD, quantity="Todo"))["commitment"]

    assert made == GOOD | {
        "id": id_of(await Commitment.get()), "quantity": "Todo", "amount": None, "fulfilled": False, "open": True,
        "overdue": False, "daysLeft": 18, "convention": {"number": of.number},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.ADD_COMMITMENT, str(of.id))
    notices = await Notice.filter(key__startswith="commitment-added:")
    assert {one.recipient for one in notices} == {one.email for one in (director, *people)}
    assert "la contraparte" in notices[0].body


async def test_contributions_are_summed_for_each_side() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    for party, amount in (("COUNTERPART", "1500.50"), ("COUNTERPART", "499.50"), ("SOSEP", "10.00")):
        given = GOOD | {"kind": "CONTRIBUTION", "party": party, "amount": amount, "item": f"Aporte {amount}"}
        made = (await done(lawyer, ADD, conventionId=id_of(of), **given))["commitment"]
        assert made["amount"] == amount
    await Commitment.filter(amount=Decimal("499.50")).update(fulfilled_on=ON)
    await promise(of, "Sin valor")

    query = "query ($number: String!) { convention(number: $number) { contributions { party total fulfilled } } }"
    found = (await told(lawyer, query, number=of.number))["convention"]["contributions"]

    assert found == [
        {"party": "SOSEP", "total": "10.00", "fulfilled": "0.00"},
        {"party": "COUNTERPART", "total": "2000.00", "fulfilled": "499.50"},
    ]


@pytest.mark.both_databases
async def test_what_is_owed_is_listed_by_its_day_and_in_reach(db: FreshDatabase) -> None:
    mayor, other = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    of = await builders.convention()
    await builders.further_party(of, at=builders.MIXCO)
    foreign = await builders.convention(at="0101", program=ProgramCode.HC)
    await promise(of, "sin fecha")
    await promise(of, "mañana", due_on=ON + timedelta(days=1))
    await promise(of, "ayer", party="COUNTERPART", due_on=ON - timedelta(days=1))
    await promise(of, "hoy", due_on=ON)
    await promise(of, "cumplido", due_on=ON - timedelta(days=9), fulfilled_on=ON)
    await promise(foreign, "ajeno", due_on=ON - timedelta(days=2))

    owed = ["ayer", "hoy", "mañana", "sin fecha"]
    for person in (mayor, other, director):
        assert await items(person, open=True) == owed
    assert await items(lawyer, open=True) == ["ajeno", *owed]
    assert await items(lawyer, overdue=True) == ["ajeno", "ayer"]
    assert await items(lawyer, overdue=True, party="COUNTERPART") == ["ayer"]
    assert await items(lawyer, open=False) == ["cumplido"]
    assert await items(lawyer, conventionNumber=f" {of.number.lower()} ", overdue=False) == [
        "cumplido", "hoy", "mañana", "sin fecha",
    ]  # fmt: skip
    assert await items(lawyer, program="HC") == ["ajeno"]
    assert await items(lawyer, conventionNumber="x" * 500) == []
    assert await items(await builders.person(Role.MUNICIPAL, at="1601"), open=True) == []
    first = (await told(lawyer, LIST, first=3))["commitments"]
    rest = (await told(lawyer, LIST, after=first["pageInfo"]["endCursor"]))["commitments"]
    assert [one["item"] for one in first["nodes"] + rest["nodes"]] == ["cumplido", "ajeno", *owed]


@pytest.mark.both_databases
async def test_the_queries_and_the_rows_agree_on_what_is_owed(db: FreshDatabase) -> None:
    days = [None, ON - timedelta(days=1), ON, ON + timedelta(days=1)]
    for stage in AgreementStage:
        for ended in days[1:] if stage == AgreementStage.TERMINATED else [None]:
            of = await builders.convention(stage=stage, terminated_on=ended)
            for due in days:
                for fulfilled in (None, ON):
                    await promise(of, due_on=due, fulfilled_on=fulfilled)
    rows = await Commitment.all().values(*COMMITMENT)
    for query, tell in ((open_is(ON), is_open), (overdue_is(ON), is_overdue)):
        found = set(await Commitment.filter(query).values_list("id", flat=True))
        assert found == {row["id"] for row in rows if tell(row, ON)}
        assert found


async def test_a_convention_that_no_longer_rules_takes_none() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for more in (
        {"ends_on": date(2026, 3, 1)},
        {"stage": AgreementStage.TERMINATED, "terminated_on": ON},
        {"stage": AgreementStage.WITHDRAWN, "starts_on": None, "ends_on": None},
    ):
        of = await builders.convention(**more)
        said = await refusal(lawyer, ADD, conventionId=id_of(of), **GOOD)
        assert said.code == "NOT_ALLOWED_NOW"
        assert of.number in said.message
    pending = await builders.convention(stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None, requested_on=ON)
    made = await done(lawyer, ADD, conventionId=id_of(pending), **GOOD)
    # It binds nobody yet.
    assert (made["commitment"]["open"], await Notice.all().count()) == (False, 0)


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    give = {"kind": "CONTRIBUTION"}
    for more, path, words in [
        ({"item": " "}, "item", "Escriba qué se promete"),
        ({"item": "x" * 201}, "item", "200 caracteres"),
        ({"quantity": "x" * 121}, "quantity", "120 caracteres"),
        ({"amount": "5.00"}, "amount", "solo con los aportes"),
        (give | {"amount": "-1"}, "amount", "mayor que cero"),
        (give | {"amount": "0"}, "amount", "mayor que cero"),
        (give | {"amount": "1.005"}, "amount", "dos decimales"),
        (give | {"amount": "1000000000.01"}, "amount", "hasta 1,000,000,000"),
        (give | {"amount": "NaN"}, "amount", "mayor que cero"),
        ({"dueOn": "2025-03-31"}, "dueOn", "del 01/04/2025 al 01/04/2027"),
        ({"dueOn": "2027-04-02"}, "dueOn", "al 01/04/2027"),
        ({"dueOn": "9999-12-31"}, "dueOn", "al 01/04/2027"),
    ]:
        said = await refusal(lawyer, ADD, **GOOD | {"conventionId": id_of(of)} | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
        assert words in said.message, said
    wrong = GOOD | {"conventionId": id_of(of), "item": "", "amount": "1", "dueOn": "0001-01-01"}
    assert [one.path for one in await refused(lawyer, ADD, **wrong)] == ["item", "amount", "dueOn"]
    endless = await builders.convention(ends_on=None)
    said = await refusal(lawyer, ADD, **GOOD | {"conventionId": id_of(endless), "dueOn": "2036-03-03"})
    assert "al 02/03/2036" in said.message


async def test_out_of_reach_and_other_roles() -> None:
    of = await builders.convention(program=ProgramCode.HC)
    director = await builders.person(Role.DIRECTOR)
    gone = await refusal(director, ADD, conventionId=id_text("Convention"), **GOOD)
    assert await refusal(director, ADD, conventionId=id_of(of), **GOOD) == gone
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), ADD, conventionId=id_of(of), **GOOD)
    await forbidden(None, ADD, conventionId=id_of(of), **GOOD)
    query = "query ($id: ID!) { commitment(id: $id) { item } }"
    made = await promise(of)
    for person, given in ((director, id_of(made)), (director, id_text("Commitment")), (director, id_of(of))):
        assert await told(person, query, id=given) == {"commitment": None}
    lawyer = await builders.person(Role.LEGAL)
    assert (await told(lawyer, query, id=id_of(made)))["commitment"] == {"item": "Alimentos"}


async def test_a_renewal_takes_over_what_has_no_day_of_its_own() -> None:
    of = await builders.convention()
    await promise(of, "Alimentos", quantity="35", amount=Decimal("9.50"), fulfilled_on=ON)
    await promise(of, "Reparar el techo", due_on=ON)

    await done(await builders.person(Role.MUNICIPAL), contract("request-renewal"), conventionId=id_of(of))

    new = await Convention.get(renews=of)
    (copy,) = await Commitment.filter(convention=new)
    assert (copy.item, copy.quantity, copy.amount, copy.fulfilled_on) == ("Alimentos", "35", Decimal("9.50"), None)


async def test_any_text_is_kept_as_typed() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    for text in HOSTILE:
        made = (await done(lawyer, ADD, conventionId=id_of(of), **GOOD | {"item": text}, quantity=text))["commitment"]
        assert (made["item"], made["quantity"]) == (text, text)


async def test_the_pages_list_and_note_them(app_client: httpx.AsyncClient) -> None:
    of = await builders.convention()
    await promise(of, "Entregar el informe", party="COUNTERPART", due_on=ON - timedelta(days=3))
    await promise(of, "Alimentos")
    await enter(app_client, await builders.person(Role.DIRECTOR))
    assert "/compromisos" in (await app_client.get("/convenios")).text
    page = await app_client.get("/compromisos")
    assert page.text.index("Entregar el informe") < page.text.index("Alimentos")
    assert "Pasó hace 3 días" in page.text
    page = await app_client.get("/compromisos?filter.open=true&filter.party=SOSEP")
    assert "Entregar el informe" not in page.text
    shown = await app_client.get(f"/convenios/{of.number}")
    assert f"/convenios/{of.number}/compromisos" in shown.text
    page = await app_client.get(f"/convenios/{of.number}/compromisos")
    typed = {"party": "COUNTERPART", "kind": "CONTRIBUTION", "item": "Salarios", "amount": "12,500.0x"}
    again = await send(app_client, page, form(page, "AddCommitment"), **typed)
    assert again.status_code == 422
    kept = form(again, "AddCommitment")
    assert typed.items() <= kept.values.items()
    answer = await send(app_client, again, kept, amount="12,500.00")
    assert answer.status_code == 303
    page = await app_client.get(answer.headers["location"])
    assert "Q12,500.00" in page.text
    assert "Q12,500.00" in (await app_client.get(f"/convenios/{of.number}")).text
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    page = await app_client.get(f"/convenios/{of.number}/compromisos")
    assert not [one for one in forms(page) if "_operation" in one.values]
    assert "Entregar el informe" in (await app_client.get("/compromisos")).text
