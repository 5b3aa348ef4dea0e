"""What each kind of paper must be told: plain, checked values. How they are worded lives in the templates."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from .words import valid_cui

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


def _checked_cui(cui: str) -> str:
    """Return the thirteen digits without spaces, or refuse them."""
    digits = re.sub(r"[\s-]", "", cui)
    if not valid_cui(digits):
        raise ValueError("El CUI no es válido: revise sus trece dígitos.")
    return digits


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
    cui: Annotated[str, AfterValidator(_checked_cui)] = Field(
        description="Código Único de Identificación: trece dígitos"
    )


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


class CenterRef(Part):
    """A center that a convention serves."""

    code: OptionalLine = Field(default="", description="Código del centro")
    name: Line = Field(description="Nombre del centro")
    kind_label: Line = Field(description="Clase de centro en palabras: Centro de Atención Diurna")
    address: OptionalLine = Field(default="", description="Dirección del inmueble")


class CouncilMinuteRef(Part):
    """The point of a council's minute that authorizes the mayor to sign."""

    act_number: Line = Field(description="Número del acta del Concejo Municipal")
    point_number: Line = Field(description="Punto del acta, en palabras o número: TERCERO")
    session_date: date = Field(description="Fecha de la sesión")
    approved_date: date | None = Field(default=None, description="Fecha en que el acta fue leída y aprobada")


class MunicipalParty(Part):
    """A municipality as counterpart."""

    name: Line = Field(description="Nombre del municipio: San Juan Chamelco")
    department: Line = Field(description="Nombre del departamento: Alta Verapaz")
    mayor: Person = Field(description="Alcalde o alcaldesa que comparece")


class InstitutionParty(Part):
    """Another institution as counterpart."""

    name: Line = Field(description="Nombre de la institución: Ministerio de Educación")
    article: Literal["el", "la", "los", "las"] = Field(default="la", description="Artículo que lleva el nombre")
    representative: Person = Field(description="Representante que comparece")


class Counterpart(Part):
    """The other party of a convention, whichever it is, as the clauses name it."""

    article: Line = Field(description="Artículo del nombre")
    name: Line = Field(description="Nombre completo, con departamento si es municipalidad")
    alias: Line = Field(description="Nombre abreviado en las cláusulas, siempre femenino")
    signer: Person = Field(description="Quien comparece y firma")


class Commitment(Part):
    """One thing that one party gives."""

    party: Line = Field(description="Parte que aporta: SOSEP, Municipalidad")
    item: Line = Field(description="Qué aporta")
    quantity: OptionalLine = Field(default="", description="Cantidad en palabras; vacía: según disponibilidad")


class Ground(Part):
    """A norm that a dictamen stands on."""

    norm: Line = Field(description="Norma: Código Municipal, Decreto 12-2002")
    article: OptionalLine = Field(default="", description="Artículo: 84, literal b)")
    text: FreeText = Field(description="Lo que la norma dispone o cómo se aplica")


class ObservationRef(Part):
    """One observation of a providencia and how to cure it."""

    subject: Line = Field(description="Documento o cláusula observada")
    finding: FreeText = Field(description="Hallazgo")
    legal_basis: OptionalLine = Field(default="", description="Fundamento legal")
    cure: FreeText = Field(description="Cómo subsanar")


class Outcome(StrEnum):
    """How a dictamen concludes."""

    FAVORABLE = "FAVORABLE"
    FAVORABLE_WITH_CONDITIONS = "FAVORABLE_WITH_CONDITIONS"
    UNFAVORABLE = "UNFAVORABLE"


OUTCOME_LABELS = {
    Outcome.FAVORABLE: "FAVORABLE",
    Outcome.FAVORABLE_WITH_CONDITIONS: "FAVORABLE CON CONDICIONES",
    Outcome.UNFAVORABLE: "DESFAVORABLE",
}
"""Outcomes as papers print them."""


class PaperFields(Part):
    """What every paper carries."""

    number: Line = Field(description="Número completo tal como se imprime: DICTAMEN-AJ-12-2026")
    serial: int = Field(ge=1, lt=10**9, description="Correlativo dentro del año")
    year: int = Field(ge=1990, le=2999, description="Año del correlativo")
    issued_on: date = Field(description="Fecha de emisión")
    place: Line = Field(default="Guatemala", description="Lugar de emisión")
    verification_code: Line = Field(description="Código de verificación: K7QM-4TRX-9PZC")
    verification_url: Line = Field(description="Dirección de la página de verificación, con el código")
    review_code: Line = Field(description="Código del expediente: EXP-2026-0001")
    demo: bool = Field(default=False, description="Marca de datos de demostración")


