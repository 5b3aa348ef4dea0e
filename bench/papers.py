"""What a Word file costs in CPU time, with its template already compiled. No database, no network."""

import re
import time
from datetime import date
from statistics import median
from typing import Any

from pydantic import BaseModel

from bench.figures import Figure, p95, times
from documents.engine import make_paper
from documents.fields import Person
from documents.fields_conventions import Commitment, ConvenioFields
from documents.fields_parties import CenterRef, CouncilMinuteRef, FurtherParty, InstitutionParty, MunicipalParty
from documents.fields_reviews import DictamenFields, Ground, ObservationRef, Outcome, ProvidenciaFields

SAMPLES, WARMING = 30, 5
LONGEST, CLAUSES = "CONVENIO, 25 clauses", 25
CLAUSE = re.compile(r"^[A-ZÉÁÍÓÚ]+(?: [A-ZÉÁÍÓÚ]+)?: [A-ZÉÁÍÓÚÑ ,]+\.", re.M)
TARGET = 60.0

LAWYER = Person(name="Ana Jurídica", position="Asesora Jurídica", gender="F")
MAYOR = Person(name="Pedro Alcalde", position="Alcalde Municipal", gender="M")
SECRETARY = Person(name="Sofía Despacho", position="Secretaria de Obras Sociales", gender="F")


def run(dialect: str = "") -> list[Figure]:
    """Make each kind of paper many times, in turns."""
    kinds = filled()
    fields, variant = kinds[LONGEST]
    clauses = len(CLAUSE.findall(make_paper("CONVENIO", fields, variant).text))
    if clauses != CLAUSES:
        raise RuntimeError(f"the convenio has {clauses} clauses instead of {CLAUSES}")
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(SAMPLES + WARMING):
        for kind, (fields, variant) in kinds.items():
            began = time.process_time()
            make_paper(kind.partition(",")[0], fields, variant)
            taken[kind].append((time.process_time() - began) * 1000)
    warm = {kind: samples[WARMING:] for kind, samples in taken.items()}
    dictamen = median(warm["DICTAMEN"])
    return [
        Figure(
            f"Word file of a {kind.lower()}, CPU",
            median(samples),
            "ms",
            detail=f"median of {SAMPLES}, p95 {p95(samples):.0f} ms",
            target=TARGET if kind == LONGEST else None,
            ratio="" if kind == "DICTAMEN" else f"{times(median(samples), dictamen)} of a dictamen",
        )
        for kind, samples in warm.items()
    ]


def filled() -> dict[str, tuple[BaseModel, str]]:
    common: dict[str, Any] = {
        "serial": 12,
        "year": 2026,
        "issued_on": date(2026, 3, 16),
        "verification_code": "K7QM-4TRX-9PZC",
        "verification_url": "http://127.0.0.1:8000/verificar/K7QM-4TRX-9PZC",
        "review_code": "EXP-2026-0001",
    }
    dictamen = DictamenFields(
        **common,
        number="DICTAMEN-AJ-12-2026",
        subject="Renovación de convenio",
        requester="Municipalidad de San Juan Chamelco",
        background="\n".join(["La Municipalidad solicitó renovar el convenio y presentó los requisitos."] * 4),
        grounds=tuple(
            Ground(norm="Código Municipal, Decreto 12-2002", article=article, text="Autoriza estos convenios.")
            for article in ("9", "35, literal s)", "53")
        ),
        analysis="\n".join(["El expediente está completo y lo pedido corresponde a los fines del programa."] * 8),
        conclusion="Es procedente la renovación del convenio.",
        outcome=Outcome.FAVORABLE,
        adviser=LAWYER,
        head=SECRETARY,
    )
    providencia = ProvidenciaFields(
        **common,
        number="PROVIDENCIA-AJ-12-2026",
        subject="Renovación de convenio",
        destination="Municipalidad de San Juan Chamelco",
        observations=tuple(
            ObservationRef(subject=f"Requisito {n}", finding="La copia no se lee.", cure="Presentar copia legible.")
            for n in range(1, 6)
        ),
        working_days=10,
        limit_date=date(2026, 3, 30),
        adviser=LAWYER,
    )
    convenio = ConvenioFields(
        **common,
        number="CONVENIO-AJ-12-2026",
        program="Mis Años Dorados",
        title="para el funcionamiento del Centro de Atención Diurna de San Juan Chamelco",
        sosep=SECRETARY,
        municipality=MunicipalParty(name="San Juan Chamelco", department="Alta Verapaz", mayor=MAYOR),
        previous_number="CONV-2025-0031",
        centers=(CenterRef(code="MAD-1610-01", name="CAD San Juan Chamelco", kind_label="Centro de Atención Diurna"),),
        council_minute=CouncilMinuteRef(
            act_number="12-2026",
            point_number="TERCERO",
            session_date=date(2026, 2, 10),
            approved_date=date(2026, 2, 17),
        ),
        term_months=24,
        starts_on=date(2026, 4, 1),
        ends_on=date(2028, 3, 31),
        dictamen_number="DICTAMEN-AJ-12-2026",
        dictamen_date=date(2026, 3, 2),
        commitments=tuple(
            Commitment(party=party, item=item)
            for party, item in (
                ("Municipalidad", "Inmueble para el centro"),
                ("Municipalidad", "Salarios del personal"),
                ("SOSEP", "Alimentos"),
                ("SOSEP", "Kits de higiene"),
                ("SOSEP", "Terapia física y ocupacional"),
            )
        ),
    )
    return {
        "DICTAMEN": (dictamen, ""),
        "PROVIDENCIA": (providencia, ""),
        "CONVENIO": (convenio, "MAD_CAD"),
        LONGEST: (_of_four_parties(convenio), "MAD_CAP"),
    }


def _of_four_parties(convenio: ConvenioFields) -> ConvenioFields:
    """Return the same with two more counterparts, each with its own clause, for a center where elders live."""
    town = MunicipalParty(name="Cobán", department="Alta Verapaz", mayor=MAYOR)
    ministry = InstitutionParty(name="Ministerio de Educación", article="el", representative=SECRETARY)
    further = (FurtherParty(municipality=town), FurtherParty(institution=ministry))
    return ConvenioFields(**{**dict(convenio), "further_parties": further})
