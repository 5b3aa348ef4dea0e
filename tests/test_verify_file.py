"""Anybody sends a file and is told whether it is a paper of ours; nothing of it is kept, nothing else is told."""

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
import pytest

from actions.documents import issue_document
from actions.files import storage
from api.verification import COMPARED, FILES
from documents.uploads import MAX_BYTES
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import Role, User
from models.renditions import PaperText, Rendition, RenditionState
from models.signed_copies import CopyKind, SignedCopy
from tests import builders, door
from tests.door import PDF, application, ask, everything, request, told
from tests.test_hostile_files import HOSTILE, png, refusal
from tests.test_word_scan import HUNGRY

SECRET = "El señor Pedro Caal Choc, de cuarenta años, se identifica con CUI 1939 71283 0701."
LINES = [f"Punto {number}: se hace constar lo que corresponde a la Municipalidad y al centro." for number in range(25)]
BODY = "\n".join([*LINES[:12], SECRET, *LINES[12:]])
FIELDS = {"addressee": "Licenciada Ana Pérez", "subject": "Informe del centro", "body": BODY}
HASH = (
    "query ($sha256: String!) { verifyFile(sha256: $sha256) { match signedOn document { number state parties code } } }"
)
pytestmark = pytest.mark.usefixtures("db", "clock")


@dataclass
class Issued:
    """A paper as it was issued, with its PDF and a signed copy."""

    lawyer: User
    paper: OfficialDocument
    word: bytes
    pdf: bytes
    copy: bytes


async def kept(by: User, data: bytes, name: str) -> StoredFile:
    storage().put(data)
    return await builders.stored_file(by, data, filename=name, used=True)


@pytest.fixture
async def issued(db: object, clock: object) -> Issued:
    """A letter to somebody, sealed."""
    FILES.forget()
    COMPARED.forget()
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    paper = await issue_document(actor=lawyer, kind=DocumentKind.OFICIO, fields=FIELDS)
    pdf, copy = PDF + b"% papel\n%%EOF\n", png(30, 20)
    file = await kept(lawyer, pdf, "papel.pdf")
    await Rendition.filter(document_id=paper.id).update(state=RenditionState.DONE, file_id=file.id, sheets=1)
    scan = await kept(lawyer, copy, "firmado.png")
    await SignedCopy.create(
        document=paper, kind=CopyKind.SCAN, file=scan, signed_on=date(2026, 3, 2), attached_by=lawyer,
        attached_at="2026-03-02T15:00:00Z",
    )  # fmt: skip
    word = await StoredFile.get(id=paper.file_id)
    return Issued(lawyer, paper, storage().read(word.sha256), pdf, copy)


def resaved(data: bytes, change: Any = None) -> bytes:
    """Return a Word file as another program would save it again, its words changed or not."""
    paper, made = docx.Document(io.BytesIO(data)), io.BytesIO()
    if change:
        change(paper)
    paper.core_properties.author = "Otra persona"
    paper.save(made)
    assert made.getvalue() != data
    return made.getvalue()


def rewording(before: str, after: str) -> Any:
    """Return a change of one paragraph."""

    def change(paper: Any) -> None:
        (found,) = [one for one in paper.paragraphs if before in one.text]
        found.text = found.text.replace(before, after)

    return change


async def sent(person: User | None, data: bytes, name: str = "papel.docx", code: str = "") -> dict[str, Any]:
    """Send a file as a program does, and return the data of the answer."""
    answer = await request_json(person, data, name, code)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def request_json(person: User | None, data: bytes, name: str = "papel.docx", code: str = "") -> Any:
    door_headers = {"Authorization": f"Bearer {await door.token_of(person)}"} if person else {}
    transport = door.httpx.ASGITransport(app=application())
    async with door.httpx.AsyncClient(transport=transport, base_url="http://prueba") as client:
        return await client.post(
            "/verificar", headers={"Accept": "application/json", **door_headers}, files={"file": (name, data)},
            data={"code": code},
        )  # fmt: skip


