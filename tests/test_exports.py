"""Every list as a file: all its columns, the filters of its page, the reach of who asks, and never a formula."""

import asyncio
import csv
import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import print_ast

from api import exports
from api.app import PAGES
from api.exported_lists import EXPORTED, NOT_TAKEN
from api.list_query import ListQuery
from api.pages import Page, checked_operations
from documents.list_files import LONGEST_TEXT, About, CsvList, Heading, ListFile, XlsxList
from models.agreements import Convention
from models.batches import Batch
from models.imports import SheetImport
from models.people import Role, User
from models.webhooks import Webhook
from schema.ids import global_id
from schema.root import build_schema
from settings import PROJECT
from tests import builders, court
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.door import request, told
from tests.taken import csv_rows, fill, read_book, xlsx_sheets
from tests.test_tenancy import Town, ours, theirs  # noqa: F401 - fixtures

LISTS = [page for page in PAGES if page.name in EXPORTED]
ELSEWHERE = {
    "legal_inbox": "filter.stage=CLOSED",
    "court_files": "filter.open=false",
    "court_agenda": "filter.settled=true",
    "commitments": "filter.open=false",
    "supervision": "filter.state=RESOLVED",
    "alarms": "filter.silenced=true",
    "requirement_catalog": "filter.inForceOn=2026-03-02",
}
"""What else is asked of lists that begin with a filter, to see all their columns filled."""

RAW = r"\b[A-Z]+_[A-Z_]+\b|\bNone\b|\b(True|False)\b|\[|\{"
"""Words of the program that no person should read."""


def opener(page: Page) -> Role:
    """Return a role that opens a page and sees all of it."""
    return next(one for one in (Role.LEGAL_HEAD, Role.ADMIN) if page.roles is None or one in page.roles)


async def address(page: Page) -> str:
    """Return the address of a list's page, of the first batch or system where it is of one."""
    of = {"batch": Batch, "webhook": Webhook}.get(page.name)
    return page.path.replace("{id}", global_id(of.__name__, (await of.all().first()).id)) if of else page.path


async def count_on_page(page: Page, person: User) -> int:
    """Return how many rows the page itself says that its list has."""
    query = checked_operations(page.name, build_schema()).query
    assert query
    way = ListQuery(query, [EXPORTED[page.name].columns[0].paths[0]], build_schema(), EXPORTED[page.name].at).way
    path = await address(page)
    key = {"id": path.rsplit("/", 1)[1]} if path != page.path else {}
    found = await told(person, print_ast(query), **key)
    for name in way:
        found = found[name]
    return len(found) if isinstance(found, list) else found["totalCount"]


def test_no_page_forgets_its_list() -> None:
    for page in PAGES:
        query = checked_operations(page.name, build_schema()).query
        table = "<table" in (PROJECT / "api" / "templates" / f"{page.name}.html").read_text(encoding="utf-8")
        if table or (query and "after: $after" in print_ast(query)):
            assert (page.name in EXPORTED) != (page.name in NOT_TAKEN), page.name
    assert EXPORTED.keys() | NOT_TAKEN.keys() <= {page.name for page in PAGES}


async def test_every_list_has_its_links_and_all_its_rows_and_columns(db: FreshDatabase, clock: Clock) -> None:
    await fill()
    people = {role: await builders.person(role) for role in (Role.LEGAL_HEAD, Role.ADMIN)}
    await SheetImport.all().update(created_by=people[Role.LEGAL_HEAD])  # everybody sees her or his own
    for page in LISTS:
        person, path = people[opener(page)], await address(page)
        rows = await csv_rows(person, path)
        sheet, about = await xlsx_sheets(person, path)
        assert len(rows) == len(sheet) == int(about["Registros"]) == await count_on_page(page, person) > 0, page.name
        labels = [column.label for column in EXPORTED[page.name].columns]
        assert list(rows[0]) == list(sheet[0]) == labels
        assert about["Para"] == f"{person.name} (Jefatura de Asesoría Jurídica)" or person.role == Role.ADMIN
        filled = list(rows)
        if page.name in ELSEWHERE:
            filled += await csv_rows(person, f"{path}?{ELSEWHERE[page.name]}")
        assert [label for label in labels if not any(row[label] for row in filled)] == [], page.name
        shown = (await request(person, "GET", f"{path}?filter.search=&hecho=X")).text
        for ending in ("xlsx", "csv"):
            assert shown.count(f'href="{path}.{ending}?filter.search="') == 1, page.name
        said = "\n".join(str(cell) for row in sheet for cell in row.values())
        assert not re.search(RAW, said.replace("DE_LICENCIA", "")), page.name
    assert not exports._busy


