"""What lawyers write in a dictamen or a return, checked: whole for issuing, as far as it has come for a draft."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from actions.refusals import Checks
from models.papers import DocumentKind, Outcome

LONGEST_TEXT = 60_000
"""Characters of a free text that a lawyer types."""
LONGEST_ANSWER = 60
"""Working days that a providencia may give."""
MOST_ROWS = 100
"""Norms, conditions or observations of one paper."""


@dataclass(frozen=True)
class GroundInput:
    """A norm that a dictamen stands on."""

    norm: str
    text: str
    article: str = ""


@dataclass(frozen=True)
class ObservationInput:
    """One thing to cure: where, what is wrong, on which legal basis, and how to cure it."""

    subject: str
    finding: str
    cure: str
    legal_basis: str = ""


@dataclass(frozen=True)
class Written:
    """What was typed for one of the two papers; the fields of the other stay empty."""

    outcome: Outcome | None = None
    background: str = ""
    grounds: Sequence[GroundInput] = ()
    analysis: str = ""
    conclusion: str = ""
    conditions: Sequence[str] = ()
    observations: Sequence[ObservationInput] = ()
    working_days: int | None = None
    reason_for_second_return: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing at all was typed."""
        return not any(getattr(self, one.name) for one in fields(self))

    @classmethod
    def kept(cls, data: dict[str, Any]) -> "Written":
        """Return what a draft keeps as it was typed."""
        return cls(
            **data
            | {
                "outcome": Outcome(data["outcome"]) if data.get("outcome") else None,
                "grounds": [GroundInput(**one) for one in data.get("grounds", ())],
                "observations": [ObservationInput(**one) for one in data.get("observations", ())],
            }
        )


def checked_dictamen(checks: Checks, given: Written, *, whole: bool = True) -> dict[str, Any]:
    """Return the content of a dictamen as papers and drafts keep it; notes what is wrong and, if whole, what lacks."""
    checks.that(given.outcome or not whole, "outcome", "Elija el sentido del dictamen.")
    background = checks.text(
        given.background, "background", label="los antecedentes", most=LONGEST_TEXT, required=whole
    )
    analysis = checks.text(given.analysis, "analysis", label="el análisis", most=LONGEST_TEXT, required=whole)
    conclusion = checks.text(given.conclusion, "conclusion", label="la conclusión", most=LONGEST_TEXT, required=whole)
    checks.that(given.grounds or not whole, "grounds", "Cite al menos una norma como fundamento.")
    checks.that(len(given.grounds) <= MOST_ROWS, "grounds", f"Cite {MOST_ROWS} normas o menos.")
    cited = []
    for n, ground in enumerate(given.grounds):
        at = ("grounds", str(n))
        norm = checks.text(ground.norm, (*at, "norm"), label="la norma", most=500, required=whole)
        article = checks.text(ground.article, (*at, "article"), label="el artículo", most=500, required=False)
        text = checks.text(
            ground.text, (*at, "text"), label="lo que dispone la norma", most=LONGEST_TEXT, required=whole
        )
        cited.append({"norm": norm, "article": article, "text": text})
    conditions = [
        checks.text(condition, ("conditions", str(n)), label="la condición", most=2000, required=whole)
        for n, condition in enumerate(given.conditions)
    ]
    checks.that(len(conditions) <= MOST_ROWS, "conditions", f"Escriba {MOST_ROWS} condiciones o menos.")
    if whole and given.outcome == Outcome.FAVORABLE_WITH_CONDITIONS:
        checks.that(conditions, "conditions", "Escriba al menos una condición, o elija otro sentido.")
    elif whole:
        checks.that(not conditions, "conditions", "Las condiciones van solo con «favorable con condiciones».")
    return {
        "outcome": given.outcome.value if given.outcome else None,
        "background": background,
        "grounds": cited,
        "analysis": analysis,
        "conclusion": conclusion,
        "conditions": conditions,
    }


def checked_return(checks: Checks, given: Written, *, whole: bool = True) -> dict[str, Any]:
    """Return the content of a return as papers and drafts keep it; notes what is wrong and, if whole, what lacks."""
    checks.that(given.observations or not whole, "observations", "Escriba al menos una observación.")
    checks.that(len(given.observations) <= MOST_ROWS, "observations", f"Use {MOST_ROWS} observaciones o menos.")
    days_fit = given.working_days is None or 1 <= given.working_days <= LONGEST_ANSWER
    checks.that(days_fit, "workingDays", f"El plazo va de 1 a {LONGEST_ANSWER} días hábiles.")
    reason = checks.text(
        given.reason_for_second_return, "reasonForSecondReturn", label="el motivo", most=2000, required=False
    )
    found = []
    for n, one in enumerate(given.observations):
        at = ("observations", str(n))
        subject = checks.text(one.subject, (*at, "subject"), label="el documento o cláusula", most=240, required=whole)
        finding = checks.text(one.finding, (*at, "finding"), label="el hallazgo", most=LONGEST_TEXT, required=whole)
        basis = checks.text(one.legal_basis, (*at, "legalBasis"), label="el fundamento", most=240, required=False)
        cure = checks.text(one.cure, (*at, "cure"), label="cómo subsanar", most=LONGEST_TEXT, required=whole)
        found.append({"subject": subject, "finding": finding, "legal_basis": basis, "cure": cure})
    return {"observations": found, "working_days": given.working_days, "reason_for_second_return": reason}


Check = Callable[..., dict[str, Any]]

CONTENTS: dict[DocumentKind, Check] = {
    DocumentKind.DICTAMEN: checked_dictamen,
    DocumentKind.PROVIDENCIA: checked_return,
}
"""Papers that can be drafted, with what checks them."""
