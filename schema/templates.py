"""Templates in the API: of each kind of paper its versions, how one differs from another, and who decides about it."""

import asyncio
from datetime import datetime
from functools import lru_cache
from typing import Annotated

import strawberry

from documents.kinds import fields_of
from documents.layout import LOOKS
from documents.markup import readable
from documents.redline import ChangeKind, Difference, redline
from documents.template_review import warnings_between
from documents.templates import known_templates, template, template_stem
from documents.vetting import known_fields
from models.papers import DocumentKind
from models.permissions import RESERVED
from models.templates import TemplateState
from models.templates import TemplateVersion as VersionRow
from reads.paging import Row
from reads.templates import (
    compared_with,
    papers_by_version,
    template_name,
    versions_by_id,
    versions_of,
    why_not_decide,
)
from schema.context import Info
from schema.ids import Node, opened
from schema.papers import File, file_of
from schema.people import Person, person_of
from schema.rows import FromRow

Key = Annotated[str, strawberry.argument(description="La clave de la plantilla: «convenio_cadi», «oficio».")]
Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador de la versión.")]
STYLES = {style: look.name for style, look in LOOKS.items()}


@strawberry.type(description="Unas palabras de un párrafo, que quedaron, se agregaron o se quitaron juntas.")
class ChangedWords(FromRow):
    kind: ChangeKind = strawberry.field(description="Qué pasó con ellas.")
    text: str = strawberry.field(description="Las palabras.")


@strawberry.type(
    description="Un párrafo que cambió o que está junto a uno que cambió, o los que se saltan por iguales."
)
class TemplateDifference(FromRow):
    kind: ChangeKind = strawberry.field(description="Qué pasó con el párrafo.")
    words: list[ChangedWords] = strawberry.field(description="Lo que dice, por partes.")
    skipped: int = strawberry.field(description="Cuántos párrafos iguales se saltan aquí.")


@lru_cache(maxsize=16)
def _redlined(before: str, after: str) -> tuple[Difference, ...]:
    """Return what changed between two texts; they never change, and a page asks for them twice."""
    return redline(readable(before, STYLES), readable(after, STYLES))


@strawberry.type(description="Una versión de la redacción de una clase de documento; su texto nunca cambia.")
class TemplateVersion(Node):
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    variant: str = strawberry.field(description="Variante de la clase; vacía si tiene una sola.")
    edition: int = strawberry.field(description="Número de versión, desde 1, en el orden en que llegaron.")
    title: str = strawberry.field(description="Título de la plantilla.")
    state: TemplateState = strawberry.field(description="Qué tan lejos va.")
    note: str = strawberry.field(description="Qué cambió y por qué, en palabras de quien la propuso.")
    sha256: str = strawberry.field(description="Huella SHA-256 del archivo de Word, que cada documento recuerda.")
    created_at: datetime = strawberry.field(description="Cuándo se propuso.")
    approved_at: datetime | None = strawberry.field(description="Cuándo se aprobó.")
    retired_at: datetime | None = strawberry.field(description="Cuándo se retiró o no se aprobó.")
    retired_reason: str = strawberry.field(description="Por qué.")
    version: int = strawberry.field(description="Versión del registro, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Clave de su plantilla, como va en las direcciones.")
    def template_key(self) -> str:
        return template_stem(self.kind, self.variant)

    @strawberry.field(
        description="Cómo se llama su plantilla en una frase: «el convenio: Hogares Comunitarios (CADI)»."
    )
    def template_name(self) -> str:
        return template_name(self.kind, self.variant)

    @strawberry.field(description="Quién la propuso; vacío si es la redacción que trae el programa.")
    async def author(self, info: Info) -> Person | None:
        return await person_of(info, self.row["author_id"])

    @strawberry.field(description="Quién la aprobó.")
    async def approved_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["approved_by_id"])

    @strawberry.field(description="Quién la retiró o no la aprobó.")
    async def retired_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["retired_by_id"])

    @strawberry.field(description="El archivo de Word del que se hacen los documentos, para editarlo.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Dirección de un documento de muestra, sin validez, hecho con esta versión.")
    def sample_url(self) -> str:
        return f"/administracion/plantillas/muestra/{self.key}.docx"

    @strawberry.field(description="Cuántos documentos a su alcance se hicieron con ella.")
    async def paper_count(self, info: Info) -> int:
        return await info.context.load(papers_by_version, self.key) or 0

    @strawberry.field(description="Por qué quien pregunta no puede aprobarla ni rechazarla; vacío si puede.")
    async def why_not_decide(self, info: Info) -> str:
        if self.state != TemplateState.DRAFT:
            return "La versión ya está resuelta."
        return await why_not_decide(self.row["author_id"], info.context.person)

    @strawberry.field(description="Con cuál se compara: la que está en uso o, si ya se resolvió, la anterior.")
    async def compared_with(self, info: Info) -> "TemplateVersion | None":
        row = await compared_with(self.row)
        return TemplateVersion.of(row) if row else None

    @strawberry.field(description="En qué difiere su texto del de la versión con que se compara, en orden.")
    async def differences(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="Cuántos párrafos, a lo sumo 200.")] = 200,
        skip: Annotated[int, strawberry.argument(description="Cuántos se saltan, los que ya se vieron.")] = 0,
    ) -> list[TemplateDifference]:
        start = max(skip, 0)
        return [
            TemplateDifference.of(vars(one), words=[ChangedWords.of(vars(words)) for words in one.words])
            for one in (await self._redlined(info))[start : start + max(0, min(first, 200))]
        ]

    @strawberry.field(description="Cuántos párrafos dan en total las diferencias.")
    async def difference_count(self, info: Info) -> int:
        return len(await self._redlined(info))

    @strawberry.field(description="Lo que conviene mirar de nuevo: datos que la otra versión imprime y esta no.")
    async def warnings(self, info: Info) -> list[str]:
        before, after = await self._texts(info)
        return list(warnings_between(before, after, self.kind.value, self.variant)) if before else []

    async def _redlined(self, info: Info) -> tuple[Difference, ...]:
        before, after = await self._texts(info)
        if not before:
            return ()
        return await asyncio.to_thread(_redlined, before, after)

    async def _texts(self, info: Info) -> tuple[str, str]:
        """Return the text of the version that it is compared with, empty when there is none, and its own."""
        other = await compared_with(self.row)
        mine = await info.context.load(versions_by_id, self.key)
        return (other["text"] if other else ""), mine["text"]


