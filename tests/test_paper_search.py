"""Searching inside issued papers: what meets what, the same on both databases, and never a word of another's papers."""

import random
import unicodedata
from typing import Any

import httpx
import pytest
from tortoise.connection import connections

from documents.searching import AROUND, MOST_WORDS, Sought, excerpt, sought
from documents.stems import LONGEST, spanish_stems, stem, words_in
from models.papers import DocumentKind, OfficialDocument
from models.people import Role
from models.places import ProgramCode
from models.renditions import PaperText
from models.reviews import ReviewStage
from reads.paper_words import PaperWords
from reads.papers import DocumentQuery, documents_within
from settings import PROJECT
from tests import builders, stages
from tests.browsing import enter
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, ask, told
from tests.test_issue_document import ISSUE, OFICIO

SEARCH = """query ($words: String, $filter: OfficialDocumentFilter, $first: Int! = 50, $after: String) {
    officialDocuments(text: $words, filter: $filter, first: $first, after: $after) {
        totalCount nodes { number excerpt(text: $words) { text found } } pageInfo { hasNextPage endCursor } } }"""
STRANGE = (
    "NEAR(", "NEAR(a b, 5)", '"', '""""', "*", "**", "^a", "stems:a", "{stems} : a", "-a", "a + b", "a OR b", "NOT",
    "AND", "a AND", "'", "';--", "a:*", "!a", "a & b", "a | !b", "<->", "a <2> b", "\\", "%", "_", "a%' OR 1=1 --", "(",
    ")", '" a', "a" * 5000, "a " * 5000, '"' + "a " * 5000 + '"', "ñ*", "²", "½", "ﬁn", "漢字", "🙂", "\t\n", " ", "",
    "'; DROP TABLE paper_texts; --", "$1", "$$", "?", ":a", "@a", *HOSTILE,
)  # fmt: skip


