"""The legal parameters that the system knows: what each means, within which bounds, and what it does unconfirmed."""

from dataclasses import dataclass
from enum import StrEnum

from models.reviews import ReviewMatter


class WhileUnconfirmed(StrEnum):
    """What a value does that no lawyer has confirmed yet."""

    HOLDS = "HOLDS"
    WARNS = "WARNS"


@dataclass(frozen=True)
class ParameterRule:
    """A parameter: its words, its unit, what holds while the table has no row for it, and which values make sense."""

    title: str
    unit: str
    default: int
    least: int
    most: int
    unconfirmed: WhileUnconfirmed = WhileUnconfirmed.HOLDS
    by_matter: bool = False
    """Whether a matter may have its own value, under CODE.MATTER."""


RULES = {
    "REVIEW_DEADLINE_DAYS": ParameterRule(
        "Días hábiles que tiene la Asesoría Jurídica para analizar un expediente", "días hábiles", 10, 1, 120,
        by_matter=True,
    ),
    "RETURN_ANSWER_DAYS": ParameterRule(
        "Días hábiles que tiene quien solicita para atender las observaciones de una providencia", "días hábiles",
        15, 1, 60,
    ),
    "COUNCIL_MINUTE_DAYS": ParameterRule(
        "Días calendario para que el Concejo lea y apruebe el acta de la sesión", "días calendario", 30, 1, 120
    ),
    "DEFAULT_TERM_MONTHS": ParameterRule(
        "Plazo de un convenio cuando quien lo solicita no indica otro", "meses", 12, 1, 120
    ),
    "CONVENTION_NOTICE_DAYS": ParameterRule(
        "Días de aviso con que una parte puede terminar un convenio por decisión propia", "días calendario", 60, 1, 730
    ),
    "ESCALATION_DAYS": ParameterRule(
        "Días hábiles antes del vencimiento de un expediente en que se avisa a quien lo analiza", "días hábiles",
        2, 0, 30,
    ),
    "RETURN_LAPSE_DAYS": ParameterRule(
        "Días hábiles sin respuesta, después de vencido el plazo de una providencia, tras los que la solicitud se "
        "tiene por desistida; mientras nadie confirme el valor, el sistema solo lo avisa a la jefatura", "días hábiles",
        30, 5, 250, WhileUnconfirmed.WARNS,
    ),
    "SIGNATURE_WAIT_DAYS": ParameterRule(
        "Días hábiles a la firma tras los que se recuerda a quienes faltan por firmar", "días hábiles", 10, 1, 120
    ),
    "DICTAMEN_VOBO_REQUIRED": ParameterRule(
        "Si un dictamen necesita el visto bueno de la jefatura antes de emitirse (1: sí; 0: no)", "sí o no", 0, 0, 1,
        WhileUnconfirmed.WARNS,
    ),
    "LEASE_ACTA_MOST": ParameterRule(
        "Monto total hasta el cual un arrendamiento puede hacerse constar en acta de negociación en vez de contrato",
        "quetzales", 100_000, 0, 10_000_000, WhileUnconfirmed.WARNS,
    ),
}  # fmt: skip
"""By code. The only place that says what an unconfirmed value does: one that HOLDS serves as the office's own term,
one that WARNS proposes or advises and binds nobody until a lawyer confirms it."""


def rule_of(code: str) -> ParameterRule | None:
    """Return the rule of a code, REVIEW_DEADLINE_DAYS.LEASE_ACTA included; None when the system knows no such code."""
    base, dot, matter = code.partition(".")
    rule = RULES.get(base)
    if rule is None or (dot and not (rule.by_matter and matter in ReviewMatter.__members__)):
        return None
    return rule
