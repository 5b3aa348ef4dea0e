"""The pages of templates as a browser sees them: proposing, comparing, approving, refusing, and making papers again."""

import re

import httpx
import pytest

from models.papers import OfficialDocument
from models.people import Role
from models.templates import TemplateState, TemplateVersion
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.door import contract, done, id_of
from tests.edits import edited, oficio, saying

pytestmark = pytest.mark.usefixtures("clock")
LIST = "/administracion/plantillas"
PAGE = f"{LIST}/oficio"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ISSUE = contract("issue-document")


async def test_from_the_list_to_the_approval(app_client: httpx.AsyncClient, clock: Clock) -> None:
    lawyer, head = await builders.person(), await builders.person(Role.LEGAL_HEAD)
    await enter(app_client, lawyer)
    page = await app_client.get(LIST)
    assert page.text.count("La del programa") == 17
    assert f'href="{PAGE}.docx"' in page.text
    page = await app_client.get(PAGE)
    assert "Se usa la redacción que trae el programa" in page.text
    wrong = edited(
        oficio(), lambda document: [document.add_paragraph(text) for text in ("Va {{ nada }}", "{{ fecha }}")]
    )
    filled = form(page, "UploadTemplate")

    refused = await send(app_client, page, filled, {"fileId": ("a.docx", wrong, WORD)}, note="Cambió el saludo.")

    assert refused.status_code == 422
    assert "La plantilla tiene 2 problemas" in refused.text
    assert "(«Va {{ nada }}»): La plantilla nombra un campo que no existe: «nada»." in refused.text
    assert form(refused, "UploadTemplate").values["note"] == "Cambió el saludo."
    assert form(refused, "UploadTemplate").errors == 1
    none = await send(app_client, page, filled, {"fileId": ("", b"", WORD)}, note="x")
    assert (none.status_code, form(none, "UploadTemplate").errors) == (422, 1)

    right = saying(oficio(), "Presente", "Su <b>despacho</b>")
    sent = await send(app_client, refused, form(refused, "UploadTemplate"), {"fileId": ("b.docx", right, WORD)})

    draft = await TemplateVersion.get(state=TemplateState.DRAFT)
    own = f"{LIST}/version/{id_of(draft)}"
    assert (sent.status_code, sent.headers["location"]) == (303, f"{own}?hecho=UploadTemplate")
    page = await app_client.get(sent.headers["location"])
    assert "La propuesta quedó guardada." in page.text
    assert "<del>Presente</del><ins>Su &lt;b&gt;despacho&lt;/b&gt;</ins>" in page.text
    assert "Quien propone una plantilla no la aprueba" in page.text or "Retirar la propuesta" in page.text
    assert {one.values.get("_operation") for one in forms(page)} - {None} == {"RetireTemplate"}

    await enter(app_client, head)
    assert f'href="{LIST}"' in (await app_client.get("/administracion")).text
    assert "1 por aprobar" in (await app_client.get(LIST)).text
    page = await app_client.get(own)
    assert "la que está en uso" in page.text
    stale = form(page, "ApproveTemplate")
    refused = await send(app_client, page, stale, expectedVersion="9")
    assert (refused.status_code, "Otra persona cambió este registro" in refused.text) == (422, True)
    approved = await send(app_client, page, stale)
    assert approved.headers["location"] == f"{own}?hecho=ApproveTemplate"
    page = await app_client.get(approved.headers["location"])
    assert "los documentos que se emitan desde ahora la usan" in page.text
    assert form(page, "RetireTemplate").values["reason"] == ""
    listed = (await app_client.get(LIST)).text
    assert "Versión 2, desde el 2 mar 2026" in listed
    assert f"la aprobó {head.name}" in listed
    back = await send(app_client, page, form(page, "RetireTemplate"), reason="Se vuelve.")
    assert back.status_code == 303
    page = await app_client.get(PAGE)
    assert re.search(r"Retirada el 2 mar 2026, \d\d:\d\d: Se vuelve\.", page.text)
    assert page.text.count("En uso") == 1


