"""Making an issued paper again from what it remembers: its data, its wording and its kind. Nothing is written."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from actions.files import bytes_of
from documents.comparing import Change, differences
from documents.engine import PaperRefused, make_paper, visible_text
from documents.kinds import UnknownKind, fields_of
from documents.storage import StorageFault
from documents.templates import PaperTemplate, open_template
from documents.vetting import TemplateRefused
from models.papers import OfficialDocument
from models.people import Role, User
from models.permissions import LEGAL_OFFICE, within

REMAKERS = LEGAL_OFFICE | {Role.AUDITOR}
"""Who may have a paper made again: it shows all that a paper was made from."""


class RemakeState(StrEnum):
    """What came out when a paper was made again from what it remembers."""

    IDENTICAL = "IDENTICAL"
    SAME_TEXT = "SAME_TEXT"
    DIFFERENT = "DIFFERENT"
    IMPOSSIBLE = "IMPOSSIBLE"


@dataclass(frozen=True)
class Remade:
    """A paper made again: how it compares with the file that was issued, and what differs or is missing."""

    state: RemakeState
    reason: str = ""
    """Why it could not be made, in a sentence."""
    template_id: int | None = None
    """Version of its template."""
    changes: tuple[Change, ...] = ()


async def remake_document(actor: User, document_id: int) -> Remade | None:
    """Return how a paper in reach comes out when it is made again; None for one out of reach, or for other roles."""
    if actor.role not in REMAKERS:
        return None
    query = OfficialDocument.filter(within(OfficialDocument, actor), id=document_id)
    document = await query.select_related("file", "template", "template__file").first()
    if document is None:
        return None
    if document.file is None or document.template is None:
        return Remade(RemakeState.IMPOSSIBLE, "El documento es anterior a que el sistema guardara sus plantillas.")
    version = document.template.id
    kind, variant = document.kind.value, document.variant
    try:
        kept = await bytes_of(document.file.sha256)
        wording = await bytes_of(document.template.file.sha256)
        chosen = await asyncio.to_thread(open_template, wording, kind, variant)
        made = await asyncio.to_thread(_made, kind, variant, document.data, chosen)
        return await asyncio.to_thread(_compared, kept, made, version)
    except StorageFault as fault:
        return Remade(RemakeState.IMPOSSIBLE, f"{fault}", version)
    except (UnknownKind, ValidationError) as wrong:
        said = str(wrong) if isinstance(wrong, UnknownKind) else "Sus datos ya no se leen con los campos de hoy."
        return Remade(RemakeState.IMPOSSIBLE, said, version)
    except (TemplateRefused, PaperRefused) as refused:
        return Remade(RemakeState.IMPOSSIBLE, str(refused), version)


def _made(kind: str, variant: str, data: dict[str, object], chosen: PaperTemplate) -> bytes:
    return make_paper(kind, fields_of(kind, variant).model_validate(data), variant, chosen).docx


def _compared(kept: bytes, made: bytes, version: int) -> Remade:
    if kept == made:
        return Remade(RemakeState.IDENTICAL, template_id=version)
    changes = tuple(differences(visible_text(kept), visible_text(made)))
    return Remade(RemakeState.DIFFERENT if changes else RemakeState.SAME_TEXT, template_id=version, changes=changes)