async def shown(data: bytes, name: str = "papel.docx", code: str = "", person: User | None = None) -> str:
    """Send a file as the page does, and return what a person reads."""
    answer = await request(
        person, "POST", "/verificar", files={"file": (name, data)}, data={"code": code} if code else {}
    )
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def test_its_own_files_are_identical_and_the_answer_says_which(issued: Issued) -> None:
    code = issued.paper.verification_code
    before = await everything()
    for data, name, which, words in (
        (issued.word, "a.docx", "WORD", "el archivo de Word que SOSEP emitió"),
        (issued.pdf, "a.pdf", "PDF", "el PDF que SOSEP elaboró"),
        (issued.copy, "a.png", "SIGNED_COPY", "la copia firmada el 2 de marzo de 2026"),
    ):
        for given in ("", code, code.lower().replace("-", " ")):
            answer = await sent(None, data, name, given)
            assert (answer["verdict"], answer["match"]) == ("IDENTICAL", which), (name, given)
            assert answer["document"]["number"] == issued.paper.number
        page = await shown(data, name)
        assert f"Idéntico El archivo «{name}» es {words} de {issued.paper.number}, sin un solo cambio." in page
        found = (await told(None, HASH, sha256=hashlib.sha256(data).hexdigest().upper()))["verifyFile"]
        assert (found["match"], found["document"]["code"]) == (which, code)
    assert await everything() == before, "nothing is kept of what is sent"


async def test_saved_again_it_has_the_same_text(issued: Issued) -> None:
    again = resaved(issued.word)

    answer = await sent(None, again)
    assert (answer["verdict"], answer["match"], answer["besides"]) == ("SAME_TEXT", None, [])
    assert "Mismo texto, archivo guardado de nuevo" in await shown(again)
    # By its hash alone a text is not looked for: who lacks one number of it could try them all, as nobody counts there.
    text = (await PaperText.get(document_id=issued.paper.id)).text
    assert (await told(None, HASH, sha256=hashlib.sha256(text.encode()).hexdigest()))["verifyFile"] is None


async def test_the_same_words_with_a_picture_over_them_are_not_called_the_same(issued: Issued) -> None:
    overlaid = resaved(issued.word, lambda paper: paper.add_paragraph().add_run().add_picture(io.BytesIO(png())))

    answer = await sent(None, overlaid)
    assert (answer["verdict"], answer["besides"]) == ("SAME_TEXT", ["imágenes o figuras"])
    assert "tiene algo que el original no tiene: imágenes o figuras" in await shown(overlaid)


async def test_of_an_original_that_is_gone_no_more_is_said_than_can_be(issued: Issued) -> None:
    again, changed = resaved(issued.word), resaved(issued.word, rewording("cuarenta", "cincuenta"))
    storage().delete(hashlib.sha256(issued.word).hexdigest())

    answer = await sent(None, again)
    assert (answer["verdict"], answer["besides"]) == ("SAME_TEXT", ["algo que no se pudo comparar"])
    assert (await sent(issued.lawyer, changed))["changes"], "its words are kept beside it"
    await PaperText.all().delete()
    assert (await sent(issued.lawyer, changed))["verdict"] == "NOT_COMPARABLE"


async def test_a_changed_word_shows_anybody_only_the_own_line(issued: Issued) -> None:
    changed = resaved(issued.word, rewording("cuarenta", "cincuenta"))
    left_out = resaved(issued.word, rewording(SECRET, ""))
    for code in ("", issued.paper.verification_code):
        answer = await sent(None, changed, code=code)
        assert (answer["verdict"], answer["changes"]) == ("CHANGED_TEXT", None)
        ((_, line),) = answer["difference"]["added"]
        assert line == SECRET.replace("cuarenta", "cincuenta")
        assert answer["difference"]["missing"] == 1
        assert "cuarenta" not in str(answer)
        page = await shown(changed, code=code)
        assert "El texto cambió" in page
        assert "cincuenta" in page
        assert "cuarenta" not in page
        page = await shown(left_out, code=code)
        assert "Un párrafo del original no está en su archivo" in page
        assert "Caal" not in page


async def test_nobody_learns_a_paper_from_an_empty_file_or_from_guesses(issued: Issued) -> None:
    empty = resaved(issued.word, lambda paper: [one._p.getparent().remove(one._p) for one in paper.paragraphs])
    own = docx.Document()
    for number in range(695, 710):
        own.add_paragraph(SECRET.replace("0701", f"{number:04d}"))
    guesses = io.BytesIO()
    own.save(guesses)
    for data in (empty, guesses.getvalue()):
        answer = await sent(None, data, code=issued.paper.verification_code)
        assert (answer["verdict"], answer["difference"]) == ("CHANGED_TEXT", None)
        page = await shown(data, code=issued.paper.verification_code)
        assert "no se detalla en qué cambió" in page
        assert not any(secret in page for secret in ("Caal", "Punto 3", "Ana Pérez", "párrafos"))


