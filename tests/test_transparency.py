"""The public listings: what is listed, publishing, what the public reads since, and that all forms say the same."""

import asyncio
import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.transparency import DOWNLOADS
from models.agreements import AgreementStage, Lease, LeaseNature
from models.audit import Verb
from models.conventions import Commitment, CommitmentKind
from models.people import Role, User
from models.permissions import ALLOWED
from models.places import Sector
from models.publications import LISTING_NAMES, Publication, PublicListing
from reads.transparency_rows import listing_rows
from settings import settings
from tests import builders
from tests.conftest import Clock
from tests.door import application, ask, done, forbidden, last_entry, once, refusal, request, token_of, told

PUBLISH = """mutation ($input: PublishListingInput!) { publishListing(input: $input) {
  publication { listing publishedOn } errors { code message path } } }"""
PREVIEWS = """{ listingPreviews { listing publishedOn stale mayPublish count added removed changed publishedBy { name }
  changes { number change cells { name before after } } } }"""
LEASE_FIELDS = (
    "number form municipalityCode municipality department serves program use monthlyRent total termMonths startsOn "
    "endsOn terminatedOn standing source"
)
CONVENTION_FIELDS = (
    "number kind institutions sectors title program sosepAmount counterpartAmount termMonths startsOn endsOn "
    "terminatedOn standing source"
)
ASK = {
    PublicListing.LEASES: "transparencyLeases",
    PublicListing.CONVENTIONS: "transparencyConventions",
}
FIELDS = {PublicListing.LEASES: LEASE_FIELDS, PublicListing.CONVENTIONS: CONVENTION_FIELDS}
TODAY = date(2026, 3, 2)
pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    DOWNLOADS.forget()


def rows_query(listing: PublicListing) -> str:
    """Return the question for a page of a listing's rows."""
    return f"""query ($on: Date, $search: String, $first: Int! = 50, $after: String) {{
      {ASK[listing]}(publishedOn: $on) {{ publishedOn stale publications {{ publishedOn }}
        dictionary {{ name field kind meaning choices }}
        rows(search: $search, first: $first, after: $after) {{ totalCount nodes {{ {FIELDS[listing]} }}
          pageInfo {{ hasNextPage endCursor }} }} }} }}"""


async def read(listing: PublicListing, **variables: Any) -> dict[str, Any]:
    """Return a listing as a stranger reads it in the API."""
    return dict((await told(None, rows_query(listing), **variables))[ASK[listing]])


async def publish(listing: PublicListing, by: User | None = None) -> None:
    """Publish a listing as the legal office does."""
    await done(by or await builders.person(Role.LEGAL), PUBLISH, listing=listing.value)


async def numbers(listing: PublicListing, on: date = TODAY) -> list[str]:
    """Return which records a listing holds on a day."""
    return [row["number"] for row in await listing_rows(listing, on)]


async def test_listed_are_the_leases_of_the_year_that_bind() -> None:
    center = await builders.center()
    for number, more in {
        "A-IN-FORCE": {},
        "B-ENDED-THIS-YEAR": {"starts_on": date(2025, 1, 3), "ends_on": date(2026, 1, 1)},
        "C-ENDED-LAST-YEAR": {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)},
        "D-NOT-BEGUN": {"starts_on": date(2026, 12, 31), "ends_on": date(2027, 12, 30)},
        "E-NEXT-YEAR": {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)},
        "F-NO-END": {"starts_on": date(2020, 1, 1), "ends_on": None},
        "G-STOPPED": {"stage": AgreementStage.TERMINATED, "terminated_on": date(2026, 1, 2)},
        "H-STOPPED-BEFORE": {
            "stage": AgreementStage.TERMINATED, "starts_on": date(2025, 6, 1), "terminated_on": date(2026, 1, 1),
        },
        "I-UNSIGNED": {"stage": AgreementStage.READY_TO_SIGN},
        "J-GIVEN-UP": {"stage": AgreementStage.WITHDRAWN},
        "K-ASSIGNED": {"nature": LeaseNature.PROPERTY_ASSIGNMENT, "monthly_rent": None},
    }.items():  # fmt: skip
        await builders.lease(center, number=number, **more)

    found = {row["number"][0]: row["standing"] for row in await listing_rows(PublicListing.LEASES, TODAY)}

    assert found == {"A": "IN_FORCE", "B": "EXPIRED", "D": "PENDING", "F": "IN_FORCE", "G": "ENDED"}
    assert await numbers(PublicListing.LEASES, date(2024, 6, 1)) == ["F-NO-END"]
    assert await numbers(PublicListing.LEASES, date(2019, 6, 1)) == []