async def test_cells_are_dates_amounts_and_numbers(db: FreshDatabase, clock: Clock) -> None:
    await fill()
    person = await builders.person(Role.LEGAL_HEAD)
    [lease] = [
        row for row in (await xlsx_sheets(person, "/arrendamientos"))[0] if row["Renta mensual"] and row["Meses"]
    ]
    assert (lease["Hasta"], lease["Renta mensual"], lease["Meses"]) == (date(2026, 3, 31), 3500.0, 12)
    assert (lease["Forma"], lease["Para quién"]) == ("Contrato", "Centro Ñandú")
    [plain] = [row for row in await csv_rows(person, "/arrendamientos") if row["Meses"]]
    assert (plain["Hasta"], plain["Renta mensual"]) == ("2026-03-31", "3500.00")
    [notice] = [row for row in (await xlsx_sheets(person, "/avisos"))[0] if row["Enviado"]]
    assert isinstance(notice["Enviado"], datetime)
    assert notice["Enviado"].tzinfo is None


async def test_filters_are_the_pages_own_and_are_written_down(db: FreshDatabase, clock: Clock) -> None:
    await fill()
    await builders.convention(at=MIXCO, title="Otro", search="otro mixco", ends_on=date(2030, 1, 1))
    person = await builders.person(Role.LEGAL_HEAD)
    found, about = await xlsx_sheets(person, "/convenios?filter.search=mixco&filter.standing=IN_FORCE")
    assert [row["Objeto"] for row in found] == ["Otro"]
    assert about["Filtro: Situación en la fecha"] == "Vigente"
    assert about["Filtro: Palabras; sin importar tildes ni mayúsculas"] == "mixco"
    # A filter that a page begins with counts here too, and is said.
    first, about = await xlsx_sheets(person, "/compromisos")
    assert [row["Compromiso"] for row in first] == ["Alimentos"]
    assert about["Filtro: Si todavía se deben"] == "Sí"
    assert len(await csv_rows(person, "/vencimientos?withinDays=1")) < len(await csv_rows(person, "/vencimientos"))
    lawyer = await User.get(name="Ana Lucía Ordóñez")
    mine, about = await xlsx_sheets(person, f"/expedientes?filter.assigneeId={global_id('Person', lawyer.id)}")
    assert {row["A cargo"] for row in mine} == {"Ana Lucía Ordóñez"}
    assert about["Filtro: Abogado o abogada"] == "Ana Lucía Ordóñez"
    assert (await csv_rows(person, "/convenios?after=dañado"))[0], "a page's mark is no filter of the whole list"
    for wrong in (
        "/convenios.csv?filter.standing=NADA",
        "/licencias.xlsx?filter.stage=1",
        "/vencimientos.csv?withinDays=x",
    ):
        assert (await request(person, "GET", wrong)).status_code == 400, wrong


async def test_a_town_takes_away_its_own_and_nothing_of_another(ours: Town, theirs: Town) -> None:  # noqa: F811
    words = {
        theirs.convention.number,
        theirs.renewal.number,
        theirs.review.code,
        theirs.center.code,
        theirs.mayor.email,
    }
    words |= {theirs.paper.number, theirs.lease.number, theirs.license.number, "Mixco", ours.lease.number}
    for page in LISTS:
        path = page.path.replace("{id}", global_id("Batch", 1))
        for ending in ("csv", "xlsx"):
            answer = await request(ours.mayor, "GET", f"{path}.{ending}")
            if page.roles is not None and Role.MUNICIPAL not in page.roles:
                assert answer.status_code == 403, page.path
                continue
            assert answer.status_code == 200, page.path
            text = answer.content.decode("utf-8-sig") if ending == "csv" else str(read_book(answer.content))
            assert [word for word in words if word in text] == [], page.path
        if answer.status_code == 200:
            assert len(await csv_rows(ours.mayor, path)) == await count_on_page(page, ours.mayor), page.path
        assert (await request(None, "GET", f"{path}.csv")).headers["location"] == f"/ingresar?next={path}"
    assert {row["Número"] for row in await csv_rows(ours.mayor, "/convenios")} == {
        ours.convention.number,
        ours.renewal.number,
    }


async def test_court_lists_are_for_the_legal_office_and_audit_alone(db: FreshDatabase, clock: Clock) -> None:
    file = await builders.court_file(claimants="Ixmucané Zacarías")
    await court.court_date(file, title="Despido de Ixmucané")
    await court.notice(file, summary="Despido de Ixmucané")
    await builders.paper(court_file=file, subject="Despido de Ixmucané")
    for role in Role:
        if role == Role.SYSTEM:
            continue
        person, reads = await builders.person(role), role in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR)
        for page in LISTS:
            answer = await request(person, "GET", f"{page.path.replace('{id}', global_id('Batch', 1))}.csv")
            if page.name.startswith("court_"):
                assert (answer.status_code, "Ixmucané" in answer.text) == ((200, True) if reads else (403, False)), role
            elif answer.status_code == 200 and not reads:
                assert "Ixmucané" not in answer.text, (role, page.name)


