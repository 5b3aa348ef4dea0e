"""Versions of the wording of papers: brought back from Word, approved by somebody else, retired with a reason."""

import asyncio

from actions.audited import Entry, audited, reachable
from actions.files import bytes_of, keep_paper, use_file
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal, Stale
from actions.templates import version_of, wording_in_use
from documents.engine import Paper, PaperRefused, make_paper
from documents.examples import sample_paper
from documents.markup import front_data, split_front
from documents.media_types import WORD
from documents.refusals import TemplateUnfit
from documents.storage import StorageFault
from documents.template_review import review_template
from documents.templates import PaperTemplate, known_templates, open_template, template, template_stem
from documents.vetting import TemplateRefused
from models.audit import Verb
from models.papers import DocumentKind, StoredFile
from models.people import User
from models.permissions import may, within
from models.templates import TemplateState, TemplateVersion
from reads.templates import deciders, of_template, template_name, why_not_decide

LONGEST_NOTE = 500
"""Characters of what a version's author or who retires it says about it."""
MOST_TOLD = 40
"""Problems of a template that are told at once."""


async def upload_template(
    *, actor: User, kind: DocumentKind, variant: str = "", file_id: int, note: str = ""
) -> TemplateVersion:
    """Propose a wording edited in Word: reviewed, compiled anew and kept as a draft until somebody else approves it.

    What the review finds is told whole, layer by layer, at `fileId`.
    """
    checks = Checks()
    said = checks.text(note, "note", label="qué cambió y por qué", most=LONGEST_NOTE)
    known = (kind.value, variant) in known_templates()
    checks.that(known, "variant", f"Este documento no tiene la variante «{variant[:40]}».")
    checks.done()
    if not may(actor, Verb.UPLOAD_TEMPLATE):
        raise Forbidden(Verb.UPLOAD_TEMPLATE.value)
    # Reviewing takes a second: it is done before the gate, and what it stood on is looked at again inside.
    wording = await wording_in_use(kind, variant)
    number = await _next_number(kind, variant, wording)
    sent = await StoredFile.get_or_none(id=file_id, uploaded_by_id=actor.id)
    reviewed = None
    if sent:
        try:
            reviewed = await asyncio.to_thread(
                review_template, await bytes_of(sent.sha256), sent.filename, wording, number
            )
        except TemplateUnfit as unfit:
            raise _refusal(unfit) from unfit
    async with audited(Verb.UPLOAD_TEMPLATE, actor=actor) as entry:
        file = await use_file(entry, file_id, actor, "fileId")
        assert reviewed, "a file that may be used was there to be reviewed"
        used = await _in_use(entry, kind, variant)
        if used.sha256 != wording.sha256:
            raise Stale("fileId")
        kept = await keep_paper(entry, reviewed.docx, f"plantilla-{template_stem(kind, variant)}-{number}.docx", WORD)
        version = await entry.create(
            TemplateVersion,
            kind=kind,
            variant=variant,
            edition=await TemplateVersion.filter(kind=kind, variant=variant).count() + 1,
            title=reviewed.title,
            text=reviewed.text,
            file_id=kept.id,
            sha256=kept.sha256,
            note=said,
            author_id=actor.id,
            created_at=entry.at,
        )
        name, of = template_name(kind, variant), of_template(kind, variant)
        entry.about(version, f"{actor.name} propuso la versión {version.edition} {of}, de «{file.filename}».")
        entry.tell(
            [(one.email, one.name) for one in await deciders(actor.id)],
            key=f"template:{version.id}",
            subject=f"Una plantilla espera su aprobación: {name}",
            body=f"{actor.name} propuso otra redacción: {said}\n\nCompárela en Administración, Plantillas.",
        )
        return entry.answers(version)


def _refusal(unfit: TemplateUnfit) -> Refusal:
    told = [str(problem) for problem in unfit.problems[:MOST_TOLD]]
    if more := len(unfit.problems) - len(told):
        told.append(f"Hay {more} problemas más: corrija estos y vuelva a subirla.")
    return Refusal(*(Problem(ErrorCode.FILE_REFUSED, one, ("fileId",)) for one in told))


async def _next_number(kind: DocumentKind, variant: str, wording: PaperTemplate) -> int:
    """Return the number after the highest that any version of a template says of itself."""
    texts = await TemplateVersion.filter(kind=kind, variant=variant).values_list("text", flat=True)
    numbers = [str(front_data(split_front(str(text))[0]).get("version", "")) for text in texts]
    return max((int(one) for one in (*numbers, wording.version) if one.isdecimal()), default=0) + 1


async def _in_use(entry: Entry, kind: DocumentKind, variant: str) -> TemplateVersion:
    """Return the version in use; what the program brings is kept as one if nobody's paper has needed it yet."""
    return await version_of(entry, await wording_in_use(kind, variant))


