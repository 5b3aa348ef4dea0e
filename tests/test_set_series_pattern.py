"""How numbers are written is data: set for a day to come, checked, and never touching a number that was given."""

from datetime import date

import pytest

from actions.catalogs import load_catalogs
from actions.papers import GroundInput, issue_dictamen
from models.audit import Verb
from models.papers import DocumentKind, OfficialDocument, Outcome, SeriesPattern
from models.people import Role, User
from models.reviews import ReviewStage
from tests import builders, stages
from tests.conftest import Clock
from tests.door import done, forbidden, last_entry, once, refusal, told

SET = """mutation ($input: SetSeriesPatternInput!) { setSeriesPattern(input: $input) {
    seriesPattern { kind unit pattern validFrom example } errors { code message path } } }"""
LIST = "{ seriesPatterns { kind pattern validFrom example } }"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def dictamen(lawyer: User) -> str:
    """Issue a dictamen and return its number."""
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    paper = await issue_dictamen(
        actor=lawyer, review_id=review.id, outcome=Outcome.FAVORABLE, background="a", analysis="b", conclusion="c",
        grounds=[GroundInput("n", "t")],
    )  # fmt: skip
    return paper.number


async def test_numbers_change_from_the_day_on_and_what_was_given_stays(clock: Clock) -> None:
    admin, lawyer = await builders.person(Role.ADMIN), await builders.person(Role.LEGAL)
    assert await dictamen(lawyer) == "DICTAMEN-AJ-1-2026"

    payload = await done(admin, SET, kind="DICTAMEN", pattern=" D.{unit}/{serial:04}-{year} ", validFrom="2026-03-03")

    assert payload["seriesPattern"] == {
        "kind": "DICTAMEN", "unit": "AJ", "pattern": "D.{unit}/{serial:04}-{year}", "validFrom": "2026-03-03",
        "example": "D.AJ/0172-2026",
    }  # fmt: skip
    assert (await last_entry()).verb == Verb.SET_SERIES_PATTERN
    assert await dictamen(lawyer) == "DICTAMEN-AJ-2-2026"
    clock.move_to(date(2026, 3, 3))
    assert await dictamen(lawyer) == "D.AJ/0003-2026"
    assert await OfficialDocument.filter(serial=1).values_list("number", flat=True) == ["DICTAMEN-AJ-1-2026"]


async def test_the_same_day_is_corrected_and_the_same_pattern_refused() -> None:
    admin = await builders.person(Role.ADMIN)
    await once(admin, SET, kind="OFICIO", pattern="OF-{serial}-{year}")
    await done(admin, SET, kind="OFICIO", pattern="OFI-{serial}-{year}")
    said = await refusal(admin, SET, kind="OFICIO", pattern="OFI-{serial}-{year}")
    assert said.code == "NOT_ALLOWED_NOW"
    assert await SeriesPattern.all().values_list("pattern", "valid_from") == [("OFI-{serial}-{year}", date(2026, 3, 2))]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "Escriba el patrón"),
        ("x" * 81, "80 caracteres"),
        ("OF-{serial}", "una vez {year}"),
        ("OF-{year}", "una vez {serial}"),
        ("OF-{serial}-{serial}-{year}", "una vez {serial}"),
        ("OF-{serial}{year}", "guion o una barra"),
        ("{year}{serial:04}", "guion o una barra"),
        ("OF-{serial}-{year}-{kind.__class__}", "van solo"),
        ("OF-{serial}-{year}-{0}", "van solo"),
        ("OF-{serial}-{year}-{}", "van solo"),
        ("OF-{serial-{year}", "no están en pares"),
        ("OF-{serial}-{year}}", "no están en pares"),
        ("OF-{serial}-{year}-{{x}}", "letras, espacios"),
        ("OF1{serial}-{year}", "letras, espacios"),
        ("<b>{serial}-{year}", "letras, espacios"),
        ("OF-{serial:999999999}-{year}", "admite un ancho"),
        ("OF-{serial}-{year!r}", "admite un ancho"),
        ("OF-{serial}-{year:04}", "admite un ancho"),
        ("Documento de la Asesoría Jurídica de SOSEP {kind}-{unit}-{serial}-{year}", "60 caracteres"),
        ("PROVIDENCIA-AJ-{serial}-{year}", "de otra clase (PROVIDENCIA)"),
    ],
)
async def test_what_would_not_tell_numbers_apart_is_refused(pattern: str, words: str) -> None:
    said = await refusal(await builders.person(Role.ADMIN), SET, kind="OFICIO", pattern=pattern)
    assert (said.code, said.path) == ("BAD_USER_INPUT", "pattern")
    assert words in said.message


async def test_a_pattern_of_another_kind_is_taken_even_when_it_is_no_longer_used() -> None:
    admin = await builders.person(Role.ADMIN)
    await SeriesPattern.create(kind="OPINION", pattern="OP/{serial}/{year}", valid_from=date(2024, 1, 1))
    await SeriesPattern.create(kind="OPINION", pattern="OPI-{serial}-{year}", valid_from=date(2025, 1, 1))
    for pattern in ("OP/{serial}/{year}", "op/{serial:05}/{year}", "OPI-{year}-{serial}"):
        said = await refusal(admin, SET, kind="OFICIO", pattern=pattern)
        assert "(OPINION)" in said.message


async def test_no_day_that_is_over_and_none_too_far() -> None:
    admin = await builders.person(Role.ADMIN)
    for day in ("2026-03-01", "2027-03-04", "9999-12-31"):
        said = await refusal(admin, SET, kind="OFICIO", pattern="OF-{serial}-{year}", validFrom=day)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "validFrom")


async def test_only_administrators_set_patterns_and_the_office_reads_them() -> None:
    await SeriesPattern.create(kind="OFICIO", pattern="OF-{serial}-{year}", valid_from=date(2026, 1, 1))
    shown = {"kind": "OFICIO", "pattern": "OF-{serial}-{year}", "validFrom": "2026-01-01", "example": "OF-172-2026"}
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        if role != Role.ADMIN:
            await forbidden(person, SET, kind="OFICIO", pattern="OF-{serial}-{year}")
        local = role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR)
        assert (await told(person, LIST))["seriesPatterns"] == ([] if local else [shown])


async def test_the_catalog_gives_every_kind_its_own_numbers(clock: Clock) -> None:
    engine = await stages.engine()
    await load_catalogs(actor=engine)
    rows = await SeriesPattern.all()
    assert {row.kind for row in rows} == {kind.value for kind in DocumentKind}
    written = {row.pattern.format(kind=row.kind, unit=row.unit, serial=172, year=2024) for row in rows}
    assert len(written) == len(DocumentKind)
    assert {"DICTAMEN-AJ-172-2024", "CONTRATO-AJ-172-2024"} <= written
    assert not (await load_catalogs(actor=engine)).total
    # Each of them passes the check that an administrator's would.
    admin = await builders.person(Role.ADMIN)
    for row in rows:
        await done(admin, SET, kind=row.kind, pattern=row.pattern)