async def test_listed_are_conventions_with_some_party_of_the_sectors_that_the_law_names() -> None:
    ngo = await builders.institution("Fundación Contexto")
    unicef = await builders.institution("UNICEF", Sector.INTERNATIONAL)
    company = await builders.institution("Juan Pérez, Comerciante Individual", Sector.PRIVATE)
    ministry = await builders.institution("Ministerio de Educación", Sector.GOVERNMENT)
    university = await builders.institution("Universidad de Prueba", Sector.UNIVERSITY)
    for number, institution in {"A": ngo, "B": unicef, "C": company, "D": ministry, "E": university}.items():
        await builders.convention(at=None, number=number, institution=institution)
    await builders.convention(number="F")
    with_town = await builders.convention(number="G")
    await builders.further_party(with_town, institution=ngo)
    await builders.further_party(with_town, institution=unicef)
    await builders.further_party(with_town, institution=company)
    for item, party, amount in (("a", "SOSEP", "1000.50"), ("b", "SOSEP", "0.25"), ("c", "COUNTERPART", "7")):
        await Commitment.create(
            convention=with_town, party=party, kind=CommitmentKind.CONTRIBUTION, item=item, amount=Decimal(amount)
        )
    # What has no value, and what is to be done rather than given, adds nothing.
    await Commitment.create(convention=with_town, party="SOSEP", kind=CommitmentKind.CONTRIBUTION, item="d")

    rows = {row["number"]: row for row in await listing_rows(PublicListing.CONVENTIONS, TODAY)}

    assert list(rows) == ["A", "B", "G"]
    assert (rows["G"]["institutions"], rows["G"]["sectors"]) == (
        ["Fundación Contexto", "UNICEF"],
        ["NGO", "INTERNATIONAL"],
    )
    assert (rows["G"]["sosep_amount"], rows["G"]["counterpart_amount"]) == ("1000.75", "7.00")
    assert (rows["A"]["sosep_amount"], rows["A"]["counterpart_amount"]) == (None, None)


async def test_the_public_reads_what_was_published_until_it_is_published_again(clock: Clock) -> None:
    lease = await builders.lease(await builders.center("Centro Ñandú"), number="ARR-1")
    head, admin = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.ADMIN)
    before = await read(PublicListing.LEASES)
    assert (before["publishedOn"], before["stale"], before["rows"]["totalCount"]) == (None, True, 0)

    shown = (await once(head, PUBLISH, listing="LEASES"))["publication"]

    assert shown == {"listing": "LEASES", "publishedOn": "2026-03-02"}
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.changes) == ("PUBLISH_LISTING", "Publication", [])
    assert "arrendamientos: 1 fila, huella SHA-256 " in entry.summary
    await Lease.filter(id=lease.id).update(monthly_rent=Decimal("4000.00"))
    await builders.lease(await builders.center(), number="ARR-2")
    first = await read(PublicListing.LEASES)
    assert [(row["number"], row["monthlyRent"]) for row in first["rows"]["nodes"]] == [("ARR-1", "3500.00")]
    assert (first["publishedOn"], first["stale"]) == ("2026-03-02", False)
    said = await refusal(admin, PUBLISH, listing="LEASES")
    assert (said.code, "ya se publicó hoy" in said.message) == ("NOT_ALLOWED_NOW", True)

    clock.move_to(TODAY + timedelta(days=31))
    assert (await read(PublicListing.LEASES))["stale"] is True
    [preview, other] = (await told(admin, PREVIEWS))["listingPreviews"]
    assert (preview["count"], preview["added"], preview["removed"], preview["changed"]) == (2, 1, 0, 1)
    assert [(one["number"], one["change"]) for one in preview["changes"]] == [
        ("ARR-1", "CHANGED"),
        ("ARR-2", "ADDED"),
    ]
    assert preview["changes"][0]["cells"] == [{"name": "renta_mensual", "before": "3500.00", "after": "4000.00"}]
    assert preview["publishedBy"] == {"name": head.name}
    assert (other["publishedOn"], other["stale"], other["mayPublish"], other["changes"]) == (None, True, True, [])
    await publish(PublicListing.LEASES, admin)

    again = await read(PublicListing.LEASES)
    assert [row["monthlyRent"] for row in again["rows"]["nodes"]] == ["4000.00", "3500.00"]
    assert [one["publishedOn"] for one in again["publications"]] == ["2026-04-02", "2026-03-02"]
    # What was published stays as it was.
    assert (await read(PublicListing.LEASES, on="2026-03-02"))["rows"] == first["rows"]
    assert (await told(None, rows_query(PublicListing.LEASES), on="2026-03-03")) == {"transparencyLeases": None}
    await Lease.all().update(stage=AgreementStage.WITHDRAWN)
    [preview, _] = (await told(admin, PREVIEWS))["listingPreviews"]
    assert (preview["count"], preview["removed"], preview["mayPublish"]) == (0, 2, False)