async def approve_template(
    *, actor: User, version_id: int, replaces_id: int | None = None, expected_version: int | None = None
) -> TemplateVersion:
    """Put a draft into use in place of the one that is; its author never does, and the head does where there is one.

    `replaces_id` is the version that the person compared it with: STALE when another has taken its place.
    """
    async with audited(Verb.APPROVE_TEMPLATE, actor=actor) as entry:
        version = await reachable(
            TemplateVersion, version_id, actor, expected_version=expected_version, path="versionId"
        )
        name, of = template_name(version.kind, version.variant), of_template(version.kind, version.variant)
        if version.state != TemplateState.DRAFT:
            done = "está en uso" if version.state == TemplateState.APPROVED else "fue retirada"
            raise NotAllowedNow(f"La versión {version.edition} {of} ya {done}.")
        if reason := await why_not_decide(version.author_id, actor):
            raise NotAllowedNow(reason)
        used = await _in_use(entry, version.kind, version.variant)
        if replaces_id is not None and used.id != replaces_id:
            raise Stale("replacesId")
        await _refuse_unless_fit(version)
        await entry.change(
            used,
            state=TemplateState.RETIRED,
            retired_by_id=actor.id,
            retired_at=entry.at,
            retired_reason=f"La reemplazó la versión {version.edition}.",
        )
        await entry.change(version, state=TemplateState.APPROVED, approved_by_id=actor.id, approved_at=entry.at)
        entry.about(version, f"{actor.name} aprobó la versión {version.edition} {of}.")
        await _tell_author(entry, version, f"Se aprobó la plantilla que usted propuso: {name}")
        return entry.answers(version)


async def _refuse_unless_fit(version: TemplateVersion) -> None:
    """Refuse a draft that the program would no longer make papers from: its fields may have changed since."""
    try:
        content = await bytes_of(version.sha256)
        await asyncio.to_thread(open_template, content, version.kind.value, version.variant)
    except TemplateRefused as refused:
        raise NotAllowedNow(f"La propuesta ya no sirve con los datos de hoy. {refused}") from refused
    except StorageFault as fault:
        raise NotAllowedNow(f"{fault} Suba la plantilla de nuevo.") from fault


async def retire_template(
    *, actor: User, version_id: int, reason: str, expected_version: int | None = None
) -> TemplateVersion:
    """Refuse a draft, or take the version in use out of it: papers go back to the wording that the program brings.

    An author may withdraw a draft of her or his own.
    """
    checks = Checks()
    why = checks.text(reason, "reason", label="el motivo", most=LONGEST_NOTE)
    checks.done()
    async with audited(Verb.RETIRE_TEMPLATE, actor=actor) as entry:
        version = await reachable(
            TemplateVersion, version_id, actor, expected_version=expected_version, path="versionId"
        )
        name, of = template_name(version.kind, version.variant), of_template(version.kind, version.variant)
        if version.state == TemplateState.RETIRED:
            raise NotAllowedNow(f"La versión {version.edition} {of} ya fue retirada.")
        in_use = version.state == TemplateState.APPROVED
        if in_use and version.author_id is None:
            raise NotAllowedNow("Es la redacción que trae el programa: para cambiarla proponga otra y apruébela.")
        own_draft = not in_use and version.author_id == actor.id
        if not own_draft and (blocked := await why_not_decide(None if in_use else version.author_id, actor)):
            raise NotAllowedNow(blocked)
        await entry.change(
            version,
            state=TemplateState.RETIRED,
            retired_by_id=actor.id,
            retired_at=entry.at,
            retired_reason=why,
        )
        if in_use:
            ours = await asyncio.to_thread(template, version.kind.value, version.variant)
            await version_of(entry, ours)
        deed = "retiró" if in_use or own_draft else "no aprobó"
        entry.about(version, f"{actor.name} {deed} la versión {version.edition} {of}: {why}")
        await _tell_author(entry, version, f"Se {deed} la plantilla que usted propuso: {name}", why)
        return entry.answers(version)


async def _tell_author(entry: Entry, version: TemplateVersion, subject: str, why: str = "") -> None:
    author = await User.get_or_none(id=version.author_id, active=True) if version.author_id else None
    if author and author.id != entry.actor.id:
        entry.tell(
            [(author.email, author.name)],
            key=f"template:{version.id}:{version.version}",
            subject=subject,
            body=f"{entry.summary}\n\nEstá en Administración, Plantillas." if not why else entry.summary,
        )


async def sample_of(actor: User, version_id: int) -> Paper | None:
    """Return a made-up paper made with a version in reach, marked as one without validity; nothing is written.

    Raises PaperRefused when the version no longer makes one.
    """
    version = await TemplateVersion.get_or_none(within(TemplateVersion, actor), id=version_id)
    if version is None:
        return None
    kind, variant = version.kind.value, version.variant
    try:
        chosen = await asyncio.to_thread(open_template, await bytes_of(version.sha256), kind, variant)
    except (TemplateRefused, StorageFault) as wrong:
        raise PaperRefused(str(wrong)) from wrong
    return await asyncio.to_thread(make_paper, kind, sample_paper(kind, variant), variant, chosen)
