"""What a search inside 20,000 issued papers costs as the page asks it: 25 papers with their excerpts, and the count."""

import asyncio
import random
import time
from datetime import date, timedelta
from statistics import median
from typing import Any

from tortoise.connection import connections

from bench import desk
from bench.figures import Figure, times
from bench.home import SQLITE, label, temporary_home
from documents.stems import spanish_stems
from models.agreements import Convention
from models.centers import Source
from models.clock import now
from models.database import database
from models.papers import DocumentKind, OfficialDocument
from models.people import User
from models.renditions import PaperText
from schema.context import Context
from schema.root import build_schema
from settings import PROJECT

PAPERS, BATCH, SAMPLES, WARMING = 20_000, 500, 7, 1
MOST = 1000
"""Milliseconds that a page may think, of which nobody should wait more than a second."""
LINES = 45
"""Paragraphs of a paper, which make some 600 words."""

SEARCH = """query ($words: String!) { officialDocuments(text: $words, first: 25) {
    totalCount nodes { number excerpt(text: $words) { text found } } } }"""
ASKED = {
    "a word of ten papers": "ixchel",
    "a word in nearly all": "convenio",
    "two words": "capacidad ixchel",
    "a phrase": '"por la presente"',
    "the beginning of a word": "ixch*",
}


def run(dialect: str) -> list[Figure]:
    """Fill the papers and search in them, in this process."""
    with temporary_home(dialect):
        return asyncio.run(_measure(dialect))


async def _measure(dialect: str) -> list[Figure]:
    async with database():
        lawyer, mayor = await desk.demo_person(desk.LAWYER), await desk.demo_person("municipio.1610")
        filling = await _fill(lawyer, dialect)
        place = label(dialect)
        figures = [Figure(f"{PAPERS:,} papers with their words, kept", filling, "s", place, f"{LINES} paragraphs each")]
        scan = await _scan(dialect)
        figures.append(Figure("the same word without the index, SQL alone", scan, "ms", place, "one reading of all"))
        for who, person in (("a lawyer", lawyer), ("a municipality", mayor)):
            for what, words in ASKED.items():
                spent, cpu, found = await _asked(person, words)
                figures.append(
                    Figure(
                        f"search by {who}: {what}",
                        spent,
                        "ms",
                        place,
                        f"{found:,} papers; median of {SAMPLES}, CPU of this process {cpu:.0f} ms",
                        MOST,
                        f"{times(spent, scan)} of the scan",
                    )
                )
        return figures


async def _fill(by: User, dialect: str) -> float:
    chance = random.Random(3)
    lines = [
        line.strip()
        for path in sorted((PROJECT / "documents" / "texts").glob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line) > 60
    ]
    conventions = await Convention.all().limit(200).values_list("id", flat=True)
    began = time.perf_counter()
    for start in range(0, PAPERS, BATCH):
        papers, at = [], now()
        for serial in range(start + 1, start + BATCH + 1):
            papers.append(
                OfficialDocument(
                    kind=DocumentKind.OFICIO,
                    year=2099,
                    serial=serial,
                    number=f"OFICIO-BENCH-{serial}",
                    convention_id=conventions[serial % len(conventions)],
                    issued_on=date(2020, 1, 1) + timedelta(serial % 2000),
                    issued_at=at,
                    issued_by_id=by.id,
                    verification_code=f"BENCH-{serial}",
                    source=Source.DEMO,
                )
            )
        await OfficialDocument.bulk_create(papers)
        kept = await OfficialDocument.filter(serial__gt=start, year=2099).order_by("serial").values("id", "serial")
        texts = []
        for row in kept:
            said = [*chance.choices(lines, k=LINES), f"Queda en el folio {row['serial']}."]
            said += ["Se entregó a la señora Ixchel."] if row["serial"] % (PAPERS // 10) == 7 else []
            text = "\n".join(said)
            texts.append(PaperText(document_id=row["id"], text=text, stems=spanish_stems(text)))
        await PaperText.bulk_create(texts)
    if dialect != SQLITE:
        await connections.get("default").execute_script("ANALYZE")
    return time.perf_counter() - began


async def _scan(dialect: str) -> float:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        question = "SELECT count(*) FROM paper_texts WHERE ' ' || stems || ' ' LIKE '% ixchel %'"
        await connections.get("default").execute_query_dict(question)
        spent.append((time.perf_counter() - began) * 1000)
    return median(spent)


async def _asked(person: User, words: str) -> tuple[float, float, int]:
    schema, spent, cpu, found = build_schema(), [], [], 0
    for _ in range(SAMPLES + WARMING):
        began, busy = time.perf_counter(), time.process_time()
        context = Context(actor=person)
        answer: Any = await schema.execute(SEARCH, variable_values={"words": words}, context_value=context)
        spent.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
        if answer.errors:
            raise RuntimeError(str(answer.errors))
        found = answer.data["officialDocuments"]["totalCount"]
    return median(spent[WARMING:]), median(cpu[WARMING:]), found