@strawberry.type(description="Un dato que el sistema pone en los documentos de una clase.")
class TemplateField(FromRow):
    name: str = strawberry.field(description="Como se escribe entre llaves: «number», «adviser.name».")
    description: str = strawberry.field(description="Qué es.")
    printed: bool = strawberry.field(description="Si se imprime tal como está; si no, necesita un filtro o una orden.")


@strawberry.type(description="La plantilla de una clase de documento: la versión en uso y las demás.")
class PaperTemplate:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    variant: str = strawberry.field(description="Variante de la clase; vacía si tiene una sola.")
    rows: strawberry.Private[list[Row]]

    @strawberry.field(description="Clave con que se pide, como va en las direcciones.")
    def key(self) -> str:
        return template_stem(self.kind, self.variant)

    @strawberry.field(description="Cómo se llama en una frase: «el convenio: Hogares Comunitarios (CADI)».")
    def name(self) -> str:
        return template_name(self.kind, self.variant)

    @strawberry.field(description="Título que llevan los documentos.")
    def title(self) -> str:
        used = self._used()
        return str(used["title"]) if used else template(self.kind.value, self.variant).title

    @strawberry.field(description="La versión en uso; vacía mientras nadie haya emitido ni propuesto nada.")
    def in_use(self) -> TemplateVersion | None:
        used = self._used()
        return TemplateVersion.of(used) if used else None

    @strawberry.field(description="Si se usa la redacción que trae el programa, y no una de la Asesoría Jurídica.")
    def from_program(self) -> bool:
        used = self._used()
        return used is None or used["author_id"] is None

    @strawberry.field(description="Todas las versiones, la última primero.")
    def versions(self) -> list[TemplateVersion]:
        return [TemplateVersion.of(row) for row in self.rows]

    @strawberry.field(description="Si el programa trae otra redacción desde que la Asesoría Jurídica aprobó la suya.")
    def program_changed(self) -> bool:
        brought = {row["sha256"] for row in self.rows if row["author_id"] is None}
        return not self.from_program() and template(self.kind.value, self.variant).sha256 not in brought

    @strawberry.field(description="Los datos que su redacción puede usar.")
    def fields(self) -> list[TemplateField]:
        return [TemplateField.of(vars(one)) for one in known_fields(fields_of(self.kind.value, self.variant))]

    @strawberry.field(description="Cuántas esperan que alguien las apruebe.")
    def waiting(self) -> int:
        return sum(row["state"] == TemplateState.DRAFT for row in self.rows)

    @strawberry.field(description="Dirección de descarga del Word de la versión en uso, para editarlo.")
    def word_url(self) -> str:
        return f"/administracion/plantillas/{self.key()}.docx"

    def _used(self) -> Row | None:
        return next((row for row in self.rows if row["state"] == TemplateState.APPROVED), None)


async def paper_templates(info: Info) -> list[PaperTemplate]:
    """Return the template of each kind and variant; none for those who do not keep the wording of papers."""
    person = info.context.person
    if person.role not in RESERVED[VersionRow]:
        return []
    versions = await versions_of(person)
    return [
        PaperTemplate(kind=DocumentKind(kind), variant=variant, rows=versions.get((kind, variant), []))
        for kind, variant in known_templates()
    ]


async def paper_template(info: Info, key: Key) -> PaperTemplate | None:
    """Return a template by its key."""
    return next((one for one in await paper_templates(info) if template_stem(one.kind, one.variant) == key), None)


async def template_version(info: Info, id: Identifier) -> TemplateVersion | None:
    """Return a version by its id."""
    _ = info.context.person
    kind, key = opened(id) or ("", "")
    if kind != "TemplateVersion" or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    row = await info.context.load(versions_by_id, int(key))
    return TemplateVersion.of(row) if row else None
