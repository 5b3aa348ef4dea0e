"""Issuing papers by hand: every kind over GraphQL, what they are about, what is refused and where, who is told."""

from datetime import date
from typing import Any

import pytest

from actions.documents import BY_HAND, ELSEWHERE
from documents.engine import visible_text
from models.audit import Verb
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, Series
from models.people import Role, User
from models.reviews import ReviewStage
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    bytes_of,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    told,
)

ISSUE = contract("issue-document")
PERSON = {"name": "Berta Xol", "position": "Ministra", "gender": "F"}
SOSEP = {"name": "Secretaría de Obras Sociales de la Esposa del Presidente de la República", "alias": "LA SOSEP"}
PARTIES = [
    SOSEP | {"signer": PERSON | {"name": "Carla Ruiz", "position": "Secretaria"}},
    {"name": "Ministerio de Educación", "article": "el", "alias": "EL MINISTERIO", "signer": PERSON},
]
UNDERSTANDING: dict[str, Any] = {
    "title": "Lectura en los centros", "parties": PARTIES, "motives": "Ambas partes quieren que se lea.",
    "areas": ["Lectura"], "commitments": [{"party": "LA SOSEP", "text": "Prestar sus centros."}],
    "termMonths": 12,
}  # fmt: skip
GROUND = {"norm": "Ley de Contrataciones del Estado", "article": "47", "text": "Permite delegar la firma."}
FIELDS: dict[str, dict[str, Any]] = {
    "OPINION": {
        "subject": "Sobre la firma", "requester": "Dirección Administrativa", "background": "Preguntan quién firma.",
        "grounds": [GROUND], "analysis": "La ley lo dice.", "conclusion": "Firma quien recibe la delegación.",
    },
    "PROVIDENCIA": {
        "subject": "Pase", "destination": "Dirección Financiera", "body": "Pase para que informe.", "folios": 12,
        "workingDays": 5, "limitDate": "2026-03-09",
    },
    "RESOLUCION": {
        "subject": "Nombramiento", "considerandos": ["Es necesario.", "Procede."], "porTanto": "Con base en ley.",
        "resolves": ["Nombrar a la comisión.", "Notifíquese."], "notify": ["Recursos Humanos"], "authority": PERSON,
    },
    "OFICIO": {
        "addressee": "Licenciada Ana Pérez", "addresseePosition": "Contralora", "addresseeInstitution": "CGC",
        "subject": "Informe", "body": "Se remite lo pedido.\nAtentamente.", "initials": "APG/mrs",
        "copies": ["Archivo"], "annexes": ["Un disco"],
    },
    "CONOCIMIENTO": {
        "addressee": "Secretaría General", "items": [{"description": "Expediente 12-2026", "folios": 30},
        {"description": "Disco compacto"}], "note": "Se entregó en mano.", "receivedBy": "Luis Paz",
    },
    "CARTA_ENTENDIMIENTO": UNDERSTANDING,
    "MEMORANDUM_ENTENDIMIENTO": UNDERSTANDING,
}  # fmt: skip
OFICIO = FIELDS["OFICIO"]
pytestmark = pytest.mark.usefixtures("db", "clock")


async def lawyer(**more: Any) -> User:
    """Return a lawyer with a name that papers print."""
    return await builders.person(Role.LEGAL, **{"name": "Ana Lucía Ordóñez", "gender": "F"} | more)


async def paper() -> OfficialDocument:
    """Return the last paper issued."""
    found = await OfficialDocument.all().order_by("-id").first()
    assert found
    return found


def test_every_kind_is_tried() -> None:
    assert {kind.value for kind in BY_HAND} == FIELDS.keys()
    assert {*BY_HAND, *ELSEWHERE} == set(DocumentKind)


