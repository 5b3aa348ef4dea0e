"""POST /verificar: anybody sends a file and is told whether it is a paper of ours. Nothing of it is kept.

The page is the one of GET /verificar, which asks the API for what is public of a paper; only the file itself, which no
operation can carry, comes through here. A program that asks for JSON gets the same answer as data.
"""

from dataclasses import asdict
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actions.refusals import Refusal
from actions.verification import FileReport, verify_file
from api.forms import DamagedForm, Problems, read_form
from api.guard import prefers_html
from api.login import who
from api.pages import Operations, Page, PageAnswer
from api.templating import render
from api.turnstile import Turnstile
from documents.refusals import FileRefused
from documents.uploads import MAX_BYTES
from models.people import User
from schema.context import Context
from schema.masking import MaskedSchema

FILES = Turnstile(60, 60)
"""Files of one address in a minute. Behind a proxy all people have its address."""
COMPARED = Turnstile(60, 3600)
"""Strangers' Word files, from wherever, that are compared with one and the same paper in an hour."""

LONGEST_CODE = 60
"""Letters of a code that are looked at."""


class FileVerifier:
    """Answers the files that are sent to the verification page."""

    def __init__(self, schema: MaskedSchema) -> None:
        self.schema = schema
        self.operations = Operations("verify", schema)
        self.page = PageAnswer(Page("/verificar", "verify", public=True), schema)

    async def answer(self, request: Request) -> Response:
        """Answer one file with the page, or with JSON for a program; who sends none gets the page."""
        if request.method != "POST":
            return await self.page.answer(request)
        person = await who(request)
        accept = request.headers.get("accept", "")
        html = prefers_html(accept) or "json" not in accept
        wait = FILES.wait(request.client.host if request.client else "")
        if wait:
            message = f"Se están comprobando demasiados archivos. Espere {wait} segundos y envíelo de nuevo."
            return await self._refused(
                request, person, html, message, 429, code="TOO_MANY_REQUESTS", headers={"Retry-After": str(wait)}
            )
        try:
            form = await read_form(request, max_files=1, max_fields=5)
        except DamagedForm as damaged:
            return await self._refused(request, person, html, str(damaged), 400)
        try:
            sent = form.get("file")
            if not isinstance(sent, UploadFile) or not sent.filename:
                return await self._refused(
                    request, person, html, "Elija el archivo que quiere comprobar.", 422, typed=form
                )
            report = await verify_file(
                data=await sent.read(MAX_BYTES + 1),
                filename=sent.filename,
                code=str(form.get("code", ""))[:LONGEST_CODE],
                actor=person,
                may_compare=lambda paper: not COMPARED.wait(paper),
            )
        except FileRefused as refused:
            return await self._refused(request, person, html, refused.message, 422, typed=form, code=refused.code)
        except Refusal as refusal:
            problem = refusal.problems[0]
            return await self._refused(request, person, html, problem.message, 503, code=problem.code.value)
        finally:
            await form.close()
        if not html:
            return JSONResponse(as_data(report))
        return await self._page(request, person, form, report=report)

    async def _refused(
        self,
        request: Request,
        person: User | None,
        html: bool,
        message: str,
        status: int,
        *,
        code: str = "BAD_USER_INPUT",
        typed: FormData | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        if html:
            typed = typed or FormData()
            return await self._page(request, person, typed, problem=message, status=status, headers=headers)
        return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status, headers)

    async def _page(
        self,
        request: Request,
        person: User | None,
        form: FormData,
        *,
        report: FileReport | None = None,
        problem: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        given = str(form.get("code", ""))[:LONGEST_CODE]
        if report and report.document:
            given = report.document["verification_code"]
        context = Context(actor=person, request_id=getattr(request.state, "request_id", ""))
        result = await self.schema.execute(self.operations.text, {"code": given}, context, operation_name="Verify")
        shown = {
            "data": result.data or {"verifyDocument": None},
            "given": {"code": given},
            "problems": Problems({"file": [problem]}) if problem else Problems(),
            "typed": FormData(),
            "done": "",
            "report": report,
            "signatures": signatures_data(report) if report else [],
        }
        return await render(request, "verify.html", shown, status=status, person=person, headers=headers)


def as_data(report: FileReport) -> dict[str, Any]:
    """Return a report for programs: what the page says, under the names that the API uses."""
    document, match, difference = report.document, report.match, report.difference
    return {
        "verdict": report.verdict.value,
        "document": document
        and {
            "kind": document["kind"],
            "number": document["number"],
            "issuedOn": document["issued_on"].isoformat(),
            "parties": document["parties"],
            "state": "VOIDED" if document["voided_on"] else "VALID",
            "code": document["verification_code"],
        },
        "match": match.match.value if match else None,
        "besides": list(report.besides),
        "signatures": signatures_data(report),
        "signaturesSound": report.signatures.sound if report.signatures else None,
        "difference": asdict(difference) if difference else None,
        "changes": None if report.changes is None else [asdict(change) for change in report.changes],
        "withheld": report.withheld,
    }


def signatures_data(report: FileReport) -> list[dict[str, Any]]:
    """Return what the electronic signatures of a file prove, under the API's names."""
    found = report.signatures.signatures if report.signatures else ()
    return [
        {
            "signer": one.signer,
            "statedName": one.stated_name,
            "organization": one.organization,
            "issuer": one.issuer,
            "claimedAt": one.claimed_at and one.claimed_at.isoformat(),
            "stampedAt": one.stamped_at and one.stamped_at.isoformat(),
            "intact": one.intact,
            "covers": one.covers,
            "changedAfter": one.changed_after,
            "trust": one.trust.value,
        }
        for one in found
    ]
