"""What every paper must be told, and what its values are made of: lines, texts, amounts, checked numbers, persons."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from .words import valid_cui, valid_nit

# Direction overrides make a printed name differ from the stored one; control characters vanish from Word in silence.
FORBIDDEN_CHARACTERS = {"Cc", "Cs", "Co"}
DIRECTION_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _printable(text: str) -> str:
    """Refuse characters that no paper can show; line ends and tabs may stay."""
    for character in text:
        hidden = unicodedata.category(character) in FORBIDDEN_CHARACTERS and character not in "\n\r\t\x85"
        if hidden or character in DIRECTION_OVERRIDES or character in "\ufffe\uffff":
            raise ValueError("El texto contiene un carácter que no se puede imprimir; escríbalo de nuevo.")
    return text


Trimmed = StringConstraints(strip_whitespace=True, max_length=2000)
Line = Annotated[str, AfterValidator(_printable), Trimmed, Field(min_length=1)]
"""One line that must not be empty."""
OptionalLine = Annotated[str, AfterValidator(_printable), Trimmed]
"""One line that may be empty; the template then uses other words."""
FreeText = Annotated[
    str, AfterValidator(_printable), StringConstraints(strip_whitespace=True, min_length=1, max_length=60_000)
]
"""Text of several paragraphs; every line end is a paragraph."""


def folded(text: str) -> str:
    """Return a name without accents, capitals or spaces in a row, to compare it with another."""
    plain = unicodedata.normalize("NFD", " ".join(text.split()).casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _checked_cui(cui: str) -> str:
    """Return the thirteen digits without spaces, or refuse them."""
    digits = re.sub(r"[\s-]", "", cui)
    if not valid_cui(digits):
        raise ValueError("El CUI no es válido: revise sus trece dígitos.")
    return digits


def _checked_nit(nit: str) -> str:
    """Return a tax number as it is printed, «1234567-8», or refuse it."""
    plain = re.sub(r"[\s-]", "", nit).upper()
    if not valid_nit(plain):
        raise ValueError("El NIT no es válido: revise sus dígitos y el verificador.")
    return f"{plain[:-1]}-{plain[-1]}"


def _exact(amount: Any) -> Any:
    """Return quetzales as they were typed, «Q.1,500.00» or «1500.00», without their signs; refuse what is ambiguous."""
    if isinstance(amount, str):
        found = re.fullmatch(r"\s*(?:Q\.?\s*)?((?:\d{1,3}(?:,\d{3})+|\d{1,11})(?:\.\d{1,2})?)\s*", amount, re.I | re.A)
        amount = Decimal(found[1].replace(",", "")) if found else None
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise ValueError("Escriba el monto en quetzales, por ejemplo 1500.00 o Q.1,500.00.")
    exact = Decimal(amount)
    if not exact.is_finite() or not 0 < exact < 10**11 or exact * 100 % 1 != 0:
        raise ValueError("El monto debe ser mayor que cero y tener a lo sumo dos decimales.")
    return exact.quantize(Decimal("0.01"))


Cui = Annotated[str, AfterValidator(_checked_cui)]
"""A Código Único de Identificación whose check digit, department and municipality are right."""
Nit = Annotated[str, AfterValidator(_checked_nit)]
"""A tax number whose check digit is right."""
Amount = Annotated[Decimal, BeforeValidator(_exact)]
"""Quetzales with two decimals, more than zero."""


class Part(BaseModel):
    """Anything a paper is told: unknown names are refused and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(Part):
    """What a comparecencia says of a person besides name and office."""

    age: int = Field(ge=18, le=120, description="Edad en años cumplidos")
    civil_status: Line = Field(description="Estado civil, concordado: casada, soltero")
    nationality: OptionalLine = Field(default="", description="Nacionalidad, concordada; vacía: guatemalteca")
    profession: Line = Field(description="Profesión u oficio, concordado: abogada y notaria")
    domicile: Line = Field(description="Departamento de su domicilio")
    cui: Cui = Field(description="Código Único de Identificación: trece dígitos")


class Person(Part):
    """Somebody who appears in a paper or signs it."""

    name: Line = Field(description="Nombre completo")
    position: Line = Field(description="Cargo, concordado con la persona: Alcaldesa Municipal")
    gender: Literal["F", "M"] = Field(description="F o M, para la concordancia de artículos y participios")
    appointment: OptionalLine = Field(default="", description="Documento con que acredita el cargo")
    bar_number: OptionalLine = Field(
        default="", description="Número de colegiado activo, si es profesional del Derecho"
    )
    identity: Identity | None = Field(
        default=None, description="Datos de identificación personal para la comparecencia"
    )


NO_NUMBER = "PROYECTO SIN NÚMERO"
"""What a project shows where an issued paper shows its number."""


class PaperFields(Part):
    """What every paper carries: an issued one its number and its code, a project neither of them."""

    WHEN_ISSUED: ClassVar[tuple[str, ...]] = ("serial", "verification_code", "verification_url")
    """Fields that an issued paper must have and a project may lack: a blank is printed there to be filled by hand."""

    number: Line = Field(description="Número completo tal como se imprime: DICTAMEN-AJ-12-2026")
    serial: int | None = Field(default=None, ge=1, lt=10**9, description="Correlativo dentro del año")
    year: int = Field(ge=1990, le=2999, description="Año del correlativo")
    issued_on: date = Field(description="Fecha de emisión; de un proyecto, la de su elaboración, que no se imprime")
    place: Line = Field(default="Guatemala", description="Lugar de emisión")
    verification_code: OptionalLine = Field(default="", description="Código de verificación: K7QM-4TRX-9PZC")
    verification_url: OptionalLine = Field(
        default="", description="Dirección de la página de verificación, con el código"
    )
    review_code: OptionalLine = Field(
        default="", description="Código del expediente: EXP-2026-0001; vacío: no nace de un expediente"
    )
    demo: bool = Field(default=False, description="Marca de datos de demostración")
    project: bool = Field(default=False, description="Proyecto sin número: todavía no es un documento emitido")
    sheets_count: int | None = Field(
        default=None, ge=1, le=999, description="En cuántas hojas queda; vacío: se escribe a mano"
    )

    @model_validator(mode="after")
    def _is_issued_whole_or_a_project(self) -> Self:
        if self.project:
            if self.number != NO_NUMBER or self.serial or self.verification_code or self.verification_url:
                raise ValueError("Un proyecto no lleva número, correlativo ni código de verificación.")
            return self
        if self.number == NO_NUMBER:
            raise ValueError("Un documento emitido lleva su número.")
        lacking = [name for name in self.WHEN_ISSUED if getattr(self, name) in (None, "")]
        if lacking:
            labels = "; ".join(type(self).model_fields[name].description or name for name in lacking)
            raise ValueError(f"A un documento emitido le falta: {labels}.")
        return self
