"""Court files exist for the legal office and internal audit alone: every role by every door of the schema."""

from dataclasses import dataclass

import pytest
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type, is_required_argument

from actions.files import storage
from api.app import PAGES
from models.court import CourtDate, CourtFile, CourtNotice, CourtPaper
from models.papers import OfficialDocument, StoredFile
from models.people import Role, User
from models.permissions import ALLOWED, RESERVED
from schema.root import build_schema
from tests import builders, court
from tests.door import PDF, ask, contract, everything, id_of, request, sent_up, token_of, told

SCHEMA = build_schema()._schema
READERS = (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR)
OTHERS = tuple(role for role in Role if role not in (*READERS, Role.SYSTEM))
NAMES = ("Ixmucané", "Zacarías", "despido de Ixmucané")
KINDS = ("CourtFile", "CourtDate", "CourtNotice", "CourtPaper")
pytestmark = pytest.mark.usefixtures("db", "clock")


@dataclass
class Case:
    """A court file with everything that hangs on it."""

    file: CourtFile
    date: CourtDate
    notice: CourtNotice
    paper: CourtPaper
    issued: OfficialDocument
    kept: list[StoredFile]
    by: User


@pytest.fixture
async def case(db: object, clock: object) -> Case:
    by = await builders.person(Role.LEGAL)
    kept = []
    for text in ("memorial", "notificación", "oficio"):
        content = PDF + text.encode()
        storage().put(content)
        kept.append(await builders.stored_file(by, content, used=True))
    file = await builders.court_file(
        claimants="Ixmucané Zacarías", subject=NAMES[2], search="ixmucane zacarias despido"
    )
    dated = await court.court_date(file, title=NAMES[2])
    notice = await court.notice(file, summary=NAMES[2], file=kept[1], recorded_by=by, search="ixmucane")
    paper = await court.paper(file, title=NAMES[2], file=kept[0], recorded_by=by)
    issued = await builders.paper(court_file=file, file=kept[2], subject=NAMES[2], parties=[NAMES[0]], issued_by=by)
    return Case(file, dated, notice, paper, issued, kept, by)


def about_court(field: GraphQLField) -> bool:
    """Tell whether a field answers with something of a court file, through a list or a payload too."""
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType):
        return False
    if kind.name in KINDS:
        return True
    inside = [get_named_type(one.type) for one in kind.fields.values()]
    return any(getattr(one, "name", "") in KINDS for one in inside)


def root(kind: str) -> dict[str, GraphQLField]:
    """Return the fields of Query or Mutation that are about court files, by their name."""
    found = SCHEMA.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    return {name: field for name, field in found.fields.items() if "court" in name.lower()}


def question(name: str, field: GraphQLField, case: Case) -> str:
    """Return an operation that asks a root field about the case."""
    given = {"String": f'"{case.file.code}"', "ID": f'"{id_of(case.kept[0], "File")}"'}
    needed = {key: given[get_named_type(a.type).name] for key, a in field.args.items() if is_required_argument(a)}
    arguments = "(" + ", ".join(f"{key}: {value}" for key, value in needed.items()) + ")" if needed else ""
    many = "totalCount nodes { id }" if "first" in field.args else "__typename"
    return f"{{ {name}{arguments} {{ {many} }} }}"


def test_what_is_tried_is_all_there_is() -> None:
    for kind in ("Query", "Mutation"):
        found = SCHEMA.type_map[kind]
        assert isinstance(found, GraphQLObjectType)
        assert {name for name, field in found.fields.items() if about_court(field)} <= root(kind).keys()
    assert root("Query").keys() == {"courtFiles", "courtFile", "courtDates", "courtNotices"}
    assert court.inputs().keys() == root("Mutation").keys()
    assert len(root("Mutation")) == 7
    assert {model.__name__ for model in RESERVED} >= set(KINDS)


@pytest.mark.parametrize("role", OTHERS)
async def test_every_question_is_forbidden_to_others(role: Role, case: Case) -> None:
    person = await builders.person(role)
    for name, field in root("Query").items():
        answer = await ask(person, question(name, field, case))
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], name
        assert not any((answer.get("data") or {}).values()), name
        assert isinstance(field.type, GraphQLNonNull) == (answer.get("data") is None), name


@pytest.mark.parametrize("role", READERS)
async def test_every_question_is_answered_to_readers(role: Role, case: Case) -> None:
    person = case.by if role == Role.LEGAL else await builders.person(role)
    for name, field in root("Query").items():
        if "ID" in {get_named_type(one.type).name for one in field.args.values()}:
            continue  # the sheet that somebody sent is its sender's alone
        data = await told(person, question(name, field, case))
        assert data[name], name
        assert data[name].get("totalCount", 1) == 1, name


