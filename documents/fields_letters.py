"""What the letters of the legal office must be told: the oficio, and the conocimiento that proves a delivery."""

from pydantic import Field

from .fields import FreeText, Line, OptionalLine, PaperFields, Part, Person


class OficioFields(PaperFields):
    """A letter from the legal office."""

    addressee: Line = Field(description="A quién se dirige, con su tratamiento: Licenciada Ana Pérez")
    addressee_position: OptionalLine = Field(default="", description="Cargo de la persona destinataria")
    addressee_institution: OptionalLine = Field(default="", description="Institución de la persona destinataria")
    subject: Line = Field(description="Asunto")
    body: FreeText = Field(description="Texto del oficio")
    closing: OptionalLine = Field(default="", description="Despedida; vacía: «Atentamente,»")
    signer: Person = Field(description="Quien firma")
    initials: OptionalLine = Field(default="", description="Iniciales de quien elaboró: APG/mrs")
    copies: tuple[Line, ...] = Field(default=(), description="Con copia a")
    annexes: tuple[Line, ...] = Field(default=(), description="Anexos que se acompañan")


class DeliveredItem(Part):
    """One thing that a conocimiento hands over."""

    description: Line = Field(description="Documento o expediente que se entrega")
    folios: int | None = Field(default=None, ge=1, lt=10**6, description="Folios; vacío: no se contaron")


class ConocimientoFields(PaperFields):
    """Proof of what was handed over, to be signed by who receives."""

    addressee: Line = Field(description="Unidad o persona a la que se entrega")
    items: tuple[DeliveredItem, ...] = Field(min_length=1, description="Lo que se entrega")
    note: FreeText | None = Field(default=None, description="Nota, si la hay")
    delivered_by: Person = Field(description="Quien entrega")
    received_by: OptionalLine = Field(default="", description="Quien recibe; vacío: se escribe a mano")

    @property
    def total_folios(self) -> int:
        """Folios of all items together; zero when one was not counted."""
        counted = [item.folios for item in self.items if item.folios]
        return sum(counted) if len(counted) == len(self.items) else 0