class ConvenioFields(PaperFields):
    """A convention between SOSEP and a municipality or another institution; exactly one of the two."""

    program: Line = Field(description="Programa: Mis Años Dorados")
    title: Line = Field(description="Objeto en una línea, tras CONVENIO DE COOPERACIÓN INTERINSTITUCIONAL")
    sosep: Person = Field(description="Quien comparece por la Secretaría")
    municipality: MunicipalParty | None = Field(default=None, description="Municipalidad contraparte")
    institution: InstitutionParty | None = Field(default=None, description="Institución contraparte")
    previous_number: OptionalLine = Field(default="", description="Número del convenio anterior; vacío: no lo hay")
    centers: tuple[CenterRef, ...] = Field(default=(), description="Centros que atiende; vacío: ninguno en registro")
    council_minute: CouncilMinuteRef | None = Field(default=None, description="Punto de acta del Concejo Municipal")
    term_months: int = Field(ge=1, le=600, description="Plazo en meses")
    starts_on: date | None = Field(default=None, description="Inicio; vacío: desde la fecha de la última firma")
    ends_on: date | None = Field(default=None, description="Último día del plazo")
    dictamen_number: Line = Field(description="Número del dictamen jurídico favorable")
    dictamen_date: date = Field(description="Fecha del dictamen jurídico")
    commitments: tuple[Commitment, ...] = Field(default=(), description="Aportes de cada parte")

    @property
    def counterpart(self) -> Counterpart:
        """The other party, in the words that the clauses use."""
        if self.municipality:
            name = f"Municipalidad de {self.municipality.name}, departamento de {self.municipality.department}"
            return Counterpart(article="la", name=name, alias="LA MUNICIPALIDAD", signer=self.municipality.mayor)
        assert self.institution is not None  # the validator below demands one of the two
        party = self.institution
        return Counterpart(article=party.article, name=party.name, alias="LA INSTITUCIÓN", signer=party.representative)

    @model_validator(mode="before")
    @classmethod
    def _none_is_empty(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("previous_number", "") is None:
            return {**values, "previous_number": ""}
        return values

    @model_validator(mode="after")
    def _parties_and_dates_agree(self) -> Self:
        if (self.municipality is None) == (self.institution is None):
            raise ValueError("El convenio lleva una sola contraparte: municipalidad o institución.")
        if self.institution and self.council_minute:
            raise ValueError("Solo una municipalidad presenta punto de acta del Concejo.")
        if (self.starts_on is None) != (self.ends_on is None):
            raise ValueError("Indique inicio y fin del plazo, o ninguno de los dos.")
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("El plazo no puede terminar antes de empezar.")
        return self


class DictamenFields(PaperFields):
    """A legal opinion that concludes on a file without deciding it."""

    subject: Line = Field(description="Asunto")
    requester: Line = Field(description="Quién solicita el dictamen")
    background: FreeText = Field(description="Antecedentes")
    grounds: tuple[Ground, ...] = Field(min_length=1, description="Fundamento de derecho")
    analysis: FreeText = Field(description="Análisis")
    conclusion: FreeText = Field(description="Conclusión")
    outcome: Outcome = Field(description="Sentido del dictamen")
    conditions: tuple[Line, ...] = Field(default=(), description="Condiciones, si las hay")
    adviser: Person = Field(description="Asesor o asesora que emite")
    head: Person | None = Field(default=None, description="Jefatura que da el visto bueno")

    @model_validator(mode="after")
    def _conditions_belong_to_their_outcome(self) -> Self:
        if bool(self.conditions) != (self.outcome == Outcome.FAVORABLE_WITH_CONDITIONS):
            raise ValueError("Las condiciones van con el sentido «favorable con condiciones», y solo con él.")
        return self


class ProvidenciaFields(PaperFields):
    """A return of a file with all its observations at once."""

    subject: Line = Field(description="Asunto")
    destination: Line = Field(description="Quién debe responder")
    observations: tuple[ObservationRef, ...] = Field(min_length=1, description="Todas las observaciones")
    working_days: int = Field(ge=1, le=365, description="Días hábiles para subsanar")
    limit_date: date = Field(description="Último día para subsanar")
    adviser: Person = Field(description="Asesor o asesora que suscribe")
    folios: int | None = Field(default=None, ge=1, description="Folios del expediente, si se contaron")
    return_ordinal: int = Field(default=1, ge=1, le=99, description="Qué devolución es: 1, 2…")
    second_return_reason: FreeText | None = Field(default=None, description="Motivo de una segunda devolución")

    @model_validator(mode="after")
    def _second_return_has_a_reason(self) -> Self:
        if self.return_ordinal > 1 and self.second_return_reason is None:
            raise ValueError("Una segunda devolución lleva su motivo por escrito.")
        if self.limit_date <= self.issued_on:
            raise ValueError("La fecha límite debe ser posterior a la providencia.")
        return self