async def test_strangers_files_are_compared_so_often_and_no_more(issued: Issued) -> None:
    guess, right = resaved(issued.word, rewording("0701", "0702")), resaved(issued.word)
    for _ in range(COMPARED.most):
        FILES.forget()
        assert (await sent(None, guess))["difference"] is not None
    # Not even whether it is the same, and from no address: the last guess might be the right one.
    FILES.forget()
    for data, code in ((guess, ""), (right, ""), (right, issued.paper.verification_code)):
        answer = await sent(None, data, code=code)
        assert (answer["verdict"], answer["difference"], answer["withheld"]) == ("NOT_COMPARABLE", None, True)
    assert "Ahora no se puede comparar" in await shown(right)
    # Whoever reaches the paper still sees all of it, and anybody whether the file is the very same.
    assert (await sent(issued.lawyer, guess))["changes"]
    assert (await sent(issued.lawyer, right))["verdict"] == "SAME_TEXT"
    assert (await sent(None, issued.word))["verdict"] == "IDENTICAL"


async def test_who_reaches_the_paper_sees_both_sides(issued: Issued) -> None:
    changed = resaved(issued.word, rewording("cuarenta", "cincuenta"))

    (change,) = (await sent(issued.lawyer, changed))["changes"]
    assert [piece for piece, other in change["kept"] if other] == ["cuarenta"]
    assert [piece for piece, other in change["sent"] if other] == ["cincuenta"]
    page = await request(issued.lawyer, "POST", "/verificar", files={"file": ("a.docx", changed)})
    assert "<del>cuarenta</del>" in page.text
    assert "<ins>cincuenta</ins>" in page.text
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR):
        answer = await sent(await builders.person(role), changed)
        assert (answer["changes"], "cuarenta" in str(answer)) == (None, False), "a letter of no record is the office's"
    # A paper older than the keeping of its words is read from its file.
    await PaperText.filter(document_id=issued.paper.id).delete()
    assert (await sent(issued.lawyer, changed))["changes"] == [change]


async def test_of_a_court_paper_only_the_verdict_is_told(issued: Issued) -> None:
    court_file = await builders.court_file()
    await OfficialDocument.filter(id=issued.paper.id).update(court_file_id=court_file.id)
    changed = resaved(issued.word, rewording("cuarenta", "cincuenta"))

    for person in (None, await builders.person(Role.ADMIN), await builders.person(Role.SIGNATORY)):
        answer = await sent(person, changed)
        assert (answer["verdict"], answer["difference"], answer["changes"]) == ("CHANGED_TEXT", None, None)
        assert answer["document"]["parties"] == []
    assert (await sent(await builders.person(Role.AUDITOR), changed))["changes"]
    assert "Copias firmadas" not in await shown(issued.copy, "a.png")
    assert "cincuenta" not in await shown(changed)


async def test_a_void_paper_says_so_before_anything_else(issued: Issued) -> None:
    await OfficialDocument.filter(id=issued.paper.id).update(
        voided_on=date(2026, 3, 2), void_reason="Error", voided_by_id=issued.lawyer.id
    )

    page = await shown(issued.word)
    assert page.index("Anulado: ya no vale") < page.index("Idéntico")
    assert "Error" not in page
    assert (await sent(None, issued.word))["document"]["state"] == "VOIDED"
    found = (await told(None, HASH, sha256=hashlib.sha256(issued.word).hexdigest()))["verifyFile"]
    assert found["document"]["state"] == "VOIDED"


async def test_a_file_of_another_paper_is_not_taken_for_the_one_of_the_code(issued: Issued) -> None:
    other = await issue_document(actor=issued.lawyer, kind=DocumentKind.OFICIO, fields=FIELDS | {"subject": "Otro"})

    for data in (issued.word, resaved(issued.word)):
        answer = await sent(None, data, code=other.verification_code)
        assert (answer["verdict"], answer["document"]["number"]) == ("OTHER_PAPER", issued.paper.number)
        assert "Es de otro documento" in await shown(data, code=other.verification_code)


async def test_a_pdf_that_was_added_to_is_known_by_its_beginning(issued: Issued) -> None:
    added = issued.pdf + b"9 0 obj<</Type/Sig>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

    assert (await sent(None, added, "a.pdf"))["verdict"] == "APPENDED"
    assert "con algo agregado después" in await shown(added, "a.pdf")
    changed = added.replace(b"papel", b"pape1")
    assert (await sent(None, changed, "a.pdf"))["verdict"] == "UNKNOWN"
    answer = await sent(None, changed, "a.pdf", issued.paper.verification_code)
    assert answer["verdict"] == "NOT_COMPARABLE"
    page = await shown(changed, "a.pdf", issued.paper.verification_code)
    assert "Pida el archivo de Word" in page
    assert "Eso no dice que sea falso" in page