async def test_a_long_difference_is_read_to_its_end_before_approving(app_client: httpx.AsyncClient) -> None:
    lawyer, head = await builders.person(), await builders.person(Role.LEGAL_HEAD)
    file = await builders.stored_file(lawyer)
    front = "---\nkind: OFICIO\nversion: 1\ntitle: Oficio\n---\n\n"
    for edition, word in ((1, "Uno"), (2, "Dos")):
        await TemplateVersion.create(
            kind="OFICIO", edition=edition, title="Oficio", file=file, sha256="a" * 64, created_at=file.uploaded_at,
            state=TemplateState.APPROVED if edition == 1 else TemplateState.DRAFT, author=lawyer, note="x",
            text=front + "\n\n".join(f"{word} {number}" for number in range(40)) + "\n",
        )  # fmt: skip
    await enter(app_client, head)
    address = f"{LIST}/version/{id_of(await TemplateVersion.get(edition=2))}"
    page = await app_client.get(address)
    assert "Vea todos los cambios para aprobarla" in page.text
    assert not [one for one in forms(page) if one.values.get("_operation") == "ApproveTemplate"]
    seen, begin = page.text.count("Párrafo "), 0
    while 'rel="next"' in page.text:
        begin += 25
        assert f'href="?desde={begin}"' in page.text
        page = await app_client.get(f"{address}?desde={begin}")
        seen += page.text.count("Párrafo ")
    assert seen >= 40
    assert form(page, "ApproveTemplate")


async def test_a_newer_wording_of_the_program_is_told(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person()
    file = await builders.stored_file(lawyer)
    for edition, author, sha256 in ((1, None, "b" * 64), (2, lawyer, "a" * 64)):
        await TemplateVersion.create(
            kind="OFICIO", edition=edition, title="Oficio", text="x", file=file, sha256=sha256, author=author,
            created_at=file.uploaded_at, state=TemplateState.APPROVED if author else TemplateState.RETIRED,
        )  # fmt: skip
    await enter(app_client, lawyer)
    assert "El programa trae otra redacción" in (await app_client.get(PAGE)).text
    assert "El programa trae otra redacción" not in (await app_client.get(f"{LIST}/opinion")).text


async def test_a_paper_is_made_again_on_its_page(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person()
    await done(lawyer, ISSUE, kind="OFICIO", fields={"addressee": "Ana", "subject": "Asunto", "body": "Texto."})
    paper = await OfficialDocument.get()
    await enter(app_client, await builders.person(Role.AUDITOR))
    seen = await app_client.get(f"/documentos/{id_of(paper)}/vista")
    assert f"/documentos/{id_of(paper)}/rehacer" in seen.text
    page = await app_client.get(f"/documentos/{id_of(paper)}/rehacer")
    assert "Idéntico, byte por byte" in page.text
    await OfficialDocument.filter(id=paper.id).update(data=paper.data | {"body": "Otro."})
    page = await app_client.get(f"/documentos/{id_of(paper)}/rehacer")
    assert "<del>Texto.</del>" in page.text
    assert "<ins>Otro.</ins>" in page.text
    await enter(app_client, await builders.person(Role.ADMIN))
    assert (await app_client.get(f"/documentos/{id_of(paper)}/rehacer")).status_code == 403


async def test_the_auditor_reads_and_others_find_nothing(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get(PAGE)
    assert not [one for one in forms(page) if one.values.get("_operation")]
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY, Role.COORDINATOR):
        await enter(app_client, await builders.person(role))
        assert (await app_client.get(LIST)).status_code == 403
    await enter(app_client, await builders.person())
    for path in (f"{LIST}/nada", f"{LIST}/version/x", f"{LIST}/version/{'A' * 400}"):
        assert (await app_client.get(path)).status_code == 404
