"""Files up and down: POST /files keeps a checked upload, GET /files/ID gives it back to whom it is in reach."""

from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actions.audited import on_occasion
from actions.files import bytes_of, upload_file
from actions.refusals import ErrorCode, Forbidden, Refusal
from api.login import who
from documents.storage import StorageFault
from documents.uploads import MAX_BYTES
from reads.papers import file_in_reach
from schema.ids import global_id


def _refused(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)


def _said(refusal: Refusal) -> JSONResponse:
    problem = refusal.problems[0]
    return _refused(503 if problem.code == ErrorCode.UNAVAILABLE else 422, problem.code.value, problem.message)


async def upload(request: Request) -> Response:
    """Keep the file of the form's field «file» and answer 201 with id, filename, mediaType, size and sha256."""
    person = await who(request)
    if person is None:
        return _refused(401, "UNAUTHENTICATED", "Ingrese al sistema para subir archivos.")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return _refused(415, "UNSUPPORTED_MEDIA_TYPE", "Envíe el archivo como multipart/form-data, campo «file».")
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile):
                return _refused(400, "BAD_USER_INPUT", "Falta el archivo en el campo «file».")
            data = await sent.read(MAX_BYTES + 1)
            name = sent.filename or ""
    except (MultiPartException, HTTPException):
        return _refused(400, "BAD_REQUEST", "El formulario llegó dañado. Envíelo de nuevo.")
    try:
        with on_occasion(request_id=getattr(request.state, "request_id", "")):
            file = await upload_file(actor=person, data=data, filename=name)
    except Forbidden:
        return _refused(403, "FORBIDDEN", "Su papel en el sistema no permite subir archivos.")
    except Refusal as refusal:
        return _said(refusal)
    body = {"id": global_id("File", file.id), "filename": file.filename, "mediaType": file.media_type}
    return JSONResponse({**body, "size": file.size, "sha256": file.sha256}, 201)


async def download(request: Request) -> Response:
    """Give a file back, always as an attachment; one out of reach is as absent as a missing one."""
    person = await who(request)
    if person is None:
        return _refused(401, "UNAUTHENTICATED", "Ingrese al sistema para descargar archivos.")
    key = request.path_params["key"]
    known = key.isascii() and key.isdigit() and len(key) < 10  # no id of a row is longer
    file = await file_in_reach(int(key), person) if known else None
    if file is None:
        return _refused(404, "NOT_FOUND", "No se encontró el archivo.")
    try:
        data = await bytes_of(file.sha256)
    except Refusal as refusal:
        return _said(refusal)
    except StorageFault:
        return _refused(500, "INTERNAL", "El archivo no está íntegro en el almacén. Avise a quien administra.")
    disposition = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    return Response(data, media_type=file.media_type, headers={"Content-Disposition": disposition})