@pytest.mark.parametrize("kind", FIELDS)
async def test_each_kind_is_issued_with_number_word_file_and_words(kind: str) -> None:
    author = await lawyer()
    head = await builders.person(Role.LEGAL_HEAD, name="Jorge Cifuentes")

    payload = await done(author, ISSUE, kind=kind, fields=FIELDS[kind])

    document = payload["document"]
    number = f"{kind}-AJ-1-2026"
    assert (document["kind"], document["number"], document["serial"], document["year"], document["unit"]) == (
        kind, number, 1, 2026, "AJ",
    )  # fmt: skip
    assert document["issuedOn"] == "2026-03-02"
    text = visible_text(bytes_of(document["file"]["sha256"]))
    assert number in text
    assert document["verificationCode"] in text
    made = await paper()
    assert (made.issued_by_id, made.review_id, made.convention_id) == (author.id, None, None)
    assert made.subject == {
        "CONOCIMIENTO": "Entrega de: Expediente 12-2026; Disco compacto",
        "CARTA_ENTENDIMIENTO": "Lectura en los centros",
        "MEMORANDUM_ENTENDIMIENTO": "Lectura en los centros",
    }.get(kind, FIELDS[kind].get("subject"))  # fmt: skip
    assert made.addressee == {
        "OPINION": "Dirección Administrativa", "PROVIDENCIA": "Dirección Financiera", "RESOLUCION": "Recursos Humanos",
        "OFICIO": "Licenciada Ana Pérez, Contralora, CGC", "CONOCIMIENTO": "Secretaría General",
    }.get(kind, "Ministerio de Educación")  # fmt: skip
    if "ENTENDIMIENTO" in kind:
        assert made.parties == ["SOSEP", "Ministerio de Educación"]
    else:
        assert author.name in text
        assert made.parties == ["SOSEP"]
    assert (head.name in text) is (kind == "OPINION")
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.ISSUE_DOCUMENT, "OfficialDocument")
    verified = (await told(None, contract("verify-document"), code=document["verificationCode"]))["verifyDocument"]
    assert (verified["number"], verified["state"]) == (number, "VALID")
    listed = await told(
        author, "query ($s: String) { officialDocuments(filter: {search: $s}) { totalCount } }", s=number
    )
    assert listed["officialDocuments"]["totalCount"] == 1


async def test_names_in_the_pythonic_spelling_and_blanks_are_taken_too() -> None:
    author = await lawyer()
    fields = OFICIO | {"addressee_position": "Contralora", "closing": None, "initials": ""}
    del fields["addresseePosition"]
    await done(author, ISSUE, kind="OFICIO", fields=fields)
    assert (await paper()).data["addressee_position"] == "Contralora"
    both = OFICIO | {"addressee_position": "Otra"}
    said = await refusal(author, ISSUE, kind="OFICIO", fields=both)
    assert (said.path, "viene dos veces" in said.message) == ("fields.addressee_position", True)


async def test_fields_may_stand_in_the_query_itself() -> None:
    text = """mutation ($who: String!) { issueDocument(input: { kind: OFICIO, fields: {
        addressee: $who, subject: "Informe", body: "Va.", copies: ["Archivo"] } }) { errors { message path } } }"""
    assert (await told(await lawyer(), text, who="Ana"))["issueDocument"]["errors"] == []
    assert ((await paper()).addressee, (await paper()).data["copies"]) == ("Ana", ["Archivo"])


async def test_a_files_paper_hangs_on_it_and_its_requester_hears() -> None:
    author, mayor = await lawyer(), await builders.person(Role.MUNICIPAL)
    director = await builders.person(Role.DIRECTOR)
    review = await stages.file_in(
        ReviewStage.IN_ANALYSIS, assignee=author, requested_by=mayor, requesting_unit="Municipalidad de San Juan",
        due_on=date(2026, 3, 16),
    )  # fmt: skip
    fields = {name: value for name, value in FIELDS["PROVIDENCIA"].items() if name not in ("subject", "destination")}

    await done(author, ISSUE, kind="PROVIDENCIA", subjectId=id_of(review), fields=fields, expectedVersion=1)

    made = await paper()
    assert (made.review_id, made.convention_id) == (review.id, review.convention_id)
    # What the file knows need not be typed.
    assert (made.subject, made.addressee) == (review.title, "Municipalidad de San Juan")
    assert made.parties == ["SOSEP", "Municipalidad de San Juan"]
    assert made.data["review_code"] == review.code
    after = await stages.again(review)
    assert (after.stage, after.due_on, after.returns_count) == (ReviewStage.IN_ANALYSIS, date(2026, 3, 16), 0)
    notices = await Notice.all()
    assert {notice.recipient for notice in notices} == {mayor.email, director.email}
    assert "09/03/2026" in notices[0].body
    entry = await last_entry()
    assert (entry.subject_type, entry.subject_id) == ("LegalReview", str(review.id))
    # An oficio about it goes elsewhere: nobody is told.
    await done(author, ISSUE, kind="OFICIO", subjectId=id_of(review), fields=OFICIO)
    assert await Notice.all().count() == 2
    query = "query ($c: String!) { legalReview(code: $c) { documents { number } } }"
    shown = (await told(mayor, query, c=review.code))["legalReview"]["documents"]
    assert [one["number"] for one in shown] == ["PROVIDENCIA-AJ-1-2026", "OFICIO-AJ-1-2026"]


