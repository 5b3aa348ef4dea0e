"""What PDFs cost: LibreOffice started for one paper and for many, and a page drawn for the screen. No database."""

import tempfile
import time
from pathlib import Path
from statistics import median

from bench.figures import Figure, times
from bench.papers import filled
from documents.engine import make_paper
from documents.page_images import page_png
from documents.pdf import Office, page_count

MANY = 16
"""Papers of one start, as the engine takes them up."""
SAMPLES = 5


def run(dialect: str = "") -> list[Figure]:
    """Turn a convenio into PDF alone and in company, each a few times; nothing where LibreOffice is missing."""
    fields, variant = filled()["CONVENIO"]
    word = make_paper("CONVENIO", fields, variant).docx
    with tempfile.TemporaryDirectory() as folder:
        office = Office("", Path(folder))
        if office.missing():
            return []
        office.convert([word], seconds=120)  # the profile's first start is slower
        alone = [_seconds(office, [word]) for _ in range(SAMPLES)]
        together = [_seconds(office, [word] * MANY) / MANY for _ in range(SAMPLES)]
        [pdf] = office.convert([word], seconds=120)
        office.close()
    assert pdf, "a convenio is a Word file that LibreOffice reads"
    sheets = page_count(pdf) or 0
    drawn = []
    for page in range(1, sheets + 1):
        began = time.perf_counter()
        size = len(page_png(pdf, page))
        drawn.append(((time.perf_counter() - began) * 1000, size))
    return [
        Figure("PDF of one convenio, LibreOffice started for it", median(alone), "s", detail=f"median of {SAMPLES}"),
        Figure(
            f"PDF of a convenio among {MANY} of one start",
            median(together),
            "s",
            detail=f"median of {SAMPLES}, {sheets} sheets each",
            ratio=f"{times(median(together), median(alone))} of one alone",
        ),
        Figure(
            "sheet drawn as PNG",
            median(ms for ms, _ in drawn),
            "ms",
            detail=f"{sheets} sheets, the largest {max(size for _, size in drawn) / 1000:.0f} kB",
        ),
    ]


def _seconds(office: Office, papers: list[bytes]) -> float:
    began = time.perf_counter()
    made = office.convert(papers, seconds=300)
    assert all(made)
    return time.perf_counter() - began