async def test_published_by_two_at_once_is_published_once() -> None:
    people = [await builders.person(Role.LEGAL) for _ in range(4)]
    for person in people:
        await token_of(person)

    answers = await asyncio.gather(*(told(person, PUBLISH, input={"listing": "CONVENTIONS"}) for person in people))

    refused = [[error["code"] for error in one["publishListing"]["errors"]] for one in answers]
    assert sorted(refused) == [[], *[["NOT_ALLOWED_NOW"]] * 3]
    assert await Publication.all().count() == 1


async def test_publishing_ends_the_alarm_and_its_link_leads_to_where_it_is_done(clock: Clock) -> None:
    stale = "{ alarms(filter: {code: [LISTING_STALE]}) { totalCount nodes { link } } }"
    head = await builders.person(Role.LEGAL_HEAD)
    for listing in PublicListing:
        alarms = (await told(head, stale))["alarms"]
        assert alarms["totalCount"] == (2 if listing == PublicListing.LEASES else 1)
        for role in (Role.LEGAL, Role.ADMIN, Role.AUDITOR, Role.SIGNATORY):
            page = await request(await builders.person(role), "GET", alarms["nodes"][0]["link"])
            assert page.status_code == 200, role
            assert (f"Publicar {LISTING_NAMES[listing]}</button>" in page.text) == (
                role in ALLOWED[Verb.PUBLISH_LISTING]
            ), role
        await publish(listing, head)
    assert (await told(head, stale))["alarms"]["totalCount"] == 0
    clock.move_to(TODAY + timedelta(days=31))
    assert (await told(head, stale))["alarms"]["totalCount"] == 2


async def test_only_the_legal_office_and_administration_publish() -> None:
    for role in Role:
        if role in (Role.SYSTEM, Role.LEGAL, Role.LEGAL_HEAD, Role.ADMIN):
            continue
        person = await builders.person(role)
        await forbidden(person, PUBLISH, listing="LEASES")
        seen = (await told(person, PREVIEWS))["listingPreviews"]
        looks = role in (Role.AUDITOR, Role.SIGNATORY)
        assert len(seen) == (2 if looks else 0), role
        drafted = await request(person, "GET", "/administracion/transparencia/arrendamientos.csv")
        assert drafted.status_code == (200 if looks else 403), role
    await forbidden(None, PUBLISH, listing="LEASES")


async def test_pages_of_a_listing_go_by_number_and_search_its_words() -> None:
    for number in range(5):
        await builders.lease(await builders.center(f"Centro Ñandú {number}"), number=f"ARR-{number}")
    await publish(PublicListing.LEASES)
    found, after, pages = [], None, 0
    while after is not None or not pages:
        rows = (await read(PublicListing.LEASES, first=2, after=after))["rows"]
        assert rows["totalCount"] == 5
        found += [one["number"] for one in rows["nodes"]]
        after = rows["pageInfo"]["endCursor"] if rows["pageInfo"]["hasNextPage"] else None
        pages += 1
    assert (found, pages) == ([f"ARR-{number}" for number in range(5)], 3)
    for words, many in (("nandu 3", 1), ("CHAMELCO verapaz", 5), ("IN_FORCE", 0), ("%", 0), ("' OR 1=1--", 0)):
        assert (await read(PublicListing.LEASES, search=words))["rows"]["totalCount"] == many, words
    for wrong in ({"first": 0}, {"first": 201}, {"after": "%%%"}, {"after": "Ñ"}, {"after": "_w=="}):
        answer = await ask(None, rows_query(PublicListing.LEASES), **wrong)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], wrong