@pytest.mark.parametrize("role", [*OTHERS, Role.AUDITOR])
async def test_every_deed_is_forbidden_to_others(role: Role, case: Case) -> None:
    person = await builders.person(role)
    await token_of(person)
    before = await everything()
    for name, input in court.inputs(case.file).items():
        text = f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
            {name}(input: $input) {{ errors {{ code }} }} }}"""
        answer = await ask(person, text, input=input)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], name
    assert await everything() == before


NODE = """query ($id: ID!) { node(id: $id) { __typename id ... on CourtFile { claimants }
    ... on CourtDate { title } ... on CourtNotice { summary } ... on CourtPaper { title }
    ... on OfficialDocument { number } ... on File { filename } } }"""


@pytest.mark.parametrize("role", [*OTHERS, *READERS])
async def test_by_id_a_court_record_is_like_a_missing_one(role: Role, case: Case) -> None:
    person = await builders.person(role)
    rows = [id_of(case.file), id_of(case.date), id_of(case.notice), id_of(case.paper), id_of(case.issued)]
    rows += [id_of(file, "File") for file in case.kept]
    for key in rows:
        found = (await told(person, NODE, id=key))["node"]
        assert (found is not None) == (role in READERS), (role, key)


@pytest.mark.parametrize("role", [*OTHERS, *READERS])
async def test_files_of_a_court_file_are_downloaded_by_readers_and_their_sender(role: Role, case: Case) -> None:
    person = await builders.person(role)
    missing = await request(person, "GET", "/files/999999")
    for file in case.kept:
        answer = await request(person, "GET", f"/files/{file.id}")
        assert answer.status_code == (200 if role in READERS else 404), (role, file.filename)
        assert role in READERS or answer.content == missing.content
        assert (await request(case.by, "GET", f"/files/{file.id}")).status_code == 200
    # A scan on its way into a court file is nobody else's before it gets there.
    await sent_up(case.by)
    fresh = await StoredFile.filter(used=False).order_by("-id").first()
    assert fresh
    assert (await request(person, "GET", f"/files/{fresh.id}")).status_code == 404


async def test_who_sent_a_file_keeps_it_whatever_becomes_of_it(case: Case) -> None:
    await User.filter(id=case.by.id).update(role=Role.ADMIN)
    assert (await request(case.by, "GET", f"/files/{case.kept[0].id}")).status_code == 200


async def test_verification_names_no_party_and_no_subject(case: Case) -> None:
    verified = (await told(None, contract("verify-document"), code=case.issued.verification_code))["verifyDocument"]
    assert (verified["number"], verified["state"], verified["parties"]) == (case.issued.number, "VALID", [])
    page = await request(None, "GET", f"/verificar/{case.issued.verification_code}")
    tracked = await request(None, "GET", f"/seguimiento/{case.file.code}")
    for text in (str(verified), page.text, tracked.text):
        for name in NAMES:
            assert name not in text


@pytest.mark.parametrize("role", OTHERS)
async def test_no_list_or_search_of_others_finds_a_court_file(role: Role, case: Case) -> None:
    person = await builders.person(role)
    query = """query ($s: String) {
        legalReviews(filter: { search: $s }) { totalCount } conventions(filter: { search: $s }) { totalCount }
        centers(filter: { search: $s }) { totalCount } }"""
    for words in ("Ixmucané", case.file.code, case.file.court_number):
        data = await told(person, query, s=words)
        assert {one["totalCount"] for one in data.values()} == {0}
    review = await ask(person, "query ($c: String!) { legalReview(code: $c) { id } }", c=case.file.code)
    assert review["data"] == {"legalReview": None}


async def test_without_signing_in_nothing_answers(case: Case) -> None:
    for name, field in root("Query").items():
        answer = await ask(None, question(name, field, case))
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], name


@pytest.mark.parametrize("role", [*OTHERS, *READERS])
async def test_pages_open_for_readers_alone(role: Role, case: Case) -> None:
    person = await builders.person(role)
    for page in PAGES:
        if not page.path.startswith("/judiciales"):
            continue
        path = page.path.format(code=case.file.code, id=id_of(case.notice))
        answer = await request(person, "GET", path)
        assert answer.status_code in ((200, 403) if role == Role.AUDITOR else (200,) if role in READERS else (403, 303))
        if role not in READERS:
            for name in NAMES:
                assert name not in answer.text, (role, path)


async def test_the_deeds_of_the_office_are_the_offices_alone() -> None:
    for verb, roles in ALLOWED.items():
        if "COURT" in verb.value:
            assert roles == {Role.LEGAL, Role.LEGAL_HEAD}, verb
