"""What the papers of legal review must be told: dictamen, opinión, providencias and the draft of a resolution."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from .fields import FreeText, Line, OptionalLine, PaperFields, Part, Person


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


class DictamenFields(PaperFields):
    """A legal opinion that concludes on a file without deciding it."""

    review_code: Line = Field(description="Código del expediente: EXP-2026-0001")
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


class OpinionFields(PaperFields):
    """A legal opinion on a question, which neither concludes a file nor binds anybody."""

    subject: Line = Field(description="Asunto")
    requester: Line = Field(description="Quién solicita la opinión")
    background: FreeText = Field(description="Antecedentes")
    grounds: tuple[Ground, ...] = Field(min_length=1, description="Fundamento de derecho")
    analysis: FreeText = Field(description="Análisis")
    conclusion: FreeText = Field(description="Opinión")
    adviser: Person = Field(description="Asesor o asesora que emite")
    head: Person | None = Field(default=None, description="Jefatura que da el visto bueno")


class ProvidenciaFields(PaperFields):
    """A return of a file with all its observations at once."""

    review_code: Line = Field(description="Código del expediente: EXP-2026-0001")
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


class TramiteFields(PaperFields):
    """A providencia that moves a matter on without observing anything."""

    subject: Line = Field(description="Asunto")
    destination: Line = Field(description="A quién pasa")
    body: FreeText = Field(description="Lo que se pide o se hace saber")
    folios: int | None = Field(default=None, ge=1, lt=10**6, description="Folios que se acompañan, si se contaron")
    working_days: int | None = Field(default=None, ge=1, le=365, description="Días hábiles para atender, si los hay")
    limit_date: date | None = Field(default=None, description="Último día para atender, si lo hay")
    adviser: Person = Field(description="Asesor o asesora que suscribe")

    @model_validator(mode="after")
    def _the_limit_lies_ahead(self) -> Self:
        if self.limit_date and self.limit_date <= self.issued_on:
            raise ValueError("La fecha límite debe ser posterior a la providencia.")
        return self


class ResolucionFields(PaperFields):
    """A resolution as the legal office drafts it for the authority, who alone resolves."""

    subject: Line = Field(description="Asunto")
    considerandos: tuple[FreeText, ...] = Field(min_length=1, description="Considerandos, en su orden")
    por_tanto: FreeText = Field(description="Por tanto: con qué fundamento resuelve la autoridad")
    resolves: tuple[FreeText, ...] = Field(min_length=1, description="Lo que se resuelve, punto por punto")
    notify: tuple[Line, ...] = Field(default=(), description="A quiénes se notifica")
    authority: Person | None = Field(default=None, description="Autoridad que firmaría; vacía: se deja en blanco")
    adviser: Person = Field(description="Asesor o asesora que elaboró el proyecto")
