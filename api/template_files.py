"""The wording of papers as pages and Word files: the template in use to edit it, and samples that prove nothing."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions.template_versions import sample_of
from actions.templates import wording_in_use
from api.login import who
from api.pages import OwnRoute, Page
from api.templating import render
from documents.engine import PaperRefused
from documents.media_types import WORD
from documents.templates import known_templates, template_stem
from models.papers import DocumentKind
from models.people import Role
from models.permissions import LEGAL_OFFICE

READERS = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN}
"""Who opens the pages of templates; who proposes and who approves is the actions' to say."""

PAGES = [
    Page("/administracion/plantillas", "paper_templates", roles=READERS),
    Page(
        "/administracion/plantillas/{key}",
        "paper_template",
        must="paperTemplate",
        after={"UploadTemplate": "/administracion/plantillas/version/{templateVersion[id]}"},
        roles=READERS,
    ),
    Page("/administracion/plantillas/version/{id}", "template_version", must="templateVersion", roles=READERS),
    Page("/documentos/{id}/rehacer", "remade_document", must="remakeDocument", roles=READERS - {Role.ADMIN}),
]


async def current(request: Request) -> Response:
    """Give the Word file that papers of a kind are made from now."""
    if refused := await _refused(request):
        return refused
    key = request.path_params["key"]
    found = next((one for one in known_templates() if template_stem(*one) == key), None)
    if found is None:
        return await render(request, "missing.html", {}, status=404, person=await who(request))
    wording = await wording_in_use(DocumentKind(found[0]), found[1])
    return _attached(wording.docx, f"plantilla-{key}.docx")


async def sample(request: Request) -> Response:
    """Give a made-up paper made with a version, marked as one that has no validity."""
    if refused := await _refused(request):
        return refused
    person = await who(request)
    assert person, "whom it is refused to was sent away"
    key = request.path_params["key"]
    known = key.isascii() and key.isdigit() and len(key) < 10
    try:
        paper = await sample_of(person, int(key)) if known else None
    except PaperRefused as wrong:
        return await render(request, "bad_request.html", {"message": str(wrong)}, status=400, person=person)
    if paper is None:
        return await render(request, "missing.html", {}, status=404, person=person)
    return _attached(paper.docx, f"muestra-sin-validez-{key}.docx")


async def _refused(request: Request) -> Response | None:
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/administracion/plantillas", 303)
    if person.role not in READERS:
        return await render(request, "forbidden.html", {}, status=403, person=person)
    return None


def _attached(docx: bytes, filename: str) -> Response:
    return Response(docx, media_type=WORD, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


ROUTES = [
    OwnRoute("/administracion/plantillas/{key}.docx", current),
    OwnRoute("/administracion/plantillas/muestra/{key}.docx", sample),
]
