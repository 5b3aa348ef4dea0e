"""Hostile questions and texts at the real door: each has its answer, none is a crash, none leaves anything."""

import base64
import html
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from structlog.testing import capture_logs

from actions.people import create_token
from api.app import build_app
from api.endpoint import RESPONSE_JSON
from api.guard import MAX_BODY
from models.agreements import Convention
from models.people import Role, User
from models.reviews import LegalReview
from settings import settings
from tests import builders
from tests.browsing import FROM_HERE, enter, form
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, PDF, application, ask, everything, id_of, request, token_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VIEWER = "{ viewer { id } }"
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture
async def client(db: FreshDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """Speak with the application, nobody signed in."""
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
        yield client


@pytest.fixture
async def mayor(client: httpx.AsyncClient) -> User:
    """Sign a mayor in."""
    person = await builders.person(Role.MUNICIPAL)
    await builders.requirement()
    await enter(client, person)
    return person


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the one error of an answer for programs, which has a code and shows nothing of the house."""
    (error,) = answer.json()["errors"]
    assert "data" not in answer.json()
    assert error["extensions"]["code"]
    assert "Traceback" not in answer.text
    return dict(error)


# Requests ------------------------------------------------------------------------------------------------------------

RENEW = "mutation ($input: RequestRenewalInput!) { requestRenewal(input: $input) { errors { code path message } } }"
TRACK = "query ($code: String!) { trackFile(code: $code) { code } }"


def json_body(query: Any, **more: Any) -> bytes:
    return json.dumps({"query": query, **more}).encode()


def deep(levels: int) -> bytes:
    return b'{"query": "{ viewer { id } }", "variables": ' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


TWO = "query A { viewer { id } } query B { viewer { name } }"
BODIES: dict[str, bytes] = {
    "two operations without a name": json_body(TWO),
    "unknown operation": json_body(TWO, operationName="C"),
    "operation name as a number": json_body(VIEWER, operationName=5),
    "empty": b"",
    "broken": b'{"query": "{ viewer',
    "bad UTF-8": b'{"query": "query ($code: String!) { x }", "variables": {"code": "\xff\xfe"}}',
    "null": b"null",
    "text": b'"x"',
    "number": b"5",
    "100,000 brackets": b"[" * 100_000,
    "deep variables": deep(5000),
    "variables as text": json_body(TRACK, variables='{"code": "x"}'),
    "batch": b"[" + json_body(VIEWER) + b"]",
    "NaN": b'{"query": "{ viewer { id } }", "variables": {"a": NaN}}',
    "lone surrogate": b'{"query": "query ($code: String!) { x }", "variables": {"code": "\\ud800"}}',
    "NUL": b'{"query": "query ($code: String!) { x }", "variables": {"code": "a\\u0000"}}',
    "NUL in a literal": json_body('{ trackFile(code: "\\u0000") { code } }'),
    "surrogate in a literal": json_body('{ trackFile(code: "\\ud800") { code } }'),
    "1,500 braces": json_body("{ viewer " * 1500),
    "100,000 digits": b'{"query": "{ conventions(first: ' + b"9" * 100_000 + b') { totalCount } }"}',
}


async def test_a_malformed_question_is_400(mayor: User, client: httpx.AsyncClient) -> None:
    before = await everything()
    headers = {**FROM_HERE, "Content-Type": "application/json", "Accept": RESPONSE_JSON}
    for case, body in BODIES.items():
        answer = await client.post("/graphql", content=body, headers=headers)
        assert answer.status_code == 400, case
        assert problem(answer)["extensions"]["code"] != "INTERNAL", case
    assert await everything() == before


CHANGE = 'mutation { withdrawReview(input: {reviewId: "x", reason: "x"}) { errors { code } } }'
REQUESTS: list[tuple[int, dict[str, Any]]] = [
    (415, {"method": "POST", "data": {"query": VIEWER}}),
    (415, {"method": "POST", "content": VIEWER, "headers": {"Content-Type": "text/plain"}}),
    (415, {"method": "POST", "files": {"query": VIEWER}}),
    (405, {"method": "PUT", "json": {"query": VIEWER}}),
    (405, {"method": "DELETE"}),
    (405, {"method": "GET", "params": {"query": CHANGE}}),
    (406, {"method": "POST", "json": {"query": VIEWER}, "headers": {"Accept": "image/png"}}),
    (413, {"method": "POST", "content": bytes(MAX_BODY + 1), "headers": {"Content-Type": "application/json"}}),
]


async def test_the_door_takes_json_by_post_and_questions_by_get(mayor: User, client: httpx.AsyncClient) -> None:
    before = await everything()
    for status, sent in REQUESTS:
        headers = {"Accept": RESPONSE_JSON, **FROM_HERE, **sent.get("headers", {})}
        answer = await client.request(url="/graphql", **sent | {"headers": headers})
        assert answer.status_code == status, sent
        problem(answer)
        if status == 405:
            assert "POST" in answer.headers["allow"], sent
    assert await everything() == before


async def test_a_large_body_in_pieces_is_cut_off(mayor: User, client: httpx.AsyncClient) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b" " * 10_000

    with capture_logs() as lines:
        for path, kind in (("/graphql", {"Content-Type": "application/json"}), ("/ingresar", FORM)):
            answer = await client.post(path, content=pieces(), headers=FROM_HERE | kind)
            assert answer.status_code == 413, path
    assert not {line["event"] for line in lines} & {"incident", "fault"}, "a refused body is none"


# Queries -------------------------------------------------------------------------------------------------------------


def bomb() -> str:
    chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(25))
    return "{ ...F0 }" + chain + " fragment F25 on Query { viewer { id } }"


TOO_MUCH = {
    "fragment bomb": (bomb(), "fields"),
    "101 aliases": ("{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(101)) + "}", "aliases"),
    "1,000 fields": ("{ viewer {" + " id" * 1000 + "} }", "fields"),
    "500 directives": ("{ viewer { id " + "@a " * 500 + "} }", "directives"),
    "depth": ('{ convention(number: "x") ' + "{ renews " * 30 + "{ id }" + "}" * 31, "depth"),
    "introspection": ("{" + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(15)) + "}", "root_fields"),
    "a page of 100,000 rows": ("{ conventions(first: 100000) { nodes { id } } }", "cost"),
}


async def test_what_asks_for_too_much_is_refused_before_it_costs(mayor: User, client: httpx.AsyncClient) -> None:
    await client.post("/graphql", json={"query": VIEWER}, headers=FROM_HERE)
    for case, (query, limit) in TOO_MUCH.items():
        spent = []
        for _ in range(3):
            began = time.process_time()
            answer = await client.post("/graphql", json={"query": query}, headers=FROM_HERE)
            spent.append(time.process_time() - began)
            error = problem(answer)
            assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX", case
            assert error["extensions"]["limit"] == limit, case
            assert error["message"].startswith("La consulta es demasiado compleja")
        assert min(spent) < (0.05 if case == "fragment bomb" else 0.1), case


async def test_a_cycle_of_fragments_is_a_validation_error(mayor: User, client: httpx.AsyncClient) -> None:
    query = "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { id ...A }"
    answer = await client.post("/graphql", json={"query": query}, headers=FROM_HERE)
    assert problem(answer)["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


MISSPELT = [
    "{ viewr { id } }",
    "{ conventions(frist: 1) { totalCount } }",
    "{ conventions(filter: {standing: [EXPIRNG]}) { totalCount } }",
    "{ viewer { ... on Viewr { id } } }",
    'mutation { requestRenewal(input: {conventionID: "x"}) { errors { code } } }',
    "query ($i: RequestRenewalInputs!) { viewer { id } }",
]


async def test_a_misspelt_name_gets_no_hint_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for query in MISSPELT:
        answer = await ask(lawyer, query)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
        assert "Did you mean" not in str(answer)

    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    transport = httpx.ASGITransport(app=build_app())
    async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
        headers = {"Authorization": f"Bearer {await create_token(actor=lawyer, owner=lawyer)}"}
        for query in MISSPELT:
            demo = await client.post("/graphql", json={"query": query}, headers=headers)
            assert "Did you mean" in demo.text, query


async def test_a_crash_shows_a_number_and_nothing_of_its_cause(
    mayor: User, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("contraseña «tamal» de la base en /var/lib")

    monkeypatch.setattr("schema.queries.convention_by_number", broken)
    with capture_logs() as lines:
        answer = await client.post(
            "/graphql", json={"query": '{ viewer { id } convention(number: "x") { id } }'}, headers=FROM_HERE
        )
        page = await client.get("/convenios/CONV-2025-0001")
    (error,) = answer.json()["errors"]
    number = error["extensions"]["incident"]
    assert answer.json()["data"]["viewer"], "the rest of the answer stands"
    assert error["message"] == f"Error interno. Informe este número: {number}"
    assert error["extensions"] == {"code": "INTERNAL", "incident": number}
    assert page.status_code == 500
    shown = re.search(r"Informe este número: (\w+)", page.text)
    assert shown
    assert [line["incident"] for line in lines if line["event"] == "incident"] == [number, shown[1]]
    for text in (answer.text, page.text):
        assert "tamal" not in text
        assert "RuntimeError" not in text
    assert "tamal" in str([line.get("exc_info") for line in lines])


WRONG_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"sessionDate": "2027-02-29"}, "«sessionDate» no es válido: escriba una fecha que exista, como 2026-03-31."),
    ({"sessionDate": 5}, "«sessionDate» no es válido: escriba una fecha que exista, como 2026-03-31."),
    ({"sessionDate": None}, "«sessionDate» no es válido: hace falta."),
    ({"votesFor": 1.5}, "«votesFor» no es válido: debe ser un número entero."),
    ({"votesFor": 2**40}, "«votesFor» no es válido: el número es demasiado grande."),
    ({"actNumber": 5}, "«actNumber» no es válido: debe ser un texto."),
    ({"conventionId": 1.5}, "«conventionId» no es válido: debe ser un identificador."),
    ({"nada": 1}, "«i» no es válido: no existe el dato «nada»."),
]


async def test_a_value_of_another_type_is_named_field_by_field(mayor: User) -> None:
    query = "mutation ($i: RecordCouncilMinuteInput!) { recordCouncilMinute(input: $i) { errors { code } } }"
    right: dict[str, Any] = {"conventionId": "x", "actNumber": "1", "pointNumber": "2", "sessionDate": "2026-02-28"}
    assert "errors" not in await ask(mayor, query, i=right)
    cases = [([told], right | wrong) for wrong, told in WRONG_VALUES]
    cases += [([told for _, told in WRONG_VALUES[:4:3]], right | WRONG_VALUES[0][0] | WRONG_VALUES[3][0])]
    cases += [([f"«i» no es válido: falta el dato «{name}»." for name in right], {})]
    for told, sent in cases:
        answer = await ask(mayor, query, i=sent)
        assert [error["message"] for error in answer["errors"]] == [f"El valor de {one}" for one in told]
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    query = (
        "query ($s: [Standing!], $w: Boolean) { conventions(filter: {standing: $s, withoutCenter: $w}) { totalCount } }"
    )
    answer = await ask(mayor, query, s=["X", 5], w="no")
    assert [error["message"] for error in answer["errors"]] == [
        "El valor de «s[0]» no es válido: no es una de las opciones de Standing.",
        "El valor de «s[1]» no es válido: no es una de las opciones de Standing.",
        "El valor de «w» no es válido: debe ser verdadero o falso.",
    ]
    answer = await ask(mayor, '{ renewalsDue(asOf: "2027-02-29") { totalCount } }')
    (error,) = answer["errors"]
    assert error["message"] == "Un valor no es válido: escriba una fecha que exista, como 2026-03-31."


# What is looked for --------------------------------------------------------------------------------------------------

LOOKED_FOR = [
    "' OR 1=1--",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "%",
    "_",
    "\\",
    "x" * 50_000,
    "ß" * 300,
    "a " * 20_000,
]


@pytest.mark.both_databases
async def test_whatever_is_looked_for_is_only_not_found(client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    center = await builders.center(search="centro")
    await builders.convention(centers=[center], search="convenio")
    await builders.review(search="expediente")
    one = "query ($t: String!) { %s(%s: $t) { __typename } }"
    many = "query ($t: String!) { %s(filter: {%s: $t}) { totalCount } }"
    asked = [one % names for names in (("convention", "number"), ("legalReview", "code"), ("center", "code"))]
    asked += [one % names for names in (("trackFile", "code"), ("verifyDocument", "code"))]
    asked += [
        many % (name, key) for name in ("conventions", "centers") for key in ("municipalityCode", "departmentCode")
    ]
    asked += [many % ("legalReviews", "municipalityCode")]
    asked += [many % (name, "search") for name in ("conventions", "centers", "legalReviews")]
    for text in LOOKED_FOR:
        for query in asked:
            answer = await ask(lawyer, query, t=text)
            if "Code: $t" in query and "errors" in answer:  # a place that does not exist may be told
                assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
                continue
            assert "errors" not in answer, (query, text[:40], answer)
            (found,) = answer["data"].values()
            assert not found or found == {"totalCount": 0}, (query, text[:40])
    answer = await ask(lawyer, many % ("conventions", "search"), t="CONVÉNIO   " + "convenio " * 50)
    assert answer["data"] == {"conventions": {"totalCount": 1}}


@pytest.mark.both_databases
async def test_a_list_of_choices_costs_what_its_kinds_cost(client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.convention()
    query = "query ($s: [Standing!]) { conventions(filter: {standing: $s}) { totalCount } }"
    await ask(lawyer, query, s=["EXPIRING"])
    began = time.process_time()
    answer = await ask(lawyer, query, s=["EXPIRING", "IN_FORCE"] * 8000)
    assert time.process_time() - began < 1
    assert answer["data"] == {"conventions": {"totalCount": 1}}


@pytest.mark.both_databases
async def test_addresses_hold_no_character_that_no_record_holds(client: httpx.AsyncClient) -> None:
    await enter(client, await builders.person(Role.LEGAL))
    for path in ("/convenios/%00", "/centros?filter.search=a%00b", "/verificar?code=%00", "/seguimiento/%00", "/%00",
                 "/convenios?after=%00", "/static/%00", "/ingresar?next=/%00"):  # fmt: skip
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.text) == (400, "La dirección contiene un carácter que no se admite.\n"), path
    for path in ("/convenios?filter.search=%ED%A0%80", "/verificar/%ED%A0%80", f"/seguimiento/{'x' * 30_000}"):
        assert (await client.get(path)).status_code == 200, path
    for path in ("/convenios/%ED%A0%80", f"/centros/{'x' * 30_000}", f"/expedientes/{'x' * 30_000}/devolver"):
        assert (await client.get(path)).status_code == 404, path


async def test_ids_of_another_kind_or_none_find_nothing(client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    convention = await builders.convention()
    for given in ("", "x", "%%%", "x" * 50_000, id_of(convention, "Centro"), id_of(convention)[:-1] + "%"):
        assert await ask(lawyer, "query ($id: ID!) { node(id: $id) { id } }", id=given) == {
            "data": {"node": None}, "extensions": {"cost": 2},
        }  # fmt: skip
        filtered = "query ($id: ID!) { legalReviews(filter: {assigneeId: $id}) { totalCount } }"
        answer = await ask(lawyer, filtered, id=given)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], given[:40]


async def test_a_file_by_any_other_name_is_not_found(client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for key in ("0", "-1", "²", "1e3", "999999999", "9" * 20, "9" * 5000, "1 OR 1=1", "x"):
        answer = await request(lawyer, "GET", f"/files/{quote(key)}")
        assert answer.status_code == 404, key[:20]
        assert problem(answer)["message"] == "No se encontró el archivo."


# Forms ---------------------------------------------------------------------------------------------------------------


async def renewal(client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """Return the address of a convention's renewal form and what the form holds."""
    convention = await builders.convention()
    path = f"/convenios/{convention.number}/renovar"
    return path, form(await client.get(path), "RequestRenewal").values


def in_parts(values: dict[str, str], *more: bytes, charset: str = "utf-8") -> dict[str, Any]:
    """Return a form as multipart/form-data, with parts of one's own."""
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = [head % (name.encode(), value.encode()) for name, value in values.items()]
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    return {"content": b"".join([*parts, *more, b"--x--\r\n"]), "headers": {**FROM_HERE, "Content-Type": kind}}


def note(text: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n%s\r\n' % text


async def test_a_form_holds_no_character_that_no_record_holds(mayor: User, client: httpx.AsyncClient) -> None:
    path, values = await renewal(client)
    before = await everything()
    for text in ("%00", "a%00b", "%ED%A0%80", "%FF", "%C0%80", "%EF%BF%BD"):
        for address, body in (
            (path, f"{urlencode(values | {'note': ''})}&note={text}"),
            (path, f"{urlencode(values)}&{text}=x"),
            ("/ingresar", f"email={text}&password=x"),
        ):
            answer = await client.post(address, content=body, headers=FROM_HERE | FORM)
            assert answer.status_code == 400, (address, text)
            assert "contiene un carácter que no se admite" in answer.text
    assert await everything() == before


async def test_a_charset_smuggles_no_half_character(mayor: User, client: httpx.AsyncClient) -> None:
    path, values = await renewal(client)
    before = await everything()
    values.pop("note", None)
    for charset, text in (("unicode_escape", b"\\ud800"), ("utf-7", b"+2AA-"), ("unicode_escape", b"\\0")):
        for address in (path, "/ingresar"):
            answer = await client.post(address, **in_parts(values, note(text), charset=charset))
            assert answer.status_code == 400, (charset, address)
    assert await everything() == before


def too_many(values: dict[str, str]) -> dict[str, Any]:
    return {"data": values | {f"x{n}": "1" for n in range(600)}}


def too_many_files(values: dict[str, str]) -> dict[str, Any]:
    return {"data": values, "files": [(f"f{n}", ("a.pdf", PDF)) for n in range(21)]}


DAMAGED = {
    "600 more fields": (400, too_many),
    "21 files": (400, too_many_files),
    "300 KB": (413, lambda values: {"data": values | {"note": "a" * 300_000}}),
    "2 MB in parts": (400, lambda values: in_parts(values, note(b"a" * 2_000_000))),
    "13 MB in parts": (413, lambda values: in_parts(values, note(b"a" * 13_000_000))),
    "not the parts it says": (400, lambda values: {"content": urlencode(values), "headers": {
        "Content-Type": "multipart/form-data; boundary=x"}}),
    "no boundary": (400, lambda values: {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}),
    "plain text": (400, lambda values: {"content": urlencode(values), "headers": {"Content-Type": "text/plain"}}),
    "JSON": (400, lambda values: {"json": values}),
    "empty": (400, lambda values: {}),
    "operation as a file": (400, lambda values: {"data": {**values, "_operation": ""}, "files": {
        "_operation": ("RequestRenewal", b"x")}}),
    "operation of another page": (400, lambda values: {"data": {**values, "_operation": "IssueDictamen"}}),
    "note as a file": (422, lambda values: {"data": values, "files": {"note": ("a.pdf", PDF)}}),
    "file that nobody asked for": (422, lambda values: {"data": values, "files": {"other": ("a.pdf", PDF)}}),
    "id as a file": (422, lambda values: {"data": values, "files": [("conventionId", ("a.pdf", PDF))] * 2}),
    "term of 5,000 digits": (422, lambda values: {"data": values | {"termMonths": "9" * 5000}}),
}  # fmt: skip


async def test_a_damaged_form_does_nothing(mayor: User, client: httpx.AsyncClient) -> None:
    path, values = await renewal(client)
    before = await everything()
    for case, (status, make) in DAMAGED.items():
        sent = make(values)
        headers = {"Accept": "text/html", **FROM_HERE, **sent.pop("headers", {})}
        answer = await client.post(path, headers=headers, **sent)
        assert answer.status_code == status, case
        assert "Maximum" not in answer.text, case
        assert "Variable" not in answer.text, case
        assert status == 413 or 'lang="es-GT"' in answer.text, case
        assert await everything() == before, case


async def test_a_damaged_sign_in_is_said_in_spanish(client: httpx.AsyncClient) -> None:
    faulty: tuple[dict[str, Any], ...] = (
        {"data": {f"x{n}": "1" for n in range(11)}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": {"email": ("a.pdf", PDF)}},
    )
    for sent in faulty:
        headers = {**FROM_HERE, **sent.pop("headers", {})}
        answer = await client.post("/ingresar", headers=headers, **sent)
        assert answer.status_code == 400
        assert "El formulario llegó dañado." in answer.text


async def test_of_a_repeated_field_one_counts(mayor: User, client: httpx.AsyncClient) -> None:
    path, values = await renewal(client)
    other = await builders.convention(at=builders.MIXCO)
    repeated = f"{urlencode(values)}&conventionId={id_of(other)}"
    answer = await client.post(path, content=repeated, headers=FROM_HERE | FORM)
    assert answer.status_code == 422, "another municipality's convention is none, however it is named"
    assert await LegalReview.all().count() == 0
    repeated = f"_operation=IssueDictamen&conventionId={id_of(other)}&note=uno&{urlencode(values | {'note': 'dos'})}"
    answer = await client.post(path, content=repeated, headers=FROM_HERE | FORM)
    assert answer.status_code == 303
    (made,) = await Convention.filter(renews_id__isnull=False)
    assert (made.note, await Convention.all().count()) == ("dos", 3)


# Texts ---------------------------------------------------------------------------------------------------------------


async def test_any_text_is_shown_as_it_was_typed(mayor: User, client: httpx.AsyncClient) -> None:
    text = " ".join(HOSTILE)
    convention = await builders.convention()
    sent = {"conventionId": id_of(convention), "note": text}
    await ask(mayor, RENEW, input=sent)
    made = await Convention.get(renews_id=convention.id)
    review = await LegalReview.get(convention_id=made.id)
    assert made.note == text
    shown = str(html.escape(text, quote=False)).replace("'", "&#39;")
    await enter(client, await builders.person(Role.LEGAL))
    page = await client.get(f"/convenios/{made.number}")
    assert shown in page.text
    assert "<script>" not in page.text
    for path in (f"/convenios?filter.search={quote(text)}", f"/verificar?code={quote(text)}", "/centros?filter.search="
                 + quote(text), f"/seguimiento?code={quote(text)}", f"/expedientes/{review.code}?hecho={quote(text)}",
                 f"/convenios?filter.standing={quote(text)}", f"/nada/{quote(text)}"):  # fmt: skip
        page = await client.get(path)
        assert page.status_code in (200, 404, 422), path
        assert "<script>alert" not in page.text, path
    client.cookies.clear()
    typed = {"email": text, "password": "x", "next": f"/{text}"}
    page = await client.post("/ingresar", data=typed, headers=FROM_HERE)
    assert page.status_code == 422
    assert shown in page.text
    assert "<script>" not in page.text


async def test_a_cursor_of_anything_is_refused(mayor: User) -> None:
    await token_of(mayor)
    for after in ("x", "=", base64.b64encode(b"[1]").decode(), base64.b64encode(b'["ends_on","x",1]').decode()):
        answer = await ask(mayor, "query ($a: String) { conventions(after: $a) { totalCount } }", a=after)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], after