@pytest.mark.both_databases
async def test_a_long_list_is_whole_and_in_order(db: FreshDatabase, clock: Clock) -> None:
    await builders.municipality()
    many = [
        Convention(
            number=f"CONV-2020-{number:04d}", program="MAD", municipality_id=CHAMELCO, stage="SIGNED",
            starts_on=date(2025, 1, 1), ends_on=date(2026, 4, 1 + number % 28), title=f"Convenio {number}",
        )
        for number in range(650)
    ]  # fmt: skip
    await Convention.bulk_create(many)
    person = await builders.person(Role.AUDITOR)
    rows = await csv_rows(person, "/convenios")
    assert len({row["Número"] for row in rows}) == len(rows) == 650
    assert [row["Hasta"] for row in rows] == sorted(row["Hasta"] for row in rows)
    assert [row["Número"] for row in (await xlsx_sheets(person, "/convenios"))[0]] == [row["Número"] for row in rows]


async def test_one_at_a_time_for_each_person(db: FreshDatabase, clock: Clock) -> None:
    await builders.convention()
    one, other = [await builders.person(Role.AUDITOR) for _ in range(2)]
    for person in (one, other):
        await request(person, "GET", "/convenios.csv")  # so that both have their keys
    answers = await asyncio.gather(*(request(p, "GET", "/convenios.xlsx") for p in (one, one, other)))
    assert sorted(answer.status_code for answer in answers[:2]) == [200, 429]
    assert answers[2].status_code == 200
    [late] = [answer for answer in answers if answer.status_code == 429]
    assert "Espere a que termine" in late.text
    assert (await request(one, "GET", "/convenios.xlsx")).status_code == 200


# The files -----------------------------------------------------------------------------------------------------------

HOSTILE = [
    "=1+1", "+502 5555", "-1", "@SUM(A1)", "'=1", "''", "\tx", "\rx", "\nx", "{=1}", "=HYPERLINK(\"http://x\")",
    "a\r\nb", "<b>&amp;]]>", "Ñandú «n\u0303»", "0012", "1e5", "https://x.example/?a=b", "mailto:a@b.c", "😀" * 5,
    ";,\"'", " x ", "x" * 300, "_x0041_", "\x0b\x01 control",
]  # fmt: skip


def written(kind: type[CsvList] | type[XlsxList], path: Path, rows: list[tuple[object, ...]]) -> bytes:
    """Return a list of two columns as a file."""
    headings = [Heading("Uno"), Heading("=Dos")]
    file: ListFile = CsvList(path, headings) if kind is CsvList else XlsxList(path, headings, name="Lista")
    file.add(rows)  # type: ignore[arg-type]
    file.close(About("Prueba", [("Registros", str(len(rows)))]))
    return path.read_bytes()


def test_any_text_stays_the_text_it_was(tmp_path: Path) -> None:
    book = written(XlsxList, tmp_path / "a.xlsx", [(text, None) for text in HOSTILE])
    sheets = zipfile.ZipFile(io.BytesIO(book))
    assert not [name for name in sheets.namelist() if b"<f>" in sheets.read(name) or b"<hyperlink" in sheets.read(name)]
    shown = [row["Uno"] for row in read_book(book)[0]]
    # Every line break is one in a cell; a sign that XML has no place for is written as Excel writes it.
    assert [str(text).replace("_x000B_", "\x0b").replace("_x0001_", "\x01").replace("_x005F_", "_").replace("\r", "\n")
            for text in shown] == [text.replace("\r", "\n") for text in HOSTILE]  # fmt: skip
    lines = written(CsvList, tmp_path / "a.csv", [(text, None) for text in HOSTILE]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(lines, newline=""))][1:]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert [cell[1:] if cell.startswith("'") else cell for cell in cells] == HOSTILE


def test_amounts_days_and_hours_are_what_they_are(tmp_path: Path) -> None:
    row = (Decimal("-1500.50"), datetime(2026, 3, 2, 14, 5))
    [found] = read_book(written(XlsxList, tmp_path / "a.xlsx", [row]))[0]
    assert (found["Uno"], found["=Dos"]) == (-1500.5, datetime(2026, 3, 2, 14, 5))
    [hours] = read_book(written(XlsxList, tmp_path / "b.xlsx", [(time(9, 30), "x" * (LONGEST_TEXT + 5))]))[0]
    assert hours["Uno"] == time(9, 30)
    assert (len(hours["=Dos"]), hours["=Dos"][-1]) == (LONGEST_TEXT, "…")
    text = written(CsvList, tmp_path / "a.csv", [row]).decode("utf-8-sig")
    assert text == "Uno,=Dos\r\n-1500.50,2026-03-02 14:05\r\n"


def test_memory_stays_flat(tmp_path: Path) -> None:
    peaks = []
    for pages in (2, 12):
        file = XlsxList(tmp_path / f"{pages}.xlsx", [Heading(str(n)) for n in range(8)], name="Lista")
        tracemalloc.start()
        for page in range(pages):
            file.add([f"Texto {page} {row} {column}" for column in range(8)] for row in range(100))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        file.close(About("Prueba", []))
    assert peaks[1] < peaks[0] + 200_000