# Files ---------------------------------------------------------------------------------------------------------------


def table_of(answer: httpx.Response) -> list[dict[str, str]]:
    """Return a CSV's rows by heading."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_the_files_say_what_the_api_says_and_what_each_column_means(clock: Clock) -> None:
    center = await builders.center("=HYPERLINK(1)")
    await builders.lease(center, number="ARR-1", use="Uso, con «comas»\ny línea", form=None, term_months=12)
    ngo = await builders.institution("Asociación, Ñ")
    further = await builders.institution("-Otra", Sector.INTERNATIONAL)
    both = await builders.convention(at=None, number="CONV-1", institution=ngo, title="@objeto")
    await builders.further_party(both, institution=further)
    for name in LISTING_NAMES.values():
        for ending in ("csv", "json"):
            missing = await request(None, "GET", f"/transparencia/{name}.{ending}")
            assert (missing.status_code, "todavía no se publica" in missing.text) == (404, True)
    lawyer = await builders.person(Role.LEGAL)
    for listing in PublicListing:
        drafted = await request(lawyer, "GET", f"/administracion/transparencia/{LISTING_NAMES[listing]}.csv")
        assert drafted.headers["cache-control"] == "no-store"
        await publish(listing)
        api = await read(listing)
        names = [one["name"] for one in api["dictionary"]]
        sheet = await request(None, "GET", f"/transparencia/{LISTING_NAMES[listing]}.csv")
        data = await request(None, "GET", f"/transparencia/{LISTING_NAMES[listing]}.json")
        assert sheet.content.startswith("\ufeff".encode() + names[0].encode())
        assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
        assert f'filename="{LISTING_NAMES[listing]}-2026-03-02.csv"' in sheet.headers["content-disposition"]
        assert drafted.content == sheet.content, "what was shown before is what was published"
        [row], whole = table_of(sheet), data.json()
        assert list(row) == names == list(whole["rows"][0])
        assert (whole["publishedOn"], [one["name"] for one in whole["dictionary"]]) == ("2026-03-02", names)
        [node] = api["rows"]["nodes"]
        assert [one["field"] for one in api["dictionary"]] == list(node)
        for one in api["dictionary"]:
            value = whole["rows"][0][one["name"]]
            said = row[one["name"]].removeprefix("'")
            assert said == ("" if value is None else str(value)), one
            if one["kind"] == "CHOICE":
                assert all(part in one["choices"] for part in said.split("; ") if part), one
            elif not isinstance(node[one["field"]], list):
                assert value == node[one["field"]] or (value is None and node[one["field"]] == ""), one
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert (row["institucion"], row["sector"]) == (
        "Asociación, Ñ; -Otra",
        "Organización no gubernamental; Organismo internacional",
    )
    assert row["objeto"] == "'@objeto"


async def test_files_are_kept_by_whoever_has_them_and_set_no_cookie(clock: Clock) -> None:
    await publish(PublicListing.LEASES)
    for path in ("/transparencia/arrendamientos.csv", "/transparencia/arrendamientos.json"):
        first = await request(None, "GET", path)
        assert first.headers["cache-control"] == "public, max-age=300"
        assert "set-cookie" not in first.headers
        same = await having(path, first.headers["etag"])
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
        assert (await having(path, '"otro"')).status_code == 200
        day = clock.today
        clock.move_to(day + timedelta(days=1))
        await publish(PublicListing.LEASES)
        changed = await request(None, "GET", path)
        # A table that did not change is the same file; the JSON says its day.
        assert (changed.headers["etag"] == first.headers["etag"]) == path.endswith("csv")
        assert (await request(None, "GET", f"{path}?publishedOn={day}")).headers["etag"] == first.headers["etag"]
        for wrong, status in (("2026-02-30", 400), ("x", 400), ("2026-01-01", 404), ("9999-12-31", 404)):
            answer = await request(None, "GET", f"{path}?publishedOn={wrong}")
            assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store"), wrong
    DOWNLOADS.forget()
    answers = [await request(None, "GET", path) for _ in range(DOWNLOADS.most + 1)]
    assert [one.status_code for one in answers[-2:]] == [200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def having(path: str, tag: str) -> httpx.Response:
    """Ask for a file that one has already under a tag."""
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
        return await client.get(path, headers={"If-None-Match": f'"x", {tag}'})
