"""Made-up papers of every kind, to try a wording on: the usual one, one with nothing optional, and one with too much.

Nothing in them is true, and each says so of itself: they are made as papers of demonstration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from .examples_instruments import (
    acta_adscripcion,
    acta_negociacion,
    adenda,
    contrato,
    convenio,
    entendimiento,
    with_institution,
)
from .examples_scale import EXTREME, USUAL, Scale, lawyer, paragraph
from .fields import NO_NUMBER, PaperFields
from .fields_conventions import ConvenioFields
from .fields_letters import ConocimientoFields, DeliveredItem, OficioFields
from .fields_reviews import (
    DictamenFields,
    Ground,
    ObservationRef,
    OpinionFields,
    Outcome,
    ProvidenciaFields,
    ResolucionFields,
    TramiteFields,
)

NUMBER = "MUESTRA-SIN-VALIDEZ-1-2026"
CODE = "0000-0000-0000"
"""No verification code has zeros: nobody finds a sample by it."""

Given = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A made-up paper and what it is called when something goes wrong with it."""

    name: str
    fields: PaperFields
    extreme: bool = False
    """Whether it has forty of everything, and takes its time."""


def example_papers(kind: str, variant: str = "") -> tuple[Example, ...]:
    """Return the made-up papers of a kind and variant; raises KeyError for a kind that has none."""
    make = _MAKERS[kind]
    usual = make(variant, USUAL, _common())
    others: list[Example] = []
    if isinstance(usual, ConvenioFields):
        others = [Example("un convenio con una institución", with_institution(usual))]
    return (
        Example("un documento usual", usual),
        Example("un proyecto todavía sin número", _project(usual)),
        *others,
        Example("un documento sin ningún dato opcional", _bare(usual)),
        Example("un documento con todos sus datos y muy largo", make(variant, EXTREME, _common()), extreme=True),
    )


def sample_paper(kind: str, variant: str = "") -> PaperFields:
    """Return the usual made-up paper of a kind and variant."""
    return _MAKERS[kind](variant, USUAL, _common())


def _project(fields: PaperFields) -> PaperFields:
    unnumbered = {"project": True, "number": NO_NUMBER, "serial": None, "verification_code": "", "verification_url": ""}
    return fields.model_copy(update=unnumbered)


def _common() -> Given:
    return {
        "number": NUMBER,
        "serial": 1,
        "year": 2026,
        "issued_on": date(2026, 3, 16),
        "verification_code": CODE,
        "verification_url": f"https://ejemplo.invalid/verificar/{CODE}",
        "review_code": "EXP-2026-0000",
        "demo": True,
    }


_KEPT = {"municipality", "changes", "demo"}
"""Optional data without which a paper would contradict itself: a convenio has a party, an adenda changes something."""


def _bare(fields: PaperFields) -> PaperFields:
    """Return the same paper without anything that may be left out."""
    return type(fields).model_validate(_required(type(fields), fields))


def _required(model: type[BaseModel], values: BaseModel) -> Given:
    kept: Given = {}
    needed = {*_KEPT, *(model.WHEN_ISSUED if issubclass(model, PaperFields) else ())}
    for name, field in model.model_fields.items():
        if not (field.is_required() or name in needed):
            continue
        value = getattr(values, name)
        if isinstance(value, BaseModel):
            value = _required(type(value), value)
        elif isinstance(value, tuple):
            value = tuple(_required(type(one), one) if isinstance(one, BaseModel) else one for one in value)
        kept[name] = value
    return kept


def _grounds(scale: Scale) -> list[Ground]:
    return [
        Ground(norm=f"Norma de ejemplo número {n}", article="35, literal s)", text=paragraph(scale))
        for n in range(1, scale.many + 1)
    ]


def _opinion(variant: str, scale: Scale, common: Given) -> OpinionFields:
    return OpinionFields(**common, **_analysis(scale))


def _analysis(scale: Scale) -> Given:
    return {
        "subject": scale.name("Consulta de ejemplo sobre un convenio"),
        "requester": scale.name("Dirección de un programa"),
        "background": paragraph(scale),
        "grounds": _grounds(scale),
        "analysis": paragraph(scale),
        "conclusion": paragraph(scale),
        "adviser": lawyer(scale, "Ana Ejemplo Pérez", "Asesora Jurídica"),
        "head": lawyer(scale, "Carlos Ejemplo Ramírez", "Jefe de la Asesoría Jurídica", "M"),
    }