async def test_papers_hang_on_whatever_they_are_about() -> None:
    author = await lawyer()
    center = await builders.center("Casa de los Abuelos")
    town = await builders.convention()
    ngo = await builders.convention(at=None, institution=await builders.institution("Fundación Niñez"))
    lease, license = await builders.lease(center), await builders.sanitary_license(center)
    for record, column, parties in [
        (town, "convention_id", ["SOSEP", "Municipalidad de San Juan Chamelco"]),
        (ngo, "convention_id", ["SOSEP", "Fundación Niñez"]),
        (lease, "lease_id", ["SOSEP"]),
        (license, "license_id", ["SOSEP"]),
    ]:
        await done(author, ISSUE, kind="OFICIO", subjectId=id_of(record), fields=OFICIO)
        made = await paper()
        links = {name: getattr(made, name) for name in ("convention_id", "lease_id", "license_id", "review_id")}
        assert links == dict.fromkeys(links) | {column: record.id}
        assert made.parties == parties
        assert record.number.lower() in made.search
        assert (await last_entry()).subject_type == type(record).__name__
    await done(author, ISSUE, kind="OFICIO", subjectId=id_of(center), fields=OFICIO)
    found = await told(
        author, '{ officialDocuments(filter: {search: "casa de los abuelos"}) { nodes { number about { kind } } } }'
    )
    assert found["officialDocuments"]["nodes"] == [{"number": "OFICIO-AJ-5-2026", "about": None}]


async def test_a_court_files_paper_is_reserved() -> None:
    author, admin = await lawyer(), await builders.person(Role.ADMIN)
    court_file = await builders.court_file()
    payload = await done(
        author, ISSUE, kind="OFICIO", subjectId=id_of(court_file), fields=OFICIO | {"subject": "Despido de Juan"}
    )
    made = await paper()
    assert (made.court_file_id, made.parties) == (court_file.id, [])
    verified = await told(None, contract("verify-document"), code=payload["document"]["verificationCode"])
    assert verified["verifyDocument"]["parties"] == []
    assert "Juan" not in str(verified)
    query = "query ($id: ID!) { node(id: $id) { id } officialDocuments { totalCount } }"
    seen = await told(admin, query, id=payload["document"]["id"])
    assert seen == {"node": None, "officialDocuments": {"totalCount": 0}}


async def test_the_kinds_of_other_deeds_are_named() -> None:
    author = await lawyer()
    for kind, words in [
        ("DICTAMEN", "issueDictamen"), ("CONVENIO", "dictamen favorable"), ("ADENDA", "amendConvention"),
        ("CONTRATO_ARRENDAMIENTO", "issueLeasePaper"), ("ACTA_NEGOCIACION", "issueLeasePaper"),
    ]:  # fmt: skip
        said = await refusal(author, ISSUE, kind=kind, fields={})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "kind")
        assert words in said.message
    fields = FIELDS["PROVIDENCIA"] | {"observations": [{"subject": "a", "finding": "b", "cure": "c"}]}
    said = await refusal(author, ISSUE, kind="PROVIDENCIA", fields=fields)
    assert (said.path, "returnReview" in said.message) == ("fields.observations", True)
    said = await refusal(author, ISSUE, kind="OFICIO", variant="MAD", fields=OFICIO)
    assert said.path == "variant"
    await done(author, ISSUE, kind="PROVIDENCIA", variant="TRAMITE", fields=FIELDS["PROVIDENCIA"])


