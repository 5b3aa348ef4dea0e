"""The report's tables from the records of 2024, line by line as the Memoria prints them, and for any other period."""

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.load_2024 import load_2024
from actions.loading import table as table_of
from actions.people import system_user
from models.court import CourtBranch, CourtFile, CourtFileKind, CourtNotice
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.report_conventions import CONVENTION_LISTS
from reads.report_legal import FILE_LISTS, NOTICE_LISTS, PAPER_LISTS, REVIEW_LISTS
from reads.report_tables import period_in_words
from tests import builders
from tests.door import ask, told

REPORT = """query ($from: Date, $to: Date) { annualReport(from: $from, to: $to) { from to generatedAt
  tables { number title columns figures rows { label cells hrefs href } totals totalHrefs notes } } }"""
YEAR_2024 = ("2024-01-02", "2024-11-07")
PRINTED = {
    11: ([11, 2, 3, 3, 2, 4, 2, 1, 1, 4, 5, 3, 1, 2, 1, 4, 2, 5, 5, 0], 61),
    13: ([1400, 361, 117, 119, 278], 2275),
    14: ([4, 23, 172, 33, 90, 75, 37, 113, 4, 1], 552),
    15: ([36, 27, 3], 66),
    16: ([2275, 552, 66], 2893),
    None: ([1340, 854, 7], 2201),
}
"""The first figures of the tables as the Memoria has them: Tabla 11 by code of department (l.1056 to 1074), Tablas
13 to 16 (l.1413 to 1466), and the correspondence (l.1445), whose total it does not print."""
AS_OF = "query ($filter: ConventionFilter, $on: Date) { conventions(filter: $filter, asOf: $on) { totalCount } }"
LISTS = {
    CONVENTION_LISTS: AS_OF,
    REVIEW_LISTS: "query ($filter: LegalReviewFilter) { legalReviews(filter: $filter) { totalCount } }",
    FILE_LISTS: "query ($filter: CourtFileFilter) { courtFiles(filter: $filter) { totalCount } }",
    NOTICE_LISTS: "query ($filter: CourtNoticeFilter) { courtNotices(filter: $filter) { totalCount } }",
    PAPER_LISTS: "query ($filter: OfficialDocumentFilter) { officialDocuments(filter: $filter) { totalCount } }",
}
"""What each list page asks."""
FINDINGS = {
    "F-01": "69 centros", "F-02": "1187 / 1491 / 2678 (l. 1162", "F-03": "los registros dan 68 CAD y 1 CAP, en 66",
    "F-04": "sin ellos: Izabal.", "F-05": "29 de 69 centros", "F-07": "los registros dan 3 convenios renovados",
    "F-08": "11 centros sin convenio renovado en el período, con 422 personas; 4 tienen arrendamiento y 7, con 277",
    "F-09": "serían 4 y los centros sin convenio 12", "F-10": "los registros dan 4 arrendamientos",
    "F-11": "2893 (l. 1467); los registros dan lo mismo.", "F-13": "los registros dan 2201.", "F-14": "dan 4 y 1",
}  # fmt: skip
"""What the notes say of data/FINDINGS.md, computed."""
pytestmark = pytest.mark.usefixtures("clock")


async def tables(person: User, first: str | None = None, last: str | None = None) -> dict[int | None, dict[str, Any]]:
    """Return the tables of a period by number."""
    found = (await told(person, REPORT, **{"from": first, "to": last}))["annualReport"]
    return {one["number"]: one for one in found["tables"]}


def figures(table: dict[str, Any]) -> tuple[list[int], int]:
    """Return the figures of a table's first column of figures, and their total."""
    at = table["figures"].index(True)
    return [int(row["cells"][at]) for row in table["rows"]], int(table["totals"][at])


@pytest.fixture
async def loaded(db: Any) -> User:
    """Load everything of 2024, and give a lawyer who asks."""
    engine = await system_user()
    await load_catalogs(actor=engine)
    await load_demo_people(actor=engine, password_hash="not a hash")
    await load_2024(actor=engine)
    return await builders.person(Role.LEGAL)


async def opened(person: User, href: str) -> int:
    """Return how many records the list behind an address holds, asked as its page asks."""
    address = urlsplit(href)
    given = parse_qs(address.query)
    on = {"on": given.pop("asOf")[0]} if "asOf" in given else {}
    filters: dict[str, Any] = {}
    for name, values in given.items():
        value = values[0] == "true" if values[0] in ("true", "false") else values[0]
        filters[name.removeprefix("filter.")] = values if len(values) > 1 else value
    (answer,) = (await told(person, LISTS[address.path], filter=filters, **on)).values()
    return int(answer["totalCount"])


