"""Files kept by content, official documents with their gapless numbers, and the series the numbers come from."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class DocumentKind(StrEnum):
    """Papers that the legal office issues, each with its own series per year."""

    DICTAMEN = "DICTAMEN"
    OPINION = "OPINION"
    PROVIDENCIA = "PROVIDENCIA"
    RESOLUCION = "RESOLUCION"
    OFICIO = "OFICIO"
    CONOCIMIENTO = "CONOCIMIENTO"
    ACTA_NEGOCIACION = "ACTA_NEGOCIACION"
    CONTRATO_ARRENDAMIENTO = "CONTRATO_ARRENDAMIENTO"
    ADENDA = "ADENDA"
    CONVENIO = "CONVENIO"
    CARTA_ENTENDIMIENTO = "CARTA_ENTENDIMIENTO"
    MEMORANDUM_ENTENDIMIENTO = "MEMORANDUM_ENTENDIMIENTO"


AGREEMENT_PAPERS = (
    DocumentKind.CONVENIO,
    DocumentKind.CARTA_ENTENDIMIENTO,
    DocumentKind.MEMORANDUM_ENTENDIMIENTO,
    DocumentKind.CONTRATO_ARRENDAMIENTO,
    DocumentKind.ACTA_NEGOCIACION,
)
"""Papers that the parties of an agreement sign."""


class Outcome(StrEnum):
    """How a dictamen concludes. It concludes, it never decides for the authority."""

    FAVORABLE = "FAVORABLE"
    FAVORABLE_WITH_CONDITIONS = "FAVORABLE_WITH_CONDITIONS"
    UNFAVORABLE = "UNFAVORABLE"


LEGAL_UNIT = "AJ"
"""The Asesoría Jurídica's mark in its numbers: DICTAMEN-AJ-172-2024."""


class StoredFile(Model):
    """A file somebody sent or the system made, its bytes lie in the store under `sha256`."""

    id = fields.IntField(primary_key=True)
    sha256 = fields.CharField(64, db_index=True)
    filename = fields.CharField(200)
    media_type = fields.CharField(100)
    size = fields.BigIntField()
    """Bytes."""
    uploaded_by = belongs_to("User", "files")
    uploaded_by_id: int
    uploaded_at = fields.DatetimeField()
    used = fields.BooleanField(default=False)
    """Named by some record. An unused file is forgotten after a day."""

    class Meta:
        table = "stored_files"
        indexes = (("used", "uploaded_at"),)


class Series(Model):
    """The last number given of a kind, unit and year. Advanced only in the transaction that uses the number."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(28)
    unit = fields.CharField(12)
    year = fields.IntField()
    value = fields.IntField()

    class Meta:
        table = "series"
        unique_together = (("kind", "unit", "year"),)


class SeriesPattern(Model):
    """How a kind's numbers are written from a date on, with {kind}, {unit}, {serial} and {year}."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(28)
    unit = fields.CharField(12, default=LEGAL_UNIT)
    pattern = fields.CharField(80)
    valid_from = fields.DateField()

    class Meta:
        table = "series_patterns"
        unique_together = (("kind", "unit", "valid_from"),)


class OfficialDocument(Model):
    """A numbered paper with its Word file. A void keeps its number and gives its reason."""

    id = fields.IntField(primary_key=True)
    kind = one_of(DocumentKind, max_length=28)
    unit = fields.CharField(12, default=LEGAL_UNIT)
    year = fields.IntField()
    serial = fields.IntField()
    number = fields.CharField(60, unique=True)
    review = belongs_to("LegalReview", "documents", null=True)
    review_id: int | None
    convention = belongs_to("Convention", "documents", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "documents", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "documents", null=True)
    license_id: int | None
    court_file = belongs_to("CourtFile", "documents", null=True)
    court_file_id: int | None
    """A paper of a court file is as reserved as the file."""
    subject = fields.CharField(300, default="", db_default="")
    """What the paper is about, as the outgoing book says it."""
    addressee = fields.CharField(240, default="", db_default="")
    """To whom it goes, as the outgoing book says it."""
    outcome: Outcome | None = one_of(Outcome, max_length=28, null=True)
    parties: list = fields.JSONField(default=list)
    """Names of the parties as the public may read them: institutions only."""
    data: dict = fields.JSONField(default=dict)
    """What the paper was made from, so that it can be made again."""
    issued_on = fields.DateField()
    issued_at = fields.DatetimeField()
    issued_by = belongs_to("User", "documents")
    issued_by_id: int
    file = belongs_to("StoredFile", "documents", null=True)
    file_id: int | None
    """Empty only for papers of 2024 that the report counts and nobody has."""
    text_sha256 = fields.CharField(64, default="")
    template_sha256 = fields.CharField(64, default="")
    template = belongs_to("TemplateVersion", "documents", null=True)
    template_id: int | None
    """The wording that it was made from; empty for papers older than the keeping of templates."""
    variant = fields.CharField(20, default="", db_default="")
    """Which of the kind's wordings: MAD_CAD, CADI, TRAMITE…"""
    verification_code = fields.CharField(20, unique=True)
    voided_on = fields.DateField(null=True)
    void_reason = fields.TextField(default="")
    voided_by = belongs_to("User", "voided_documents", null=True)
    voided_by_id: int | None
    search = fields.CharField(900, default="", db_default="")
    source = fields.CharField(10, default="SYSTEM")

    class Meta:
        table = "official_documents"
        unique_together = (("kind", "unit", "year", "serial"),)
        indexes = (
            ("review_id", "id"),
            ("convention_id", "id"),
            ("issued_on", "id"),
            ("court_file_id", "id"),
            # Anybody may ask whose a hash is.
            ("text_sha256",),
            ("file_id",),
        )
