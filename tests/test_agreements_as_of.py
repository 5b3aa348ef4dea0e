"""Conventions, leases, licenses and commitments as of a date: what came after it is undone, in lists and in rows."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from actions.reviews import withdraw_review
from models.agreements import AgreementStage, Convention, LeaseNature, Standing
from models.centers import CenterEventKind
from models.conventions import Amendment, Commitment
from models.people import Role, User
from models.reviews import ReviewStage
from models.signing import Side, Signature
from tests import builders
from tests.browsing import enter
from tests.conftest import Clock, FreshDatabase
from tests.door import told

pytestmark = pytest.mark.both_databases

ON = date(2026, 3, 2)
LISTS = {
    "conventions": "ConventionFilter",
    "leases": "LeaseFilter",
    "sanitaryLicenses": "SanitaryLicenseFilter",
}
NODE = "number standing endsOn daysLeft"


def asking(field: str) -> str:
    """Return the query for a list as of a date."""
    wanted = f"query($filter: {LISTS[field]}, $asOf: Date)"
    return wanted + f" {{ {field}(filter: $filter, asOf: $asOf, first: 200) {{ totalCount nodes {{ {NODE} }} }} }}"


async def listed(person: User, field: str, on: date, **filter: Any) -> dict[str, dict[str, Any]]:
    """Return what a list holds as of a date, by number."""
    found = (await told(person, asking(field), asOf=on.isoformat(), filter=filter))[field]
    assert found["totalCount"] == len(found["nodes"])
    return {one["number"]: one for one in found["nodes"]}


async def extended(of: Convention, signed_on: date, until: date) -> None:
    """Note an extension as the action does: the row holds the present, the adenda what was before."""
    await Amendment.create(
        convention=of,
        ordinal=await Amendment.filter(convention=of).count() + 1,
        motive="Prórroga",
        signed_on=signed_on,
        old_ends_on=of.ends_on,
        new_ends_on=until,
    )
    of.ends_on = until
    await of.save()


async def signed(on: date, **of: Any) -> None:
    """Note the signature of one side."""
    person = await builders.person(Role.LEGAL)
    values = {"side": Side.SOSEP, "signer_name": "Ana López", "capacity": "Secretaria", "place": "Guatemala"}
    await Signature.create(**values | of, signed_on=on, recorded_by=person)


async def an_office() -> None:
    """Write what deeds of February changed: conventions, leases and a license with a past of their own."""
    center = await builders.center()
    plain = {"centers": [center], "starts_on": date(2025, 3, 1), "ends_on": date(2026, 2, 28)}
    await extended(await builders.convention(number="UNA", **plain), date(2026, 2, 20), date(2026, 8, 31))
    twice = await builders.convention(number="DOS", **plain)
    await extended(twice, date(2025, 12, 1), date(2026, 3, 31))
    await extended(twice, date(2026, 2, 10), date(2027, 3, 31))
    await builders.convention(number="SIMPLE", **plain)
    late = await builders.convention(number="TARDE", starts_on=date(2026, 2, 25), ends_on=date(2026, 12, 31))
    await signed(date(2026, 2, 25), convention=late)
    withdrawn = {"stage": AgreementStage.WITHDRAWN, "starts_on": None, "ends_on": None}
    asked, given_up = date(2025, 12, 1), date(2026, 2, 1)
    await builders.convention(number="DESISTIDO", requested_on=asked, terminated_on=given_up, **withdrawn)
    await builders.convention(number="SIN-FECHA", requested_on=asked, **withdrawn)
    await builders.convention(
        number="NUEVO", requested_on=ON, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None
    )
    await builders.convention(number="TERMINADO", stage=AgreementStage.TERMINATED, terminated_on=date(2026, 2, 15))
    lease = await builders.lease(center, number="ARR-TARDE", requested_on=date(2026, 1, 5))
    await signed(date(2026, 2, 15), lease=lease)
    await builders.lease(center, number="ADS", nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None)
    await builders.sanitary_license(center, number="LIC", requested_on=ON)


async def test_an_extension_signed_later_leaves_the_old_end(db: FreshDatabase, clock: Clock) -> None:
    await an_office()
    lawyer = await builders.person(Role.LEGAL)
    on = date(2026, 2, 5)

    then, now = await listed(lawyer, "conventions", on), await listed(lawyer, "conventions", ON)

    assert then["UNA"] == {"number": "UNA", "standing": "EXPIRING", "endsOn": "2026-02-28", "daysLeft": 23}
    assert then["DOS"] == {"number": "DOS", "standing": "EXPIRING", "endsOn": "2026-03-31", "daysLeft": 54}
    assert (now["UNA"]["endsOn"], now["DOS"]["standing"]) == ("2026-08-31", "IN_FORCE")
    # On the day of the signature it holds.
    assert (await listed(lawyer, "conventions", date(2026, 2, 20)))["UNA"]["endsOn"] == "2026-08-31"
    assert (await listed(lawyer, "conventions", date(2025, 11, 30)))["DOS"]["endsOn"] == "2026-02-28"
    # A field asked of another day than its list answers for that day.
    both = '{ convention(number: "UNA") { endsOn then: endsOn(asOf: "2026-02-05") standing(asOf: "2026-03-01") } }'
    assert (await told(lawyer, both))["convention"] == {
        "endsOn": "2026-08-31", "then": "2026-02-28", "standing": "IN_FORCE",
    }  # fmt: skip


async def test_what_was_not_signed_yet_was_pending(db: FreshDatabase, clock: Clock) -> None:
    await an_office()
    lawyer = await builders.person(Role.LEGAL)
    for field, number, before, after in (
        ("conventions", "TARDE", date(2026, 2, 24), date(2026, 2, 25)),
        ("leases", "ARR-TARDE", date(2026, 2, 14), date(2026, 2, 15)),
    ):
        unsigned = (await listed(lawyer, field, before))[number]
        assert (unsigned["standing"], unsigned["endsOn"], unsigned["daysLeft"]) == ("PENDING", None, None)
        assert (await listed(lawyer, field, after))[number]["standing"] == "IN_FORCE"
    assert "ARR-TARDE" not in await listed(lawyer, "leases", date(2026, 1, 4))
    # In force since last year, noted today: it counts from its start, as a month of attendance noted late.
    assert (await listed(lawyer, "sanitaryLicenses", date(2025, 8, 1)))["LIC"]["standing"] == "IN_FORCE"
    assert await listed(lawyer, "sanitaryLicenses", date(2025, 6, 30)) == {}


async def test_a_request_given_up_was_pending_until_then(db: FreshDatabase, clock: Clock) -> None:
    await an_office()
    lawyer = await builders.person(Role.LEGAL)
    for on, stood in (
        (date(2025, 11, 30), None),
        (date(2025, 12, 1), "PENDING"),
        (date(2026, 1, 31), "PENDING"),
        (date(2026, 2, 1), "ENDED"),
        (ON, "ENDED"),
    ):
        assert (await listed(lawyer, "conventions", on)).get("DESISTIDO", {}).get("standing") == stood, on
    assert (await listed(lawyer, "conventions", date(2026, 1, 1)))["SIN-FECHA"]["standing"] == "ENDED"
    assert "NUEVO" not in await listed(lawyer, "conventions", ON - timedelta(days=1))


async def test_lists_by_standing_hold_what_stood_there(db: FreshDatabase, clock: Clock) -> None:
    await an_office()
    lawyer = await builders.person(Role.LEGAL)
    for field in LISTS:
        for on in (date(2025, 6, 1), date(2026, 1, 15), date(2026, 2, 20), ON, date(2028, 1, 1)):
            everything = await listed(lawyer, field, on)
            for one in Standing:
                found = await listed(lawyer, field, on, standing=[one.value])
                assert found == {n: row for n, row in everything.items() if row["standing"] == one.value}, (field, on)
    live = await listed(lawyer, "conventions", date(2026, 2, 5), standing=["IN_FORCE", "EXPIRING"])
    assert set(live) == {"UNA", "DOS", "SIMPLE", "TERMINADO"}


async def test_withdrawing_says_since_when(db: FreshDatabase, clock: Clock) -> None:
    of = await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None, requested_on=ON)
    review = await builders.review(of, stage=ReviewStage.GATHERING)
    lawyer = await builders.person(Role.LEGAL)

    await withdraw_review(actor=lawyer, review_id=review.id, reason="Ya no hace falta")

    of = await Convention.get(id=of.id)
    assert (of.terminated_on, of.standing(ON), of.standing(ON - timedelta(days=1))) == (
        ON, Standing.ENDED, Standing.PENDING,
    )  # fmt: skip
    seen = await told(lawyer, f'{{ convention(number: "{of.number}") {{ termination {{ reason }} standing }} }}')
    assert seen["convention"] == {"termination": None, "standing": "ENDED"}


async def test_what_was_kept_later_was_owed_then(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    old = await builders.convention(starts_on=date(2025, 4, 1))
    new = await builders.convention(starts_on=date(2026, 3, 15), ends_on=date(2027, 3, 14))
    early = await builders.convention(starts_on=date(2026, 3, 15), ends_on=date(2027, 3, 14))
    await signed(date(2026, 2, 1), convention=early)
    for item, of, kept in (("vieja", old, date(2026, 2, 10)), ("nueva", new, None), ("antes", early, None)):
        await Commitment.create(convention=of, party="SOSEP", item=item, due_on=date(2026, 2, 5), fulfilled_on=kept)
    lawyer = await builders.person(Role.LEGAL)
    query = """query($asOf: Date, $filter: CommitmentFilter) { commitments(asOf: $asOf, filter: $filter) {
        nodes { item open fulfilled overdue } } }"""

    async def owed(on: date, **filter: Any) -> dict[str, tuple[bool, bool, bool]]:
        nodes = (await told(lawyer, query, asOf=on.isoformat(), filter=filter))["commitments"]["nodes"]
        return {one["item"]: (one["open"], one["fulfilled"], one["overdue"]) for one in nodes}

    assert await owed(date(2026, 2, 9)) == {"vieja": (True, False, True), "antes": (True, False, True)}
    assert await owed(date(2026, 2, 10), open=True) == {"antes": (True, False, True)}
    assert await owed(date(2026, 2, 9), overdue=True) == await owed(date(2026, 2, 9))
    assert await owed(date(2026, 1, 31)) == {"vieja": (True, False, False)}
    assert set(await owed(ON, open=True)) == {"nueva", "antes"}
    await enter(app_client, lawyer)
    page = await app_client.get("/compromisos?asOf=2026-02-09")
    assert "2 compromisos, primero lo que vence antes, como estaban el 9 de febrero de 2026" in page.text
    assert "vieja" in page.text
    assert "Cumplido" not in page.text
    assert (await app_client.get("/compromisos?asOf=mañana")).status_code == 422


async def test_pages_of_lists_keep_the_day(db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient) -> None:
    await an_office()
    for _ in range(26):
        await builders.convention(ends_on=date(2027, 1, 31), requested_on=date(2025, 1, 1))
    await enter(app_client, await builders.person(Role.LEGAL))
    for path, words in (
        ("/convenios", "33 convenios, primero el que vence antes, como estaban el 5 de febrero de 2026"),
        ("/arrendamientos", "1 arrendamiento, primero lo que vence antes, como estaba el 5 de febrero de 2026"),
        ("/licencias", "1 licencia, primero la que vence antes, como estaba el 5 de febrero de 2026"),
    ):
        page = await app_client.get(path, params={"asOf": "2026-02-05"})
        assert words in page.text, path
        refused = await app_client.get(path, params={"asOf": "2026-02-30"})
        assert (refused.status_code, 'id="f-asOf-e"' in refused.text) == (422, True), path
    page = await app_client.get("/convenios?asOf=2026-02-05")
    assert "28 de febrero de 2026" in page.text
    [following] = re.findall(r'rel="next" href="([^"]+)"', page.text.replace("&amp;", "&"))
    assert "asOf=2026-02-05" in following
    assert "como estaban el 5 de febrero" in (await app_client.get(following)).text
    taken = (await app_client.get("/convenios.csv?asOf=2026-02-05")).text
    [line] = [line for line in taken.splitlines() if line.startswith("UNA")]
    assert "28/02/2026" in line or "2026-02-28" in line


async def test_figures_count_what_the_lists_hold(db: FreshDatabase, clock: Clock) -> None:
    await an_office()
    moved = await builders.center(at=builders.MIXCO)
    await builders.center_event(
        moved, CenterEventKind.MOVE, happened_on=date(2026, 2, 1), before={"municipality_id": builders.CHAMELCO}
    )
    query = """query($asOf: Date) { agreementStats(asOf: $asOf) { total byStanding { standing count }
        byDepartment { department { code } centers inForce } endingByMonth { month count } } }"""
    lawyer = await builders.person(Role.LEGAL)
    for on in (date(2025, 6, 1), date(2026, 1, 15), date(2026, 2, 20), ON, date(2028, 1, 1)):
        stats = (await told(lawyer, query, asOf=on.isoformat()))["agreementStats"]
        rows = await listed(lawyer, "conventions", on)
        counted = Counter(row["standing"] for row in rows.values())
        # What was given up by then stands in the list as ended, and is counted nowhere.
        withdrawn = {"SIN-FECHA"} | ({"DESISTIDO"} if on >= date(2026, 2, 1) else set())
        counted["ENDED"] -= len(withdrawn & rows.keys())
        assert {one["standing"]: one["count"] for one in stats["byStanding"]} == {
            one.value: counted[one.value] for one in Standing
        }, on
        assert sum(one["inForce"] for one in stats["byDepartment"]) == counted["IN_FORCE"] + counted["EXPIRING"]
        live = [row for row in rows.values() if row["standing"] in ("IN_FORCE", "EXPIRING")]
        ending = Counter(row["endsOn"][:7] for row in live if row["number"] != "TERMINADO")
        ending["2026-02"] += any(row["number"] == "TERMINADO" for row in live)
        assert {one["month"][:7]: one["count"] for one in stats["endingByMonth"] if one["count"]} == +ending, on
    for on, there in ((date(2026, 1, 31), {"16": 2}), (date(2026, 2, 1), {"01": 1, "16": 1})):
        stats = (await told(lawyer, query, asOf=on.isoformat()))["agreementStats"]
        assert {one["department"]["code"]: one["centers"] for one in stats["byDepartment"]} == there