@pytest.mark.both_databases
async def test_the_tables_of_2024_are_counted_from_the_records(loaded: User) -> None:
    found = await tables(loaded, *YEAR_2024)

    assert {number: figures(found[number]) for number in PRINTED} == PRINTED
    assert list(found) == [11, 12, 13, 14, 15, 16, None]
    for number, table in found.items():
        assert number in (11, 12) or table["columns"] == ["Descripción", "Cantidad"]
        assert table["title"].find("del 2 de enero al 7 de noviembre de 2024") > 0
    assert [row["label"] for row in found[13]["rows"]][:2] == [
        "Notificaciones que ingresaron del Organismo Judicial", "Incidentes de Reinstalación",
    ]  # fmt: skip
    assert "concluidos 552, en trámite 0, desistidos 0" in found[14]["notes"][1]
    # Every figure is one address away from its records.
    for number in (13, 14, 15, None):
        for row in found[number]["rows"]:
            assert await opened(loaded, row["href"]) == int(row["cells"][0]), row
    for row in found[11]["rows"][::3] + found[11]["rows"][-1:]:
        for cell, href in zip(row["cells"][1:], row["hrefs"][1:], strict=True):
            assert await opened(loaded, href) == int(cell) if href else cell == "0", row
    for total, href in zip(found[11]["totals"][1:], found[11]["totalHrefs"][1:], strict=True):
        assert await opened(loaded, href) == int(total)
    assert [row["href"].partition("#")[2] for row in found[16]["rows"]] == ["tabla-13", "tabla-14", "tabla-15"]

    # Tabla 12 line by line, each under its real department, which the print confuses (F-05).
    printed = table_of("mad_centers_2024.csv")
    names = {row["code"]: row["name"] for row in table_of("departments.csv")}
    wanted = Counter((names[one["department_code"]], one["men"], one["women"], one["total"]) for one in printed)
    assert Counter((row["label"], *row["cells"][2:]) for row in found[12]["rows"]) == wanted
    assert (len(printed), found[12]["totals"]) == (69, ["66", "69", "1187", "1491", "2678"])
    assert (len(found[11]["rows"]), found[11]["totals"][:2], found[11]["totals"][3]) == (20, ["57", "61"], "75")
    said = {note[:4]: note for table in found.values() for note in table["notes"] if note.startswith("F-")}
    assert sorted(said) == [f"F-{number:02d}" for number in range(1, 15)]
    for finding, words in FINDINGS.items():
        assert words in said[finding]
    apart = [note for table in found.values() for note in table["notes"] if ": la Memoria" in note]
    assert apart == []

    # One record less, or on another day, and the figures follow.
    suit = await CourtFile.filter(kind=CourtFileKind.ORDINARY_SUIT).first()
    notice = await CourtNotice.filter(branch=CourtBranch.CRIMINAL).first()
    opinion = await LegalReview.filter(matter=ReviewMatter.OPINION).first()
    oficio = await OfficialDocument.filter(kind=DocumentKind.OFICIO).first()
    assert suit
    assert notice
    assert opinion
    assert oficio
    await CourtFile.filter(id=suit.id).update(opened_on=date(2024, 11, 8), closed_on=None)
    await notice.delete()
    await LegalReview.filter(id=opinion.id).update(received_on=date(2024, 1, 1))
    voided = {"voided_on": date(2024, 5, 6), "void_reason": "Error", "voided_by_id": loaded.id}
    await OfficialDocument.filter(id=oficio.id).update(**voided)
    after = await tables(loaded, *YEAR_2024)
    assert figures(after[13]) == ([1400, 361, 116, 119, 278], 2274)
    assert figures(after[14])[0][3] == 32
    assert figures(after[15]) == ([36, 27, 2], 65)
    assert figures(after[16]) == ([2274, 551, 65], 2890)
    assert figures(after[None]) == ([1339, 854, 7], 2200)
    assert "Anulados: oficios 1." in after[None]["notes"]
    assert "Juicios Ordinarios: la Memoria imprime 117 (l. 1415); los registros dan 116." in after[13]["notes"]
    assert "F-11. La Memoria imprime el total 2275 (l. 1418); los registros dan 2274." in after[13]["notes"]
    assert await opened(loaded, after[None]["rows"][0]["href"]) == 1339
    # The halves of a period add up to it.
    parts = [await tables(loaded, "2024-01-02", "2024-06-14"), await tables(loaded, "2024-06-15", "2024-11-07")]
    for number, table in after.items():
        if number == 12:
            continue
        halves = [figures(part[number]) for part in parts]
        assert sum(total for _, total in halves) == figures(table)[1]
        assert all(total for _, total in halves), number


