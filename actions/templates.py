"""The wording that papers are made from: of each kind the version in use, kept before its first paper."""

import asyncio

from actions.audited import Entry
from actions.files import bytes_of, keep_paper
from documents.media_types import WORD
from documents.templates import PaperTemplate, open_template, template, template_stem, template_text
from models.papers import DocumentKind
from models.templates import TemplateState, TemplateVersion


async def wording_in_use(kind: DocumentKind, variant: str = "") -> PaperTemplate:
    """Return what papers are made from now: the version that the office approved, or else what the program brings."""
    version = await _approved(kind, variant)
    if version and version.author_id:
        content = await bytes_of(version.sha256)
        return await asyncio.to_thread(open_template, content, kind.value, variant)
    return await asyncio.to_thread(template, kind.value, variant)


async def version_of(entry: Entry, used: PaperTemplate) -> TemplateVersion:
    """Return the version whose wording a paper was made from, within the deed that issues it.

    What the program brings becomes a version of its own, with its bytes, with the first paper made from it.
    """
    version = await _approved(DocumentKind(used.kind), used.variant)
    if version and version.sha256 == used.sha256:
        return version
    if version:
        # The program came with another wording, and nobody of the office had approved one of theirs.
        reason = "El programa trajo otra redacción."
        await entry.change(version, state=TemplateState.RETIRED, retired_at=entry.at, retired_reason=reason)
    return await _keep(entry, used)


async def _approved(kind: DocumentKind, variant: str) -> TemplateVersion | None:
    return await TemplateVersion.get_or_none(kind=kind, variant=variant, state=TemplateState.APPROVED)


async def _keep(entry: Entry, ours: PaperTemplate) -> TemplateVersion:
    kind = DocumentKind(ours.kind)
    # The same wording may have been in use before another one took its place.
    editions = TemplateVersion.filter(kind=kind, variant=ours.variant)
    known = await editions.filter(sha256=ours.sha256, author_id=None).first()
    if known:
        await entry.change(known, state=TemplateState.APPROVED, retired_at=None, retired_reason="")
        return known
    edition = await editions.count() + 1
    name = f"plantilla-{template_stem(ours.kind, ours.variant)}.docx"
    file = await keep_paper(entry, ours.docx, name, WORD)
    return await entry.create(
        TemplateVersion,
        kind=kind,
        variant=ours.variant,
        edition=edition,
        title=ours.title,
        state=TemplateState.APPROVED,
        text=template_text(ours.docx),
        file_id=file.id,
        sha256=ours.sha256,
        note="Redacción que trae el programa.",
        created_at=entry.at,
        approved_at=entry.at,
    )
