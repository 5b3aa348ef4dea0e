"""A paper on its page, sheet by sheet: picture, words, both files, who may see it, and why there is none yet."""

from datetime import timedelta

import httpx
import pytest

from actions.files import storage
from actions.people import system_user
from models.clock import instant
from models.engine import EngineBeat, EngineState, FlowState
from models.papers import OfficialDocument
from models.people import Role, User
from models.renditions import Rendition, RenditionState
from reads.renditions import WITHOUT
from tests import builders
from tests.browsing import enter
from tests.door import ask, id_of, request, told

pytestmark = pytest.mark.usefixtures("db", "clock")

VIEW = """query ($id: ID!, $n: Int!) {
    officialDocument(id: $id) { pdf { filename mediaType size url } sheets pdfState pdfNote sheetsNote }
    documentSheet(id: $id, number: $n) { number of url text } }"""


async def shown(pdf: bytes, sheets: int, **about: object) -> OfficialDocument:
    """Return a paper whose PDF is made."""
    maker = await system_user()
    word = await builders.stored_file(maker, b"PK word", used=True)
    storage().put(pdf)
    file = await builders.stored_file(maker, pdf, filename="CONVENIO.pdf", used=True)
    paper = await builders.paper(file=word, issued_by=maker, **about)
    at = instant()
    await Rendition.create(
        document=paper, state=RenditionState.DONE, file=file, sheets=sheets, made_at=at, due_at=at, tries=1
    )
    return paper


async def waiting(**more: object) -> OfficialDocument:
    """Return a paper whose PDF is owed."""
    maker = await system_user()
    paper = await builders.paper(file=await builders.stored_file(maker, b"PK word", used=True), issued_by=maker)
    await Rendition.create(**{"document": paper, "due_at": instant()} | more)
    return paper


async def note(person: User, paper: OfficialDocument) -> str:
    """Return what the API says of a PDF that is not there."""
    seen = await told(person, VIEW, id=id_of(paper), n=1)
    assert seen["documentSheet"] is None
    return str(seen["officialDocument"]["pdfNote"])


async def test_a_page_shows_one_sheet_and_leads_to_the_others(
    pdfs: dict[tuple[str, str], bytes], app_client: httpx.AsyncClient
) -> None:
    paper = await shown(pdfs["ADENDA", ""], 2, data={"sheets_count": 3})
    await enter(app_client, await builders.person(Role.LEGAL))
    at = f"/documentos/{id_of(paper)}"
    first = (await app_client.get(f"{at}/vista")).text
    assert f'src="{at}/hojas/1.png"' in first
    assert "Hoja 1 de 2" in first
    assert 'rel="next" href="?hoja=2"' in first
    assert 'rel="prev"' not in first
    assert "ADENDA NÚMERO" in first
    assert "Descargar en Word" in first
    assert "Descargar en PDF (" in first
    assert "está contenido en 3 hojas; su PDF tiene 2 hojas" in first
    last = (await app_client.get(f"{at}/vista?hoja=2")).text
    assert 'rel="prev" href="?hoja=1"' in last
    assert 'rel="next"' not in last
    assert "El documento no tiene esa hoja: tiene 2." in (await app_client.get(f"{at}/vista?hoja=3")).text
    assert (await app_client.get(f"{at}/vista?hoja=dos")).status_code == 422

    picture = await app_client.get(f"{at}/hojas/2.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")
    assert "img-src 'self'" in picture.headers["content-security-policy"]
    again = await app_client.get(f"{at}/hojas/2.png", headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for wrong in ("0", "3", "-1", "x", "99999999999", "%D9%A1"):
        assert (await app_client.get(f"{at}/hojas/{wrong}.png")).status_code == 404, wrong


async def test_a_paper_is_seen_by_whom_it_is_in_reach(pdfs: dict[tuple[str, str], bytes]) -> None:
    convention = await builders.convention()
    ours = await builders.person(Role.MUNICIPAL)
    theirs = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    open_one = await shown(pdfs["OFICIO", ""], 1, convention=convention)
    reserved = await shown(pdfs["CONOCIMIENTO", ""], 1, court_file=await builders.court_file())
    lawyer, admin = await builders.person(Role.LEGAL), await builders.person(Role.ADMIN)
    for paper, may, may_not in (
        (open_one, [ours, lawyer, admin], [theirs]),
        (reserved, [lawyer], [ours, theirs, admin]),
    ):
        rendition = await Rendition.get(document_id=paper.id)
        doors = (f"/documentos/{id_of(paper)}/hojas/1.png", f"/files/{rendition.file_id}")
        for person in may:
            for door in doors:
                assert (await request(person, "GET", door)).status_code == 200, (person.role, door)
            assert (await told(person, VIEW, id=id_of(paper), n=1))["documentSheet"]["of"] == 1
        for person in may_not:
            for door in doors:
                assert (await request(person, "GET", door)).status_code == 404, (person.role, door)
            missing = {"officialDocument": None, "documentSheet": None}
            assert (await ask(person, VIEW, id=id_of(paper), n=1))["data"] == missing
        for door in doors:
            assert (await request(None, "GET", door)).status_code == 401
    other = id_of(open_one, "Convention")
    assert (await request(lawyer, "GET", f"/documentos/{other}/hojas/1.png")).status_code == 404
    assert (await request(lawyer, "GET", "/documentos/x/hojas/1.png")).status_code == 404


async def test_the_api_tells_of_the_pdf(pdfs: dict[tuple[str, str], bytes]) -> None:
    pdf = pdfs["ADENDA", ""]
    paper = await shown(pdf, 2)
    seen = await told(await builders.person(Role.LEGAL), VIEW, id=id_of(paper), n=2)
    file = (await Rendition.get(document_id=paper.id)).file_id
    assert seen["officialDocument"] == {
        "pdf": {
            "filename": "CONVENIO.pdf",
            "mediaType": "application/pdf",
            "size": len(pdf),
            "url": f"/files/{file}",
        },
        "sheets": 2,
        "pdfState": "DONE",
        "pdfNote": "",
        "sheetsNote": "",
    }
    sheet = seen["documentSheet"]
    assert (sheet["number"], sheet["of"]) == (2, 2)
    assert sheet["url"] == f"/documentos/{id_of(paper)}/hojas/2.png"
    assert "Página 2 de 2" in sheet["text"]


async def test_without_a_pdf_it_is_said_why_and_how_long() -> None:
    lawyer = await builders.person(Role.LEGAL)
    assert "consta solo en la Memoria" in await note(lawyer, await builders.paper())
    paper = await waiting()
    assert await note(lawyer, paper) == "El motor está detenido; el PDF se hará en cuanto vuelva a trabajar."
    at = instant()
    await EngineBeat.create(name="uno", state=EngineState.RUNNING, started_at=at, seen_at=at)
    assert "se está elaborando: tarda menos de un minuto" in await note(lawyer, paper)
    later = await waiting()
    assert "hay 1 documento antes, tarda menos de un minuto" in await note(lawyer, later)
    failing = await waiting(tries=2, said="LibreOffice no pudo leer el documento.", due_at=at + timedelta(minutes=5))
    assert "El intento 2 de elaborar el PDF no resultó; se intenta de nuevo a las " in await note(lawyer, failing)
    flow = await FlowState.create(name="RENDITIONS", said=f"{WITHOUT} No se encontró LibreOffice.")
    assert "No se encontró LibreOffice. El documento de Word vale igual." in await note(lawyer, paper)
    flow.paused_at, flow.paused_by_id, flow.pause_reason = at, lawyer.id, "x"
    await flow.save()
    assert "está en pausa desde el " in await note(lawyer, paper)