@pytest.mark.parametrize(
    ("kind", "more", "path", "words"),
    [
        ("OFICIO", {"adresee": "x"}, "fields.adresee", "no lleva el dato «adresee»"),
        ("OFICIO", {"number": "OFICIO-AJ-9-2026"}, "fields.number", "no lleva el dato «number»"),
        ("OFICIO", {"signer": PERSON}, "fields.signer", "no lleva el dato «signer»"),
        ("OFICIO", {"issuedOn": "2020-01-01"}, "fields.issuedOn", "no lleva el dato «issuedOn»"),
        ("OFICIO", {"addressee": None}, "fields.addressee", "Falta este dato: A quién se dirige"),
        ("OFICIO", {"addressee": "   "}, "fields.addressee", "Escriba este dato"),
        ("OFICIO", {"addressee": 7}, "fields.addressee", "Escriba un texto"),
        ("OFICIO", {"addressee": ["a"]}, "fields.addressee", "Escriba un texto"),
        ("OFICIO", {"addressee": {"name": "a"}}, "fields.addressee", "Escriba un texto"),
        ("OFICIO", {"addressee": "x" * 2001}, "fields.addressee", "2000 caracteres"),
        ("OFICIO", {"body": "x" * 60_001}, "fields.body", "60000 caracteres"),
        ("OFICIO", {"subject": "a\ue000b"}, "fields.subject", "no se puede imprimir"),
        ("OFICIO", {"subject": "a\u202eb"}, "fields.subject", "no se puede imprimir"),
        ("OFICIO", {"copies": "Archivo"}, "fields.copies", "Envíe una lista"),
        ("OFICIO", {"copies": ["Archivo", ""]}, "fields.copies.1", "Escriba este dato"),
        ("OFICIO", {"copies": [["Archivo"]]}, "fields.copies.0", "Escriba un texto"),
        ("PROVIDENCIA", {"folios": "doce"}, "fields.folios", "número entero"),
        ("PROVIDENCIA", {"folios": 1.5}, "fields.folios", "número entero"),
        ("PROVIDENCIA", {"folios": True}, "fields.folios", "número entero"),
        ("PROVIDENCIA", {"folios": 0}, "fields.folios", "1 o más"),
        ("PROVIDENCIA", {"folios": 10**6}, "fields.folios", "menor que 1000000"),
        ("PROVIDENCIA", {"workingDays": 366}, "fields.workingDays", "365 o menos"),
        ("PROVIDENCIA", {"limitDate": "2026-02-29"}, "fields.limitDate", "fecha que exista"),
        ("PROVIDENCIA", {"limitDate": 0}, "fields.limitDate", "fecha que exista"),
        ("PROVIDENCIA", {"limitDate": "2026-03-02"}, "fields", "posterior a la providencia"),
        ("CONOCIMIENTO", {"items": []}, "fields.items", "Hace falta al menos 1"),
        ("CONOCIMIENTO", {"items": ["Disco"]}, "fields.items.0", "Envíe un objeto"),
        ("CONOCIMIENTO", {"items": [{"description": "a", "folios": "x"}]}, "fields.items.0.folios", "número entero"),
        ("CONOCIMIENTO", {"items": [{"folios": 3}]}, "fields.items.0.description", "Falta este dato: Documento"),
        ("CONOCIMIENTO", {"items": [{"description": "a", "x": 1}]}, "fields.items.0.x", "No existe el dato «x»"),
        ("RESOLUCION", {"authority": PERSON | {"gender": "X"}}, "fields.authority.gender", "una de las opciones"),
        ("CARTA_ENTENDIMIENTO", {"parties": PARTIES[:1]}, "fields.parties", "al menos 2"),
        ("CARTA_ENTENDIMIENTO", {"parties": [PARTIES[0]] * 2}, "fields.parties", "aparece dos veces"),
    ],
)
async def test_what_was_typed_wrong_is_named_at_its_place(
    kind: str, more: dict[str, Any], path: str, words: str
) -> None:
    said = await refusal(await lawyer(), ISSUE, kind=kind, fields=FIELDS[kind] | more)
    assert (said.code, said.path) == ("BAD_USER_INPUT", path)
    assert words in said.message
    assert await Series.all().count() == 0


async def test_everything_wrong_is_named_at_once() -> None:
    said = await refused(await lawyer(), ISSUE, kind="OFICIO", fields={"body": 5, "x": 1, "copies": ""})
    assert {one.path for one in said} == {
        "fields.addressee", "fields.subject", "fields.body", "fields.x", "fields.copies",
    }  # fmt: skip


async def test_sizes_and_shapes_of_the_whole_are_bounded() -> None:
    author = await lawyer()
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    many = {f"campo{n}": "x" * 9000 for n in range(24)}
    for fields, words in [
        ([], "objeto JSON"), ("x", "objeto JSON"), (5, "objeto JSON"), (True, "objeto JSON"),
        ({"subject": deep}, "8 niveles"), (many, "200 KB"),
    ]:  # fmt: skip
        said = await refusal(author, ISSUE, kind="OFICIO", fields=fields)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "fields")
        assert words in said.message
    for bad in ("x" * 5000, "__class__", "", "ñ{{7*7}}"):
        said = await refusal(author, ISSUE, kind="OFICIO", fields=OFICIO | {bad: "x"})
        assert said.path.startswith("fields")
        assert len(said.path) < 100


