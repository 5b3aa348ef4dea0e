"""The wording of papers as rows: each kind's versions, who may decide about a draft, and what versions are called."""

from collections import defaultdict
from collections.abc import Sequence

from tortoise.functions import Count

from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.permissions import LEGAL_OFFICE, within
from models.templates import TemplateState, TemplateVersion
from reads.paging import Row

VERSION = (
    "id", "kind", "variant", "edition", "title", "state", "text", "file_id", "sha256", "note", "author_id",
    "created_at", "approved_by_id", "approved_at", "retired_by_id", "retired_at", "retired_reason", "version",
)  # fmt: skip

KIND_NAMES = {
    DocumentKind.DICTAMEN: "el dictamen",
    DocumentKind.OPINION: "la opinión",
    DocumentKind.PROVIDENCIA: "la providencia",
    DocumentKind.RESOLUCION: "la resolución",
    DocumentKind.OFICIO: "el oficio",
    DocumentKind.CONOCIMIENTO: "el conocimiento",
    DocumentKind.ACTA_NEGOCIACION: "el acta de negociación",
    DocumentKind.CONTRATO_ARRENDAMIENTO: "el contrato de arrendamiento",
    DocumentKind.ADENDA: "la adenda",
    DocumentKind.CONVENIO: "el convenio",
    DocumentKind.CARTA_ENTENDIMIENTO: "la carta de entendimiento",
    DocumentKind.MEMORANDUM_ENTENDIMIENTO: "el memorándum de entendimiento",
}
VARIANT_NAMES = {
    "MAD": "Mis Años Dorados (redacción anterior)",
    "MAD_CAD": "Mis Años Dorados, atención diurna (CAD)",
    "MAD_CAP": "Mis Años Dorados, atención permanente (CAP)",
    "CADI": "Hogares Comunitarios (CADI)",
    "GENERAL": "los demás programas",
    "TRAMITE": "trámite",
    "ADSCRIPCION": "adscripción de inmueble",
}
"""What people call the variants of a kind; a new one is called by its mark."""


def template_name(kind: DocumentKind, variant: str = "") -> str:
    """Return how a sentence names a template: «el convenio: Hogares Comunitarios (CADI)»."""
    return f"{KIND_NAMES[kind]}: {VARIANT_NAMES.get(variant, variant)}" if variant else KIND_NAMES[kind]


def of_template(kind: DocumentKind, variant: str = "") -> str:
    """Return the same after «de»: «del convenio: Hogares Comunitarios (CADI)», «de la opinión»."""
    name = template_name(kind, variant)
    return f"d{name}" if name.startswith("el ") else f"de {name}"


async def deciders(author_id: int | None) -> list[User]:
    """Return who may approve or refuse a draft: the head where there is one, or else the office, never its author."""
    office = User.filter(role__in=list(LEGAL_OFFICE), active=True).order_by("id")
    others = [one for one in await office if one.id != author_id]
    return [one for one in others if one.role == Role.LEGAL_HEAD] or others


async def why_not_decide(author_id: int | None, actor: User) -> str:
    """Say in a sentence why a person may not decide about a draft; empty when she or he may."""
    if actor.id == author_id:
        return "Quien propone una plantilla no la aprueba: corresponde a otra persona de la Asesoría Jurídica."
    if actor.id in [one.id for one in await deciders(author_id)]:
        return ""
    if actor.role in LEGAL_OFFICE:
        return "La plantilla la resuelve la jefatura de la Asesoría Jurídica."
    return "La plantilla la resuelve la Asesoría Jurídica."


async def versions_of(actor: User) -> dict[tuple[str, str], list[Row]]:
    """Return the versions of every template in reach by kind and variant, the newest first, without their texts."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    columns = [name for name in VERSION if name != "text"]
    rows = TemplateVersion.filter(within(TemplateVersion, actor)).order_by("kind", "variant", "-edition")
    for row in await rows.values(*columns):
        grouped[row["kind"].value, row["variant"]].append(row)
    return grouped


async def versions_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the versions in reach among these."""
    rows = await TemplateVersion.filter(within(TemplateVersion, actor), id__in=ids).values(*VERSION)
    return {row["id"]: row for row in rows}


async def compared_with(row: Row) -> Row | None:
    """Return the version that another is read against: for a draft the one in use, for any other the one before it."""
    ours = TemplateVersion.filter(kind=row["kind"], variant=row["variant"]).exclude(id=row["id"])
    if row["state"] == TemplateState.DRAFT:
        ours = ours.filter(state=TemplateState.APPROVED)
    else:
        ours = ours.filter(edition__lt=row["edition"])
    found = await ours.order_by("-edition").limit(1).values(*VERSION)
    return found[0] if found else None


async def papers_by_version(ids: Sequence[int], actor: User) -> dict[int, int]:
    """Return how many papers in reach were made from each of these versions."""
    papers = OfficialDocument.filter(within(OfficialDocument, actor), template_id__in=list(ids))
    rows = await papers.annotate(many=Count("id")).group_by("template_id").values("template_id", "many")
    return {row["template_id"]: row["many"] for row in rows}
