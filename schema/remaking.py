"""Papers made again, in the API: whether what a paper remembers still gives the file that was issued."""

from typing import Annotated

import strawberry

from actions.remaking import Remade, RemakeState, remake_document
from reads.templates import versions_by_id
from schema.context import Info
from schema.ids import opened
from schema.templates import TemplateVersion

Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador del documento.")]


@strawberry.type(description="Unas palabras de un párrafo y si el otro texto no las tiene.")
class RemadeWords:
    text: str = strawberry.field(description="Las palabras.")
    differs: bool = strawberry.field(description="Si el otro texto no las tiene.")


@strawberry.type(description="Un párrafo que no salió igual.")
class RemadeChange:
    line: int = strawberry.field(description="Número de párrafo.")
    issued: list[RemadeWords] = strawberry.field(description="Lo que dice el documento emitido.")
    remade: list[RemadeWords] = strawberry.field(description="Lo que dice el que se elaboró de nuevo.")


@strawberry.type(description="Un documento elaborado de nuevo con los datos y la plantilla que recuerda; no se guarda.")
class RemadeDocument:
    made: strawberry.Private[Remade]

    @strawberry.field(description="Cómo salió, comparado con el archivo emitido.")
    def state(self) -> RemakeState:
        return self.made.state

    @strawberry.field(description="Por qué no se pudo; vacío si se pudo.")
    def reason(self) -> str:
        return self.made.reason

    @strawberry.field(description="Versión de la plantilla con que se hizo; vacía si es anterior a guardarlas.")
    async def template_version(self, info: Info) -> TemplateVersion | None:
        row = await info.context.load(versions_by_id, self.made.template_id)
        return TemplateVersion.of(row) if row else None

    @strawberry.field(description="En qué difieren los textos; vacío si dicen lo mismo.")
    def changes(self) -> list[RemadeChange]:
        return [
            RemadeChange(
                line=one.line,
                issued=[RemadeWords(text=text, differs=differs) for text, differs in one.kept],
                remade=[RemadeWords(text=text, differs=differs) for text, differs in one.sent],
            )
            for one in self.made.changes
        ]


async def remake(info: Info, id: Identifier) -> RemadeDocument | None:
    """Make a paper again and compare it with what was issued."""
    person = info.context.person
    kind, key = opened(id) or ("", "")
    if kind != "OfficialDocument" or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    made = await remake_document(person, int(key))
    return RemadeDocument(made=made) if made else None