async def test_any_text_is_printed_as_typed() -> None:
    author = await lawyer()
    for text in HOSTILE:
        payload = await done(author, ISSUE, kind="OFICIO", fields=OFICIO | {"subject": text, "body": text})
        assert text in visible_text(bytes_of(payload["document"]["file"]["sha256"]))
        assert (await paper()).subject == text


async def test_a_colleagues_file_is_refused_and_a_free_one_is_not() -> None:
    author, head = await lawyer(), await builders.person(Role.LEGAL_HEAD)
    theirs = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=await builders.person(Role.LEGAL))
    free = await stages.file_in(ReviewStage.RECEIVED)
    said = await refusal(author, ISSUE, kind="OFICIO", subjectId=id_of(theirs), fields=OFICIO)
    assert (said.code, "asignado a otra persona" in said.message) == ("NOT_ALLOWED_NOW", True)
    for person, review in ((head, theirs), (author, free)):
        await done(person, ISSUE, kind="OFICIO", subjectId=id_of(review), fields=OFICIO)
    assert await OfficialDocument.all().order_by("serial").values_list("serial", flat=True) == [1, 2]


@pytest.mark.parametrize("stage", [ReviewStage.GATHERING, ReviewStage.WITHDRAWN])
async def test_a_file_that_is_not_at_the_office_takes_no_paper(stage: ReviewStage) -> None:
    review = await stages.file_in(stage)
    said = await refusal(await lawyer(), ISSUE, kind="OFICIO", subjectId=id_of(review), fields=OFICIO)
    assert said.code == "NOT_ALLOWED_NOW"
    assert f"No se puede emitir otro documento: el expediente {review.code}" in said.message


async def test_stale_missing_and_foreign_subjects() -> None:
    author = await lawyer()
    convention = await builders.convention(version=3)
    given = {"kind": "OFICIO", "fields": OFICIO}
    assert (await refusal(author, ISSUE, **given, subjectId=id_of(convention), expectedVersion=2)).code == "STALE"
    for kind, words in [
        ("LegalReview", "el expediente"), ("Convention", "el convenio"), ("Lease", "el arrendamiento"),
        ("SanitaryLicense", "la licencia sanitaria"), ("Center", "el centro"), ("CourtFile", "el expediente judicial"),
    ]:  # fmt: skip
        said = await refusal(author, ISSUE, **given, subjectId=id_text(kind))
        assert said == Said("NOT_FOUND", "subjectId", f"No se encontró {words}.")
    for wrong in bad_ids("Convention", "Person"):
        if wrong:
            assert (await refusal(author, ISSUE, **given, subjectId=wrong)).path == "subjectId"


async def test_the_same_click_twice_issues_once() -> None:
    author = await lawyer()
    await once(author, ISSUE, kind="OFICIO", fields=OFICIO)
    assert (await Series.get()).value == await OfficialDocument.all().count() == 1


async def test_only_the_legal_office_issues() -> None:
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)
    for role in set(Role) - {Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM}:
        await forbidden(await builders.person(role), ISSUE, kind="OFICIO", fields=OFICIO, subjectId=id_of(review))
    await forbidden(None, ISSUE, kind="OFICIO", fields=OFICIO)


async def test_a_demonstrations_record_marks_its_paper(clock: Clock) -> None:
    author = await lawyer()
    convention = await builders.convention(source="DEMO")
    payload = await done(author, ISSUE, kind="OFICIO", subjectId=id_of(convention), fields=OFICIO)
    assert "DEMOSTRACIÓN" in visible_text(bytes_of(payload["document"]["file"]["sha256"]))
    assert (await paper()).data["demo"] is True


async def test_the_api_tells_what_each_kind_takes() -> None:
    author = await lawyer()
    query = """query ($kind: DocumentKind) { documentForm(kind: $kind) { kind issuable instead mutation
        fields { name label shape required most members { name shape } } } }"""
    for kind, fields in FIELDS.items():
        form = (await told(author, query, kind=kind))["documentForm"]
        assert form["issuable"]
        names = {field["name"]: field for field in form["fields"]}
        assert fields.keys() <= names.keys(), kind
        assert {name for name, field in names.items() if field["required"]} <= fields.keys()
    form = (await told(author, query, kind="DICTAMEN"))["documentForm"]
    assert (form["issuable"], form["fields"], form["mutation"]) == (False, [], "issueDictamen")
    forms = (await told(author, "{ documentForms { kind issuable } }"))["documentForms"]
    assert [form["kind"] for form in forms if form["issuable"]] == [
        kind.value for kind in DocumentKind if kind in BY_HAND
    ]