async def test_a_withdrawn_copy_is_not_called_good(issued: Issued) -> None:
    await SignedCopy.all().update(
        withdrawn_at="2026-03-02T16:00:00Z", withdrawn_by_id=issued.lawyer.id, withdrawn_reason="Falta una hoja"
    )

    answer = await sent(None, issued.copy, "a.png")
    assert (answer["verdict"], answer["match"]) == ("IDENTICAL", "WITHDRAWN_COPY")
    page = await shown(issued.copy, "a.png")
    assert "Es una copia que se retiró" in page
    assert "Idéntico" not in page
    assert "Falta una hoja" not in page


async def test_what_is_none_of_ours_is_unknown(issued: Issued) -> None:
    strange = io.BytesIO()
    docx.Document().save(strange)
    for data, name in ((strange.getvalue(), "a.docx"), (PDF, "a.pdf"), (png(), "a.png")):
        assert (await sent(None, data, name))["verdict"] == "UNKNOWN"
        assert "No consta" in await shown(data, name)
    assert (await sent(None, strange.getvalue(), code="NADA-0000-0000"))["document"] is None
    for nothing in ("", "x", "0" * 64, "0" * 63, "' OR 1=1--", "g" * 64):
        assert (await told(None, HASH, sha256=nothing))["verifyFile"] is None
    # A code typed into another text, as a link in a letter, leads to the paper: the text is another one.
    quoting = docx.Document()
    quoting.add_paragraph(f"Véase {issued.paper.verification_code}.")
    quoting.save(strange := io.BytesIO())
    assert (await sent(None, strange.getvalue()))["verdict"] == "CHANGED_TEXT"


async def test_every_hostile_file_is_refused_with_its_reason_and_leaves_nothing(issued: Issued) -> None:
    before = await everything()
    for name, (filename, code, make) in HOSTILE.items():
        data = make()
        if len(data) > MAX_BYTES:
            continue
        # Each from an address of its own: here it is not the counting that refuses.
        transport = door.httpx.ASGITransport(app=application(), client=(name, 1))
        async with door.httpx.AsyncClient(transport=transport, base_url="http://prueba") as client:
            answer = await client.post(
                "/verificar", headers={"Accept": "application/json"}, files={"file": (filename, data)}
            )
        if filename and answer.status_code == 422:
            (error,) = answer.json()["errors"]
            assert error["message"] == refusal(data, filename).message, name
            assert error["extensions"]["code"] == code, name
        else:
            # The form's own reader met a name that it cannot carry.
            assert (code, answer.status_code) == ("BAD_FILENAME", 400), (name, answer.text)
    for name, make in HUNGRY.items():
        answer = await request_json(None, make())
        assert answer.status_code == 422, name
    answer = await request_json(None, b"%PDF-1.5" + bytes(MAX_BYTES + 100_000), "a.pdf")
    assert answer.status_code == 413
    for data, name in ((b"a,b\n1,2\n", "a.csv"), (b"", "")):
        assert (await request_json(None, data, name)).status_code == 422
    assert await everything() == before


async def test_one_address_cannot_keep_the_readers_busy(issued: Issued) -> None:
    for _ in range(FILES.most):
        await request_json(None, b"nada", "a.pdf")
    answer = await request_json(None, issued.word)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= FILES.seconds
    page = await request(None, "POST", "/verificar", files={"file": ("a.docx", issued.word)})
    assert page.status_code == 429
    assert "Espere" in page.text
    # What costs nothing goes on: the code, and the hash.
    assert (await request(None, "GET", f"/verificar/{issued.paper.verification_code}")).status_code == 200
    assert (await ask(None, HASH, sha256="0" * 64))["data"] == {"verifyFile": None}


async def test_other_sites_and_methods_are_refused(issued: Issued) -> None:
    transport = door.httpx.ASGITransport(app=application())
    async with door.httpx.AsyncClient(transport=transport, base_url="http://prueba") as client:
        evil = await client.post(
            "/verificar", headers={"Origin": "https://evil.example"}, files={"file": ("a.docx", issued.word)}
        )
        put = await client.put("/verificar", content=b"x")
        by_code = await client.post(f"/verificar/{issued.paper.verification_code}", data={"a": "b"})
    assert (evil.status_code, put.status_code, by_code.status_code) == (403, 405, 405)


async def test_a_look_by_code_and_by_hash_goes_by_index(issued: Issued) -> None:
    connection = door.connections.get("default")
    for table, column in (
        ("stored_files", "sha256"),
        ("official_documents", "file_id"),
        ("official_documents", "text_sha256"),
        ("official_documents", "verification_code"),
        ("renditions", "file_id"),
        ("signed_copies", "file_id"),
    ):
        plan = await connection.execute_query_dict(f"EXPLAIN QUERY PLAN SELECT id FROM {table} WHERE {column} = 'x'")
        assert "INDEX" in str(plan), (table, column, plan)
