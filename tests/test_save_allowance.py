"""The table of allowances is kept by dates: a new rate ends the former on the eve, and brackets never overlap."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.allowances import RateInput, overlaps
from models.audit import Verb
from models.contributions import AllowanceRate
from models.people import Role, User
from tests import builders
from tests.door import bad_ids, changed, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, told

SAVE = """mutation ($input: SaveAllowanceInput!) { saveAllowance(input: $input) {
  rate { id item itemLabel childrenMin childrenMax amount basis period isCeiling since until source inForce }
  errors { code message path } } }"""
END = """mutation ($input: EndAllowanceInput!) { endAllowance(input: $input) {
  rate { until inForce } errors { code message path } } }"""
TABLE = "query ($on: Date, $item: String) { allowanceRates(on: $on, item: $item) { amount childrenMin since until } }"
NEW: dict[str, Any] = {
    "item": "gas", "childrenMin": 13, "childrenMax": 20, "amount": "300.00", "since": "2026-07-01",
    "source": "Acuerdo Interno 5-2026",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture
async def admin(db: object, clock: object) -> User:
    """An administrator."""
    return await builders.person(Role.ADMIN)


@pytest.mark.both_databases
async def test_a_new_rate_ends_the_former_on_the_eve(admin: User) -> None:
    former = await builders.allowance_rate()
    other = await builders.allowance_rate(21, 30)

    payload = await done(admin, SAVE, **NEW)

    row = await AllowanceRate.all().order_by("-id").first()
    assert row
    assert payload["rate"] == {
        "id": id_of(row), "item": "gas", "itemLabel": "Gas", "childrenMin": 13, "childrenMax": 20, "amount": "300.00",
        "basis": "CENTER", "period": "MONTH", "isCeiling": False, "since": "2026-07-01", "until": None,
        "source": "Acuerdo Interno 5-2026", "inForce": False,
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.SAVE_ALLOWANCE, "AllowanceRate")
    assert changed(entry, former) == {"until": (None, "2026-06-30")}
    assert entry.summary == f"{admin.name} fijó Gas de 13 a 20 niñas y niños en Q300.00 desde el 01/07/2026."
    await other.refresh_from_db()
    assert other.until is None
    for on, amounts in [("2026-06-30", ["270.00", "270.00"]), ("2026-07-01", ["300.00", "270.00"])]:
        assert [one["amount"] for one in (await told(admin, TABLE, on=on))["allowanceRates"]] == amounts
    assert len((await told(admin, TABLE, item="gas"))["allowanceRates"]) == 3
    assert (await told(admin, TABLE, item="agua"))["allowanceRates"] == []
    assert (await told(admin, "query ($id: ID!) { node(id: $id) { id } }", id=id_of(row)))["node"]
    # The same day again replaces what was set for it, and keeps it in the trail.
    await once(admin, SAVE, **NEW | {"amount": "310.00"})
    assert changed(await last_entry(), row) == {"amount": ("300.00", "310.00")}
    assert await AllowanceRate.all().count() == 3


async def test_brackets_that_overlap_and_days_of_a_later_rate(admin: User) -> None:
    await builders.allowance_rate()
    await builders.allowance_rate(21, None)
    await builders.allowance_rate(13, 20, since=date(2026, 9, 1), amount=Decimal(350))
    await AllowanceRate.filter(children_min=13, since=date(2024, 1, 1)).update(until=date(2026, 8, 31))
    for least, most, bracket in [
        (10, 13, "de 13 a 20 niñas y niños"), (20, 20, "de 13 a 20 niñas y niños"), (13, 19, "de 13 a 20"),
        (90, 100, "de 21 o más niñas y niños"), (None, None, "de 13 a 20 niñas y niños"), (1, None, "de 13 a 20"),
    ]:  # fmt: skip
        said = await refusal(admin, SAVE, **NEW | {"childrenMin": least, "childrenMax": most})
        assert (said.code, said.path) == ("CONFLICT", "childrenMin"), (least, most)
        assert said.message.startswith("El tramo se traslapa con el que rige desde el 01/01/2024")
        assert bracket in said.message
    said = await refusal(admin, SAVE, **NEW)
    assert (said.path, said.message) == (
        "until",
        "Para ese tramo, de 13 a 20 niñas y niños, ya hay un monto que rige desde el 01/09/2026: "
        "fije este hasta la víspera.",
    )
    await done(admin, SAVE, **NEW | {"until": "2026-08-31"})
    rows = await AllowanceRate.filter(children_min=13).order_by("since").values_list("since", "until")
    assert rows == [
        (date(2024, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 8, 31)), (date(2026, 9, 1), None),
    ]  # fmt: skip
    # Beside them there is room: below the first bracket, and after one that ended.
    await done(admin, SAVE, **NEW | {"childrenMin": 1, "childrenMax": 12})


async def test_a_new_allowance_says_what_it_is(admin: User) -> None:
    new = {"label": "Mochilas de preprimaria", "amount": "75.50", "since": "2026-01-15", "source": "Acuerdo 9-2026"}
    said = await refused(admin, SAVE, **new)
    assert [one.path for one in said] == ["basis", "period"]
    payload = await done(admin, SAVE, **new, basis="CHILD", period="ONCE", isCeiling=True)
    assert (payload["rate"]["item"], payload["rate"]["isCeiling"]) == ("mochilas_de_preprimaria", True)
    twin = await refused(admin, SAVE, **new | {"label": "MOCHILAS de preprimaria!"}, basis="CHILD", period="ONCE")
    assert [(one.path, one.message) for one in twin] == [("label", "Ya hay una asignación con ese nombre: elíjala.")]
    payload = await done(admin, SAVE, item="mochilas_de_preprimaria", amount="80", since="2026-02-01", source="Otro")
    assert (payload["rate"]["isCeiling"], payload["rate"]["basis"]) == (True, "CHILD")


async def test_what_no_rate_can_be(admin: User) -> None:
    await builders.allowance_rate()
    for wrong, paths in [
        ({"amount": "-1"}, ["amount"]), ({"amount": "1.005"}, ["amount"]), ({"amount": "1000000.01"}, ["amount"]),
        ({"amount": "NaN"}, ["amount"]),
        ({"childrenMin": 0}, ["childrenMin"]), ({"childrenMin": 21}, ["childrenMax"]),
        ({"childrenMin": None}, ["childrenMin"]), ({"childrenMax": 2001}, ["childrenMax"]),
        ({"since": "1984-12-31"}, ["since"]), ({"until": "2026-06-30"}, ["until"]),
        ({"source": " "}, ["source"]), ({"item": "agua"}, ["item"]), ({"item": "x" * 500}, ["item"]),
        ({"item": "", "label": "¡!"}, ["label", "basis", "period"]),
    ]:  # fmt: skip
        said = await refused(admin, SAVE, **NEW | wrong)
        assert [one.path for one in said] == paths, wrong


async def test_an_allowance_ends_without_another_one(admin: User) -> None:
    row = await builders.allowance_rate(None, None)
    said = await refusal(admin, END, rateId=id_of(row), endsOn="2023-12-31", reason="Ya no se da")
    assert said.path == "endsOn"
    payload = await done(admin, END, rateId=id_of(row), endsOn="2026-03-01", reason="Ya no se da")
    assert payload["rate"] == {"until": "2026-03-01", "inForce": False}
    assert (await last_entry()).summary == (
        f"{admin.name} terminó Gas para cualquier número de niñas y niños el 01/03/2026. Motivo: Ya no se da"
    )
    again = await refusal(admin, END, rateId=id_of(row), endsOn="2026-05-01", reason="Otra vez")
    assert again.message == "Esa asignación ya termina el 01/03/2026."
    assert (await refusal(admin, END, rateId=id_of(row), endsOn="2026-02-01", reason="")).path == "reason"
    # Then brackets may be others.
    await done(admin, SAVE, **NEW)
    for wrong in [*bad_ids("AllowanceRate"), id_text("AllowanceRate")]:
        assert (await refusal(admin, END, rateId=wrong, endsOn="2026-03-01", reason="x")).path == "rateId"


async def test_only_administrators_keep_the_table(admin: User) -> None:
    row = await builders.allowance_rate()
    for role in set(Role) - {Role.ADMIN, Role.SYSTEM}:
        person = await builders.person(role)
        await forbidden(person, SAVE, **NEW)
        await forbidden(person, END, rateId=id_of(row), endsOn="2026-03-01", reason="x")
        assert len((await told(person, TABLE))["allowanceRates"]) == 1
    await forbidden(None, SAVE, **NEW)


numbers = st.one_of(st.none(), st.integers(1, 40))


@given(numbers, numbers, numbers, numbers)
@settings(max_examples=150, deadline=None)
def test_two_brackets_overlap_when_they_share_a_number(
    least: int | None, most: int | None, other_least: int | None, other_most: int | None
) -> None:
    def held(low: int | None, high: int | None) -> set[int]:
        return set(range(low or 1, (high or 2000) + 1))

    row = AllowanceRate(children_min=other_least, children_max=other_most)
    new = RateInput(Decimal(1), date(2026, 1, 1), "x", children_min=least, children_max=most)
    whole = held(least, most) and held(other_least, other_most)
    assert not whole or overlaps(row, new) == bool(held(least, most) & held(other_least, other_most))