def _dictamen(variant: str, scale: Scale, common: Given) -> DictamenFields:
    conditions = [scale.name(f"Condición de ejemplo número {n}") for n in range(scale.many)]
    told = {"outcome": Outcome.FAVORABLE}
    if scale.many > 1:
        told = {"outcome": Outcome.FAVORABLE_WITH_CONDITIONS, "conditions": conditions}  # type: ignore[dict-item]
    return DictamenFields(**common, **_analysis(scale), **told)


def _providencia(variant: str, scale: Scale, common: Given) -> PaperFields:
    told = {
        "subject": scale.name("Renovación de ejemplo"),
        "destination": scale.name("Municipalidad de ejemplo"),
        "adviser": lawyer(scale, "Ana Ejemplo Pérez", "Asesora Jurídica"),
        "working_days": 10,
        "limit_date": date(2026, 3, 30),
        "folios": 12,
    }
    if variant == "TRAMITE":
        return TramiteFields(**common, **told, body=paragraph(scale))
    observations = [
        ObservationRef(
            subject=scale.name(f"Requisito {n}"), finding=paragraph(scale), cure=paragraph(scale), legal_basis="Ley 1"
        )
        for n in range(1, scale.many + 1)
    ]
    again = {"return_ordinal": 2, "second_return_reason": paragraph(scale)} if scale.many > 1 else {}
    return ProvidenciaFields(**common, **told, **again, observations=observations)


def _resolucion(variant: str, scale: Scale, common: Given) -> ResolucionFields:
    texts = [paragraph(scale) for _ in range(scale.many)]
    return ResolucionFields(
        **common,
        subject=scale.name("Asunto de ejemplo"),
        considerandos=texts,
        por_tanto=paragraph(scale),
        resolves=texts,
        notify=[scale.name("Persona interesada")],
        authority=lawyer(scale, "Rosa Ejemplo Tax", "Autoridad que resuelve"),
        adviser=lawyer(scale, "Ana Ejemplo Pérez", "Asesora Jurídica"),
    )


def _oficio(variant: str, scale: Scale, common: Given) -> OficioFields:
    return OficioFields(
        **common,
        addressee=scale.name("Licenciada Berta Ejemplo"),
        addressee_position=scale.name("Directora"),
        addressee_institution=scale.name("Institución de ejemplo"),
        subject=scale.name("Asunto de ejemplo"),
        body=paragraph(scale),
        closing="Con muestras de consideración,",
        signer=lawyer(scale, "Ana Ejemplo Pérez", "Asesora Jurídica"),
        initials="AEP/ces",
        copies=[scale.name(f"Oficina {n}") for n in range(scale.many)],
        annexes=[scale.name(f"Anexo {n}") for n in range(scale.many)],
    )


def _conocimiento(variant: str, scale: Scale, common: Given) -> ConocimientoFields:
    return ConocimientoFields(
        **common,
        addressee=scale.name("Unidad de ejemplo"),
        items=[DeliveredItem(description=scale.name(f"Expediente {n}"), folios=n) for n in range(1, scale.many + 1)],
        note=paragraph(scale),
        delivered_by=lawyer(scale, "Ana Ejemplo Pérez", "Asesora Jurídica"),
        received_by=scale.name("Persona que recibe"),
    )


def _acta(variant: str, scale: Scale, common: Given) -> PaperFields:
    make = acta_adscripcion if variant == "ADSCRIPCION" else acta_negociacion
    return make(scale, common)


_MAKERS: Mapping[str, Callable[[str, Scale, Given], PaperFields]] = {
    "DICTAMEN": _dictamen,
    "OPINION": _opinion,
    "PROVIDENCIA": _providencia,
    "RESOLUCION": _resolucion,
    "OFICIO": _oficio,
    "CONOCIMIENTO": _conocimiento,
    "ACTA_NEGOCIACION": _acta,
    "CONTRATO_ARRENDAMIENTO": lambda variant, scale, common: contrato(scale, common),
    "ADENDA": lambda variant, scale, common: adenda(scale, common),
    "CONVENIO": lambda variant, scale, common: convenio(scale, common, variant),
    "CARTA_ENTENDIMIENTO": lambda variant, scale, common: entendimiento(scale, common),
    "MEMORANDUM_ENTENDIMIENTO": lambda variant, scale, common: entendimiento(scale, common),
}