async def test_a_day_and_a_period_without_records(db: Any) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.review(
        stage=ReviewStage.IN_ANALYSIS, received_on=date(2026, 2, 27), matter=ReviewMatter.CONVENTION_MAD
    )
    await builders.review(stage=ReviewStage.GATHERING)
    await builders.paper(issued_on=date(2026, 2, 27))

    found = await tables(lawyer, "2026-02-27", "2026-02-27")
    assert figures(found[14]) == ([0, 0, 0, 0, 0, 1, 0, 0, 0, 0], 1)
    assert "concluidos 0, en trámite 1, desistidos 0" in found[14]["notes"][1]
    assert found[14]["title"] == "Resultados alcanzados el 27 de febrero de 2026 en materia administrativa"
    assert figures(found[None]) == ([1, 0, 0], 1)
    nothing = "En el período no consta ningún registro."
    assert nothing not in found[14]["notes"]
    for number in (13, 15):
        assert found[number]["notes"].count(nothing) == 1
    empty = await tables(lawyer, "1999-01-01", "1999-12-31")
    assert all(not any(figures(table)[0]) and nothing in table["notes"] for table in empty.values())


async def test_what_no_table_counts_is_told(db: Any) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for matter, stage in [
        (ReviewMatter.OTHER, ReviewStage.CLOSED), (ReviewMatter.PROPERTY_ASSIGNMENT, ReviewStage.IN_ANALYSIS),
        (ReviewMatter.OPINION, ReviewStage.WITHDRAWN),
    ]:  # fmt: skip
        await builders.review(stage=stage, matter=matter, received_on=date(2026, 2, 2))
    await builders.court_file(CourtFileKind.ADMINISTRATIVE_CASE)
    await builders.paper(DocumentKind.DICTAMEN, issued_on=date(2026, 2, 2))

    found = await tables(lawyer)

    assert figures(found[14])[1] == 1
    assert "Otros asuntos recibidos, que la Tabla 14 no cuenta: 2." in found[14]["notes"]
    assert "concluidos 0, en trámite 0, desistidos 1" in found[14]["notes"][1]
    assert figures(found[16])[1] == 1
    assert found[16]["notes"][1].endswith("que ninguna de las tablas cuenta: 1.")
    assert figures(found[None])[1] == 0


async def test_the_period_is_the_year_to_date_unless_it_is_said(db: Any) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for asked, meant in [
        ({}, ("2026-01-01", "2026-03-02")),
        ({"to": "2024-11-07"}, ("2024-01-01", "2024-11-07")),
        ({"from": "2025-06-01"}, ("2025-06-01", "2026-03-02")),
    ]:
        shown = (await told(lawyer, REPORT, **asked))["annualReport"]
        assert (shown["from"], shown["to"]) == meant
        assert shown["generatedAt"].startswith("2026-03-02T")
    for asked in ({"from": "2026-03-03"}, {"from": "2024-11-08", "to": "2024-11-07"}):
        (error,) = (await ask(lawyer, REPORT, **asked))["errors"]
        assert (error["extensions"]["code"], "termina antes de empezar" in error["message"]) == ("BAD_USER_INPUT", True)


async def test_who_reads_the_report_and_whose_figures_are_links(db: Any) -> None:
    await builders.court_file()
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        if role in (Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR):
            (error,) = (await ask(person, REPORT))["errors"]
            assert error["extensions"]["code"] == "FORBIDDEN", role
            continue
        found = await tables(person)
        # The totals of what is reserved are published; the records are not.
        assert figures(found[13]) == ([0, 0, 1, 0, 0], 1), role
        linked = [bool(row["href"]) for row in found[13]["rows"] + found[15]["rows"]]
        reserved = role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR)
        assert linked == [not reserved] * 8, role
        assert any("son reservados" in note for note in found[13]["notes"]) == reserved
        assert all(row["href"] for row in found[14]["rows"])
        assert all(bool(row["href"]) == (role != Role.SIGNATORY) for row in found[None]["rows"])


def test_periods_are_worded_as_headings_do() -> None:
    assert period_in_words(date(2024, 1, 2), date(2024, 11, 7)) == "del 2 de enero al 7 de noviembre de 2024"
    assert period_in_words(date(2023, 12, 1), date(2024, 1, 31)) == "del 1 de diciembre de 2023 al 31 de enero de 2024"
    assert period_in_words(date(2024, 2, 29), date(2024, 2, 29)) == "el 29 de febrero de 2024"