def bare(text: str) -> str:
    """Return a text as somebody types it who leaves out accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


async def paper_saying(text: str, **more: Any) -> OfficialDocument:
    """Return an issued paper with its words."""
    paper = await builders.paper(**more)
    await PaperText.create(document_id=paper.id, text=text, stems=spanish_stems(text))
    return paper


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "together",
    [
        "nómina nomina nóminas NÓMINAS", "aprobó aprobo aprobado aprobadas aprobaron aprobará aprobar",
        "niños niña niñas ninos", "comunicación comunicacion comunicaciones", "resolución resoluciones resolucion",
        "convenio convenios", "adenda adendas", "dictamen dictámenes dictamenes", "día días dias", "juez jueces",
        "municipalidad municipalidades municipal municipales", "tenía tenían tenia tener", "firmó firma firmarán",
        "remitirá remitirán remitir", "arrendamiento arrendamientos", "región regiones", "alcalde alcaldes",
        "vigencia vigencias", "secretaría secretarías", "origen orígenes", "orden órdenes", "maestro maestra maestras",
    ],
)  # fmt: skip
def test_forms_of_a_word_meet(together: str) -> None:
    assert len({stem(word) for word in words_in(together)}) == 1


def test_words_of_another_sense_stay_apart() -> None:
    assert len({stem(word) for word in words_in("convenio contrato dictamen nómina adenda firma licencia cien")}) == 8


def test_a_word_and_the_same_without_accents_have_one_stem_in_all_our_texts() -> None:
    words = {word for path in (PROJECT / "documents" / "texts").glob("*.md") for word in path.read_text().split()}
    assert len(words) > 1000
    assert [word for word in words if spanish_stems(word) != spanish_stems(bare(word))] == []


def test_what_indexes_hold_is_plain_ascii_and_of_bounded_words() -> None:
    for text in (*STRANGE, "n\u0303an\u0303o", "ÑANDÚ", "x" * 999, "ẞtraße", "İ", "Δέλτα"):
        for word in spanish_stems(text).split():
            assert word.isascii()
            assert word.isalnum()
            assert word == word.lower()
            assert len(word) <= LONGEST + 2
    assert spanish_stems("nin\u0303o") == spanish_stems("niño")
    assert spanish_stems("") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adendas aprobadas", Sought(("adend", "aprob"))),
        ('"Junta  Directiva" nómin*', Sought((), ("nomin",), (("junt", "direct"),))),
        ("DICTAMEN-AJ-45-2026", Sought((), (), (("dictam", "aj", "45", "2026"),))),
        ("DICTAMEN-AJ-4*", Sought(("dictam", "aj"), ("4",))),
        ('"sin cerrar', Sought(("sin", "cerr"))),
        ('"una"', Sought(("una",))),
        ("a a A á", Sought(("a",))),
        ("NEAR(a b, 5)", Sought(("b", "5"), (), (("near", "a"),))),
        (None, Sought()),
        ('" * "', Sought()),
    ],
)
def test_how_a_search_is_read(text: str | None, expected: Sought) -> None:
    assert sought(text) == expected


def test_of_an_endless_search_the_beginning_counts() -> None:
    assert len(sought("b " * 10 + " ".join(f"a{n}" for n in range(900))).words) == MOST_WORDS - 9
    assert sought("x" * 10**6).words == ("x" * LONGEST,)


# Excerpts ------------------------------------------------------------------------------------------------------------


def shown(text: str, search: str) -> str:
    """Return an excerpt with its finds in brackets."""
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in excerpt(text, sought(search)))


def test_an_excerpt_marks_what_was_found_as_it_is_written() -> None:
    text = "La Secretaría aprobó las Nóminas de la Junta Directiva; la junta no es directiva."
    assert (
        shown(text, "nomina") == "La Secretaría aprobó las [Nóminas] de la Junta Directiva; la junta no es directiva."
    )
    assert shown(text, '"junta directiva"').count("[") == 1
    assert "[Junta Directiva];" in shown(text, '"junta directiva"')
    assert shown(text, "direct* aprobar").count("[") == 3
    assert shown(text, "nada") == ""
    assert shown("", "nada") == ""
    assert shown("Sen\u0303ora", "señora") == "[Señora]"


def test_an_excerpt_is_a_short_piece_of_the_text_around_the_first_find() -> None:
    chance = random.Random(7)
    for _ in range(200):
        words = chance.choices(["la", "junta", "Directiva", "niños", "2026", "á", "x" * 150, "\n", "&<b>"], k=80)
        text = " ".join(words)
        pieces = excerpt(text, sought(chance.choice(["junta", '"la junta"', "niño 2026", "dir*", "a", "nadie"])))
        inner = "".join(piece.text for piece in pieces).removeprefix("…").removesuffix("…")
        assert inner in text
        assert len(inner) <= 2 * AROUND + 60
        assert not pieces or any(piece.found for piece in pieces)


# Both databases ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
async def test_every_search_finds_what_holds_all_of_it(db: FreshDatabase, clock: object) -> None:
    chance = random.Random(11)
    rare = ["nóminas", "niña", "1e5", "2e5x", "0x1f", "a1b2", "12", "2024", "1.5", "x@y.z", "http://a.b/c", "S.A.",
            "Δέλτα", "zq", "zqde", "or", "DICTAMEN-AJ-45-2026", "Q.35,000.00", "½", "12º", "x" * 3000]  # fmt: skip
    # «de» stands in it more often, and further in, than an index of PostgreSQL tells places for.
    texts = [
        "de la " * 9000 + "de oro la plata",
        *(" ".join(chance.choices([*rare, "de", "la"], k=12)) for _ in range(40)),
    ]
    papers = {(await paper_saying(text)).id: spanish_stems(text).split() for text in texts}

    def holds(words: list[str], wanted: Sought) -> bool:
        return (
            set(wanted.words) <= set(words)
            and all(any(word.startswith(one) for word in words) for one in wanted.marked)
            and all(f" {' '.join(phrase)} " in f" {' '.join(words)} " for phrase in wanted.phrases)
        )

    asked = [
        "de",
        "de la",
        '"de la"',
        '"la de"',
        '"de oro"',
        '"oro la plata"',
        '"plata de"',
        "d*",
        "12*",
        "nomin*",
        "zq*",
    ]
    asked += [f"{a} {b}" for a in rare for b in ("", "la")] + [
        f'"{chance.choice(texts[1:]).split()[3]} la"' for _ in range(20)
    ]
    actor = await builders.person(Role.LEGAL)
    for text in asked:
        wanted = sought(text)
        query = DocumentQuery(text=PaperWords(wanted.words, wanted.marked, wanted.phrases))
        found = await documents_within(actor, query).values_list("id", flat=True)
        assert set(found) == {key for key, words in papers.items() if not wanted or holds(words, wanted)}, text


@pytest.mark.both_databases
async def test_whatever_is_typed_is_no_error_and_no_way_round_the_reach(db: FreshDatabase, clock: object) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    paper = await paper_saying("a b x 5 1 1")
    for text in STRANGE:
        page = (await told(lawyer, SEARCH, words=text))["officialDocuments"]
        assert page["totalCount"] == len(page["nodes"]) <= 1
        assert (await told(mayor, SEARCH, words=text))["officialDocuments"]["totalCount"] == 0, text
    assert await PaperText.filter(document_id=paper.id).exists()
    with pytest.raises(ValueError, match="no word"):
        documents_within(lawyer, DocumentQuery(text=PaperWords(("a' OR",))))


@pytest.mark.both_databases
async def test_nobody_finds_a_word_of_a_paper_out_of_reach(db: FreshDatabase, clock: object) -> None:
    ours = await stages.file_in(ReviewStage.IN_ANALYSIS)
    theirs = await builders.review(await builders.convention(at=builders.MIXCO, program=ProgramCode.HC))
    court_file = await builders.court_file()
    papers = {
        "ours": await paper_saying("El convenio de Chamelco", review=ours),
        "theirs": await paper_saying("El convenio de Mixco", review=theirs),
        "court": await paper_saying("El convenio que se demanda", court_file=court_file),
    }
    for role, more, expected in [
        (Role.MUNICIPAL, {}, {"ours"}),
        (Role.MUNICIPAL, {"at": builders.MIXCO}, {"theirs"}),
        (Role.COORDINATOR, {}, {"ours"}),
        (Role.DIRECTOR, {"program": ProgramCode.HC}, {"theirs"}),
        (Role.ADMIN, {}, {"ours", "theirs"}),
        (Role.LEGAL, {}, set(papers)),
        (Role.AUDITOR, {}, set(papers)),
    ]:
        person = await builders.person(role, **more)
        for text, among in (("convenio", set(papers)), ("demanda", {"court"}), ("mixc*", {"theirs"})):
            page = (await told(person, SEARCH, words=text))["officialDocuments"]
            assert {node["number"] for node in page["nodes"]} == {papers[name].number for name in expected & among}
            assert page["totalCount"] == len(expected & among)
            assert all(any(part["found"] for part in node["excerpt"]) for node in page["nodes"])
    assert (await ask(None, SEARCH, words="convenio"))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.both_databases
async def test_a_found_list_keeps_its_order_its_pages_and_its_filters(db: FreshDatabase, clock: object) -> None:
    lawyer = await builders.person(Role.LEGAL)
    papers = [await paper_saying("nómina" if n % 2 else "adenda", kind=DocumentKind.OPINION) for n in range(9)]
    other = await paper_saying("nómina", kind=DocumentKind.OFICIO)
    after, seen = None, []
    while True:
        page = (await told(lawyer, SEARCH, words="nominas", first=2, after=after))["officialDocuments"]
        assert page["totalCount"] == 5
        seen += [node["number"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [*(paper.number for paper in papers[1::2]), other.number]
    narrowed = (await told(lawyer, SEARCH, words="nominas", filter={"kind": ["OFICIO"]}))["officialDocuments"]
    assert [node["number"] for node in narrowed["nodes"]] == [other.number]


@pytest.mark.both_databases
async def test_an_issued_paper_is_found_by_its_words(db: FreshDatabase, clock: object) -> None:
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    fields = OFICIO | {"body": "Se remite la nómina de niñas que asisten al CADI."}
    assert (await told(lawyer, ISSUE, input={"kind": "OFICIO", "fields": fields}))["issueDocument"]["errors"] == []
    for text in ("nominas", '"nomina de niña"', "cadi ordoñez", "remit*"):
        [node] = (await told(lawyer, SEARCH, words=text))["officialDocuments"]["nodes"]
        assert any(part["found"] for part in node["excerpt"]), text
    assert (await told(lawyer, SEARCH, words="arrendamiento"))["officialDocuments"]["nodes"] == []


@pytest.mark.both_databases
async def test_the_words_are_looked_up_in_their_index(db: FreshDatabase, clock: object) -> None:
    actor, by = await builders.person(Role.MUNICIPAL), await builders.person(Role.LEGAL)
    papers = [await builders.paper(issued_by=by) for _ in range(200)]
    await PaperText.bulk_create(
        PaperText(document_id=paper.id, text=f"uno dos{n}", stems=spanish_stems(f"uno dos{n} " + "relleno " * 300))
        for n, paper in enumerate(papers)
    )
    connection = connections.get("default")
    if db.dialect == "postgres":
        await connection.execute_script("ANALYZE paper_texts; ANALYZE official_documents")
    # The second is in every paper: that must not make a planner read and cut them all.
    for wanted in (PaperWords(("dos7",), (), (("uno", "dos7"),)), PaperWords(("uno",)), PaperWords((), ("zqun",))):
        rows = documents_within(actor, DocumentQuery(text=wanted)).order_by("-issued_on", "id").limit(26)
        rows._choose_db_if_not_chosen()
        rows._make_query()
        statement, values = rows.query.get_parameterized_sql()
        explain = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
        plan = await connection.execute_query_dict(explain + statement, values)
        lines = "\n".join(str(list(dict(line).values())[-1]) for line in plan)
        if db.dialect == "sqlite":
            assert "paper_words VIRTUAL TABLE INDEX" in lines, lines
            assert "SCAN paper_texts" not in lines, lines
        else:
            assert "Bitmap Index Scan on paper_words" in lines, lines
            assert "Seq Scan on paper_texts" not in lines, lines


# The page ------------------------------------------------------------------------------------------------------------


async def test_the_page_finds_shows_where_and_escapes(
    db: FreshDatabase, clock: object, app_client: httpx.AsyncClient
) -> None:
    await enter(app_client, await builders.person(Role.LEGAL))
    paper = await paper_saying("La nómina dice <script>alert(1)</script> & más.")
    other = await paper_saying("Una adenda.")
    page = (await app_client.get("/documentos", params={"text": "nominas script"})).text
    assert "Buscar dentro de los documentos" in page
    assert 'value="nominas script"' in page
    assert "La <mark>nómina</mark> dice &lt;<mark>script</mark>&gt;alert(1)" in page
    assert "<script>" not in page
    assert paper.number in page
    assert other.number not in page
    for text in STRANGE:
        if "\0" not in text and len(text) < 1000:
            assert (await app_client.get("/documentos", params={"text": text})).status_code == 200, text
    nothing = (await app_client.get("/documentos", params={"text": "inexistente"})).text
    assert "Ningún documento cumple con eso" in nothing
