"""How long anybody waits to know whether a paper is genuine: by its code, by its hash, and by the file itself."""

import asyncio
import time
from collections.abc import Callable
from statistics import median

import httpx

from actions.files import bytes_of
from actions.reviews import assign_review
from bench import desk
from bench.figures import Figure, p95, times
from bench.home import label, temporary_home
from bench.served import payload, served
from models.database import database
from models.papers import DocumentKind, OfficialDocument

SAMPLES, WARMING = 40, 5
"""Fewer files than one address may send in a minute."""
TARGET = 50.0
NOTHING = "{ __typename }"
BY_CODE = "query ($code: String!) { verifyDocument(code: $code) { number state sha256Prefix parties } }"
BY_HASH = "query ($hash: String!) { verifyFile(sha256: $hash) { match document { number state } } }"


def run(dialect: str) -> list[Figure]:
    """Ask for one paper over HTTP, in turns with a question that needs no database; the API serves alone."""
    with temporary_home(dialect) as home:
        body, headers = asyncio.run(_prepare())
        with served(home, "serve", "--only", "api") as program:
            program.seconds_until("/live")
            with httpx.Client(base_url=program.address, timeout=60) as client:
                payload(client.post("/graphql", json=body, headers=headers))
                code, sha256, content = asyncio.run(_issued())
                sent = {"file": ("dictamen.docx", content)}
                wanted = {"accept": "application/json"}
                ways: dict[str, Callable[[], httpx.Response]] = {
                    "nothing": lambda: _asked(client, NOTHING),
                    "by code": lambda: _asked(client, BY_CODE, code=code),
                    "by hash": lambda: _asked(client, BY_HASH, hash=sha256),
                    "by the file": lambda: client.post("/verificar", files=sent, headers=wanted),
                }
                taken: dict[str, list[float]] = {way: [] for way in ways}
                for _ in range(SAMPLES + WARMING):
                    for way, ask in ways.items():
                        began = time.perf_counter()
                        answer = ask()
                        taken[way].append((time.perf_counter() - began) * 1000)
                        _known(way, answer)
    warm = {way: samples[WARMING:] for way, samples in taken.items()}
    return [
        Figure(
            f"a paper verified {way}, over HTTP",
            median(samples),
            "ms",
            label(dialect),
            f"median of {SAMPLES}, p95 {p95(samples):.0f} ms",
            TARGET,
            f"{times(median(samples), median(warm['nothing']))} of a question that asks nothing",
        )
        for way, samples in warm.items()
        if way != "nothing"
    ]


def _asked(client: httpx.Client, query: str, **variables: str) -> httpx.Response:
    return client.post("/graphql", json={"query": query, "variables": variables})


def _known(way: str, answer: httpx.Response) -> None:
    """Fail when the paper was not found: a refusal would be fast."""
    said = answer.text
    if answer.status_code != 200 or (way != "nothing" and "DICTAMEN-AJ" not in said):
        raise RuntimeError(f"{way}: {answer.status_code} {said[:300]}")


async def _prepare() -> tuple[dict[str, object], dict[str, str]]:
    async with database():
        head, lawyer = await desk.demo_person(desk.HEAD), await desk.demo_person(desk.LAWYER)
        (review,) = await desk.submitted_renewals(1)
        await assign_review(actor=head, review_id=review.id, assignee_id=lawyer.id)
        return desk.dictamen(review), await desk.token(desk.LAWYER)


async def _issued() -> tuple[str, str, bytes]:
    async with database():
        made = OfficialDocument.filter(kind=DocumentKind.DICTAMEN, file_id__isnull=False)
        paper = await made.order_by("-id").select_related("file").first()
        if paper is None:
            raise RuntimeError("no dictamen was issued")
        return paper.verification_code, paper.file.sha256, await bytes_of(paper.file.sha256)
