"""Official documents and files in the API."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from actions.electronic_signing import signing_obstacle
from documents.pades import SignatureTrust
from documents.searching import excerpt, sought
from models.audit import Verb
from models.centers import Source
from models.papers import DocumentKind, Outcome
from models.permissions import may
from models.renditions import RenditionState
from models.signed_copies import CopyKind
from reads.paging import Row
from reads.paper_words import texts_by_document
from reads.papers import NAMED, files_by_id, names_by_id
from reads.renditions import pdf_notes, renditions_by_document, sheet_notes
from reads.signed_copies import copies_by_document
from schema.context import Info
from schema.ids import Node, global_id
from schema.people import Person, person_of
from schema.rows import FromRow


@strawberry.type(description="Un archivo: se descarga por su dirección, con el mismo permiso que el registro.")
class File(Node):
    filename: str = strawberry.field(description="Nombre del archivo.")
    media_type: str = strawberry.field(description="Tipo de contenido.")
    size: int = strawberry.field(description="Tamaño en bytes.")
    sha256: str = strawberry.field(description="Huella SHA-256 del contenido, en hexadecimal.")
    received_at: datetime = strawberry.field(description="Cuándo se recibió o se hizo.")

    @strawberry.field(description="Dirección de descarga, en este mismo sitio.")
    def url(self) -> str:
        return f"/files/{self.key}"


async def file_of(info: Info, file_id: int | None) -> File | None:
    """Return a file by id, gathered with the others that the request asks for."""
    row = await info.context.load(files_by_id, file_id)
    return file(row) if row else None


def file(row: Row) -> File:
    """Make a file from its row."""
    return File.of(row, received_at=row["uploaded_at"])


@strawberry.type(description="El registro del que trata un documento.")
class DocumentAbout:
    kind: str = strawberry.field(
        description="Su tipo: LegalReview, Convention, Lease, SanitaryLicense o CourtFile (reservado)."
    )
    id: strawberry.ID = strawberry.field(description="Su identificador, para «node».")
    number: str = strawberry.field(description="Su código o número.")


ABOUT = {
    "LegalReview": "review_id",
    "Convention": "convention_id",
    "Lease": "lease_id",
    "SanitaryLicense": "license_id",
    "CourtFile": "court_file_id",
}
"""Columns of a paper that name what it is about, the nearest first."""
assert ABOUT.keys() == NAMED.keys()


@strawberry.type(description="Parte de un trozo de documento: lo hallado, o lo que lo rodea.")
class ExcerptPart:
    text: str = strawberry.field(description="Texto, tal como está en el documento.")
    found: bool = strawberry.field(description="Si es lo que se buscó.")


Text = Annotated[
    str | None, strawberry.argument(description="Lo que se buscó dentro del documento, como en «officialDocuments».")
]


@strawberry.type(
    description="Una firma electrónica de un PDF y lo que prueba. Solo la de un certificado de un prestador registrado "
    "en Guatemala (Decreto 47-2008) vale como la manuscrita; que esté íntegra prueba solo que nada cambió."
)
class ElectronicSignature(FromRow):
    signer: str = strawberry.field(description="A nombre de quién está el certificado.")
    stated_name: str = strawberry.field(description="Quién firma, según la firma misma.")
    organization: str = strawberry.field(description="Organización, según el certificado.")
    issuer: str = strawberry.field(description="Quién emitió el certificado.")
    serial: str = strawberry.field(description="Número de serie del certificado, en hexadecimal.")
    claimed_at: datetime | None = strawberry.field(description="Cuándo dice haber firmado la computadora que firmó.")
    stamped_at: datetime | None = strawberry.field(description="Cuándo lo certifica un sello de tiempo confiable.")
    intact: bool = strawberry.field(description="Si lo firmado está tal como se firmó.")
    covers: bool = strawberry.field(description="Si abarca todo el documento, como estaba al firmar.")
    changed_after: bool = strawberry.field(description="Si después se le cambió algo más que agregar otras firmas.")
    trust: SignatureTrust = strawberry.field(description="Si el certificado es de una autoridad en que se confía.")
    over_issued: bool = strawberry.field(description="Si lo firmado es, byte por byte, el PDF que el sistema elaboró.")


def electronic_signature(row: Row) -> ElectronicSignature:
    """Make a signature from what is kept of it."""
    times = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("claimed_at", "stamped_at")}
    return ElectronicSignature.of(row, **times, trust=SignatureTrust(row["trust"]))


@strawberry.type(
    description="Copia firmada de un documento: lo que se firmó a mano, digitalizado, o el PDF con firmas electrónicas."
)
class SignedCopy(Node):
    kind: CopyKind = strawberry.field(description="Cómo se firmó.")
    signed_on: date = strawberry.field(description="Fecha de la última firma.")
    note: str = strawberry.field(description="Nota de quien la agregó.")
    attached_at: datetime = strawberry.field(description="Cuándo se agregó.")
    withdrawn_at: datetime | None = strawberry.field(description="Cuándo se retiró, si se retiró.")
    withdrawn_reason: str = strawberry.field(description="Por qué se retiró.")
    row: strawberry.Private[Row]

    @strawberry.field(description="El archivo.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Quién la agregó.")
    async def attached_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["attached_by_id"])

    @strawberry.field(description="Quién la retiró, si se retiró.")
    async def withdrawn_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["withdrawn_by_id"])

    @strawberry.field(
        description="Sus firmas electrónicas, como se comprobaron al agregarla; ninguna si nadie pudo comprobarlas."
    )
    def signatures(self) -> list[ElectronicSignature]:
        return [electronic_signature(one) for one in self.row["signatures"]]


@strawberry.type(description="Documento oficial numerado. Anulado conserva su número.")
class OfficialDocument(Node):
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    number: str = strawberry.field(description="Número completo, como se imprime.")
    serial: int = strawberry.field(description="Correlativo del año, sin huecos.")
    year: int = strawberry.field(description="Año del correlativo.")
    unit: str = strawberry.field(description="Unidad que lo emite.")
    outcome: Outcome | None = strawberry.field(description="Sentido, si es un dictamen.")
    subject: str = strawberry.field(description="Asunto, como lo dice el libro de salida.")
    addressee: str = strawberry.field(description="A quién va, como lo dice el libro de salida.")
    parties: list[str] = strawberry.field(description="Partes, como puede leerlas el público: solo instituciones.")
    issued_on: date = strawberry.field(description="Fecha de emisión.")
    verification_code: str = strawberry.field(description="Código con que cualquiera comprueba que es auténtico.")
    voided_on: date | None = strawberry.field(description="Fecha de anulación, si se anuló.")
    void_reason: str = strawberry.field(description="Motivo de la anulación.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    file_id: strawberry.Private[int | None]
    issued_by_id: strawberry.Private[int]
    voided_by_id: strawberry.Private[int | None]
    row: strawberry.Private[Row]

    @strawberry.field(description="Quién lo emitió.")
    async def issued_by(self, info: Info) -> Person | None:
        return await person_of(info, self.issued_by_id)

    @strawberry.field(description="Quién lo anuló, si se anuló.")
    async def voided_by(self, info: Info) -> Person | None:
        return await person_of(info, self.voided_by_id)

    @strawberry.field(description="De qué trata; vacío si de nada registrado, o si está fuera de su alcance.")
    async def about(self, info: Info) -> DocumentAbout | None:
        for kind, column in ABOUT.items():
            key = self.row[column]
            number = await info.context.load(names_by_id, key, kind=kind)
            if number:
                return DocumentAbout(kind=kind, id=global_id(kind, key), number=number)
        return None

    @strawberry.field(
        description="Trozo del texto alrededor de lo primero que se halló; vacío si nada se buscó o se halló."
    )
    async def excerpt(self, info: Info, text: Text = None) -> list[ExcerptPart]:
        wanted = sought(text)
        found = await info.context.load(texts_by_document, self.key) if wanted else None
        return [ExcerptPart(text=piece.text, found=piece.found) for piece in excerpt(found or "", wanted)]

    @strawberry.field(description="Archivo de Word; vacío en papeles de 2024 que solo constan en la Memoria.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="PDF que el motor hizo del documento, con su huella; vacío mientras no lo hay.")
    async def pdf(self, info: Info) -> File | None:
        row = await info.context.load(renditions_by_document, self.key)
        return await file_of(info, row["file_id"]) if row else None

    @strawberry.field(description="Hojas que tiene su PDF; vacío mientras no lo hay.")
    async def sheets(self, info: Info) -> int | None:
        row = await info.context.load(renditions_by_document, self.key)
        return row["sheets"] if row else None

    @strawberry.field(description="Qué tan lejos va su PDF; vacío si no se hará ninguno.")
    async def pdf_state(self, info: Info) -> RenditionState | None:
        row = await info.context.load(renditions_by_document, self.key)
        return row["state"] if row else None

    @strawberry.field(description="Por qué no hay PDF y cuánto tarda; vacío cuando lo hay.")
    async def pdf_note(self, info: Info) -> str:
        return await info.context.load(pdf_notes, self.key) or ""

    @strawberry.field(description="En qué difieren las hojas de su PDF de las que él mismo dice; vacío si concuerdan.")
    async def sheets_note(self, info: Info) -> str:
        return await info.context.load(sheet_notes, self.key) or ""

    @strawberry.field(description="Sus copias firmadas, también las retiradas, en el orden en que se agregaron.")
    async def signed_copies(self, info: Info) -> list[SignedCopy]:
        return await SignedCopy.each(info, copies_by_document, self.key)

    @strawberry.field(description="Por qué usted no puede firmarlo electrónicamente aquí; vacío si puede.")
    async def signing_obstacle(self, info: Info) -> str:
        person = info.context.person
        if not may(person, Verb.SIGN_PAPER):
            return "Firma la Asesoría Jurídica."
        return await signing_obstacle(self.key, person, voided=self.voided_on is not None)
