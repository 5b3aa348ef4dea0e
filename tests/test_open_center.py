"""Opening centers, one by the API or many from a sheet: by the same rules, with the deed of the opening."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.centers import Center, CenterEvent, CenterEventKind, CenterState, TenureBasis
from models.imports import SheetKind
from models.people import Role, User
from models.permissions import ALLOWED
from models.places import ProgramCode
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, ask, done, forbidden, last_entry, once, refusal, refused, sent_up, told
from tests.sheets import brought, checked

OPEN = """mutation ($input: OpenCenterInput!) { openCenter(input: $input) {
    center { code name kind program state capacity settlement address municipality { code }
        events { kind happenedOn act reason file { sha256 } changes { what before after } } }
    errors { code message path } } }"""
GOOD = {"name": "CAD Aldea Chamil", "kind": "CAD", "municipalityCode": "San Juan Chamelco", "openedOn": "2025-06-16",
        "act": "Acuerdo Interno 12-2025"}  # fmt: skip
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture
async def director(db: FreshDatabase, clock: object) -> User:
    """The director of Mis Años Dorados, in an office that knows its places."""
    await builders.places()
    return await builders.person(Role.DIRECTOR)


@pytest.mark.both_databases
async def test_a_center_begins_with_the_deed_of_its_opening(director: User) -> None:
    file = await sent_up(director, "acuerdo.pdf")
    more = {
        "capacity": 40,
        "premises": "OWN_BUILDING",
        "settlement": " Aldea  Chamil ",
        "address": "Frente a la escuela",
        "fileId": file["id"],
    }

    made = (await once(director, OPEN, **GOOD | more | {"reason": "Lo pidió la aldea"}))["center"]

    assert made == {
        "code": "MAD-1610-01", "name": "CAD Aldea Chamil", "kind": "CAD", "program": "MAD", "state": "OPEN",
        "capacity": 40, "settlement": "Aldea Chamil", "address": "Frente a la escuela",
        "municipality": {"code": "1610"},
        "events": [{
            "kind": "OPENING", "happenedOn": "2025-06-16", "act": "Acuerdo Interno 12-2025",
            "reason": "Lo pidió la aldea", "file": {"sha256": file["sha256"]},
            "changes": [
                {"what": "Estado", "before": "", "after": "En funcionamiento"},
                {"what": "Capacidad", "before": "", "after": "40"},
                {"what": "Municipio", "before": "", "after": "San Juan Chamelco, Alta Verapaz"},
                {"what": "Zona, aldea o colonia", "before": "", "after": "Aldea Chamil"},
                {"what": "Dirección", "before": "", "after": "Frente a la escuela"},
                {"what": "Inmueble", "before": "", "after": "Inmueble propio"},
            ],
        }],
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.OPEN_CENTER, "Center")
    row = await Center.get()
    assert (row.state_since, row.search) == (
        date(2025, 6, 16),
        "mad-1610-01 cad aldea chamil san juan chamelco alta verapaz",
    )
    seen = "query ($on: Date) { centers(asOf: $on) { totalCount } }"
    for on, count in (("2025-06-15", 0), ("2025-06-16", 1)):
        assert (await told(director, seen, on=on))["centers"]["totalCount"] == count


async def test_codes_follow_one_another_and_are_nobody_else_s(director: User) -> None:
    await builders.center(code="MAD-1610-07")
    await builders.center(code="MAD-1610-X")
    await builders.center(code="MAD-0108-09", at=builders.MIXCO)
    codes = [(await done(director, OPEN, **GOOD))["center"]["code"] for _ in range(2)]
    assert codes == ["MAD-1610-08", "MAD-1610-09"]
    assert (await done(director, OPEN, **GOOD | {"code": " cad-nuevo.1 "}))["center"]["code"] == "CAD-NUEVO.1"
    for code, kind, words in [
        ("mad-1610-07", "CONFLICT", "Ese código ya es de otro centro."),
        ("CAD 7/8", "BAD_USER_INPUT", "Pruebe con CAD-7-8."),
        ("ÑANDÚ", "BAD_USER_INPUT", "Pruebe con NANDU."),
        ("/", "BAD_USER_INPUT", "letras sin tilde"),
        ("X" * 25, "BAD_USER_INPUT", "24 caracteres"),
    ]:
        said = await refusal(director, OPEN, **GOOD | {"code": code})
        assert (said.code, said.path) == (kind, "code")
        assert words in said.message


async def test_wrong_values_are_named_field_by_field(director: User) -> None:
    for more, path, words in [
        ({"name": " "}, "name", "Escriba el nombre"),
        ({"name": "x" * 121}, "name", "120 caracteres"),
        ({"municipalityCode": " "}, "municipalityCode", "Escriba el municipio"),
        ({"municipalityCode": "Chamelko"}, "municipalityCode", "No se conoce"),
        ({"openedOn": "2026-03-03"}, "openedOn", "a hoy, 02/03/2026"),
        ({"openedOn": "1984-12-31"}, "openedOn", "del 01/01/1985"),
        ({"openedOn": "9999-12-31"}, "openedOn", "a hoy"),
        ({"act": ""}, "act", "Escriba el acto"),
        ({"capacity": 10**9}, "capacity", "de 1 a 2,000 personas"),
        ({"capacity": -1}, "capacity", "de 1 a 2,000 personas"),
        ({"address": "x" * 201}, "address", "200 caracteres"),
        ({"premises": "CONVENTION"}, "premises", "se registran aparte"),
        ({"kind": "CADI"}, "kind", "Esa clase de centro es de otro programa. De su programa son: CAD y CAP."),
    ]:
        said = await refusal(director, OPEN, **GOOD | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), said
        assert words in said.message
    several = await refused(director, OPEN, **GOOD | {"name": "", "act": "", "capacity": 0, "openedOn": "2027-01-01"})
    assert [one.path for one in several] == ["name", "act", "capacity", "openedOn"]


async def test_any_text_is_kept_as_typed(director: User) -> None:
    for text in HOSTILE:
        made = await done(director, OPEN, **GOOD | {"name": text, "address": text, "act": text, "reason": text})
        (event,) = made["center"]["events"]
        assert (made["center"]["name"], made["center"]["address"], event["act"], event["reason"]) == (text,) * 4


async def test_each_program_opens_its_own_and_only_keepers_do(director: User, monkeypatch: pytest.MonkeyPatch) -> None:
    of_hc = await builders.person(Role.DIRECTOR, program=ProgramCode.HC)
    assert (await done(of_hc, OPEN, **GOOD | {"kind": "CADI"}))["center"]["program"] == "HC"
    lawyer = await builders.person(Role.LEGAL)
    assert (await done(lawyer, OPEN, **GOOD | {"kind": "HOGAR_COMUNITARIO"}))["center"]["code"] == "HC-1610-02"
    await forbidden(await builders.person(Role.DIRECTOR, program=None), OPEN, **GOOD)
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        await forbidden(await builders.person(role), OPEN, **GOOD)
    # Were municipalities keepers: none of them makes a center in another one.
    monkeypatch.setitem(ALLOWED, Verb.OPEN_CENTER, ALLOWED[Verb.OPEN_CENTER] | {Role.MUNICIPAL})
    mayor = await builders.person(Role.MUNICIPAL)
    await forbidden(mayor, OPEN, **GOOD | {"municipalityCode": builders.MIXCO})
    await done(mayor, OPEN, **GOOD)


@pytest.mark.both_databases
async def test_two_at_once_get_two_codes_and_one_code_goes_to_one(director: User) -> None:
    answers = await asyncio.gather(*(ask(director, OPEN, input=GOOD) for _ in range(3)))
    codes = sorted(a["data"]["openCenter"]["center"]["code"] for a in answers)
    assert codes == ["MAD-1610-01", "MAD-1610-02", "MAD-1610-03"]
    answers = await asyncio.gather(*(ask(director, OPEN, input=GOOD | {"code": "UNO"}) for _ in range(3)))
    told_codes = [one["code"] for a in answers for one in a["data"]["openCenter"]["errors"]]
    assert told_codes == ["CONFLICT"] * 2
    assert await CenterEvent.all().count() == 4


@pytest.mark.both_databases
async def test_a_sheet_leaves_the_deeds_of_which_it_gives_the_day(director: User) -> None:
    row: dict[str, Any] = {"name": "CAD", "kind": "CAD", "municipality": "1610"}
    shown = await brought(
        director, SheetKind.CENTERS,
        row | {"code": "A", "opened": "16/06/2020", "act": "Acuerdo 12-2020", "capacity": 40},
        row | {"code": "B", "premises": "propio"},
        row | {"code": "C", "since": "24/01/2025"},
        row | {"code": "D", "state": "Cerrado", "since": "31/12/2024", "opened": "01/02/2019"},
        row | {"code": "E", "state": "Suspendido", "since": "01/03/2025"},
        row | {"code": "F", "state": "Cerrado"},
    )  # fmt: skip

    assert shown["state"] == "DONE"
    deeds = await CenterEvent.all().order_by("id").values_list("center__code", "kind", "happened_on", "act")
    sheet = "Importado de «hoja.xlsx», fila {} ({})"
    mark = shown["file"]["sha256"][:16]
    assert deeds == [
        ("A", CenterEventKind.OPENING, date(2020, 6, 16), "Acuerdo 12-2020"),
        ("D", CenterEventKind.OPENING, date(2019, 2, 1), sheet.format(5, mark)),
        ("D", CenterEventKind.CLOSING, date(2024, 12, 31), sheet.format(5, mark)),
        ("E", CenterEventKind.SUSPENSION, date(2025, 3, 1), sheet.format(6, mark)),
    ]
    since = dict(await Center.all().values_list("code", "state_since"))
    assert (await Center.get(code="B")).premises == TenureBasis.OWN_BUILDING
    assert (since["A"], since["B"], since["C"]) == (date(2020, 6, 16), None, date(2025, 1, 24))
    listed = "query ($on: Date) { centers(asOf: $on) { nodes { code state } } }"
    for on, states in [
        ("2019-01-31", {"B": "OPEN", "C": "OPEN", "E": "OPEN", "F": "CLOSED"}),
        ("2024-12-30", {"A": "OPEN", "B": "OPEN", "C": "OPEN", "D": "OPEN", "E": "OPEN", "F": "CLOSED"}),
        ("2025-03-01", {"A": "OPEN", "B": "OPEN", "C": "OPEN", "D": "CLOSED", "E": "SUSPENDED", "F": "CLOSED"}),
    ]:
        nodes = (await told(director, listed, on=on))["centers"]["nodes"]
        assert {node["code"]: node["state"] for node in nodes} == states, on
    assert (await Center.get(code="E")).state == CenterState.SUSPENDED


async def test_a_sheet_s_opening_comes_before_what_followed(director: User) -> None:
    row = {"code": "A", "name": "CAD", "kind": "CAD", "municipality": "1610", "since": "01/02/2025"}
    for opened, reason in [
        ("02/02/2025", "Es posterior al día desde el que está así, 01/02/2025."),
        ("31/12/1984", "La fecha va desde el 01/01/1985 hasta el 02/03/2026."),
        ("03/03/2026", "La fecha va desde el 01/01/1985 hasta el 02/03/2026."),
    ]:
        shown = await checked(director, SheetKind.CENTERS, row | {"opened": opened})
        assert [(one["column"], one["reason"]) for one in shown["problems"]] == [("Apertura", reason)]
