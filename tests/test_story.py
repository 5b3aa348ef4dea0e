"""The main job from end to end, as its people live it: over HTTP, with the real engine, on the 2024 data.

San Juan Chamelco asks to renew its convention, hands in the requisites, gets the file back once, gets its dictamen,
the agreement's document is made, both sides sign, and the convention is in force.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from documents.engine import visible_text
from models.clock import today
from tests.serving import Client, Served

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
API, ENGINE = "uvicorn api.app", "workflows.serve"


def tell_story(served: Served, after: Callable[[str], None]) -> dict[str, Any]:
    """Live the story; `after` is called with the name of each step as soon as it is answered."""
    town = served.person("municipio.1610@demo.example")
    lawyer = served.person("juridico@demo.example")
    head = served.person("jefatura@demo.example")
    office = served.person("despacho@demo.example")

    home = town.ask("municipal-home")
    assert home["viewer"]["municipality"]["name"] == "San Juan Chamelco"
    [old] = [one for one in home["conventions"]["nodes"] if one["pendingRenewal"] is None]

    once = str(uuid4())
    asked = town.do(
        "request-renewal", conventionId=old["id"], termMonths=24, note="Por acuerdo del Concejo", clientMutationId=once
    )
    after("request-renewal")
    again = town.do("request-renewal", conventionId=old["id"], termMonths=24, clientMutationId=once)
    assert again == asked, "the same clientMutationId repeats the first answer"
    number, review, code = asked["convention"]["number"], asked["review"]["id"], asked["review"]["code"]

    for line in asked["review"]["requirements"]:
        if line["mandatory"]:
            sent = town.upload(f"{line['code'].lower()}.pdf", PDF)
            handed = town.do("submit-requirement", reviewId=review, requirementCode=line["code"], fileId=sent["id"])
            assert handed["requirement"]["evidence"]["sha256"] == sent["sha256"]
    after("submit-requirement")
    assert town.do("submit-for-review", reviewId=review)["review"]["stage"] == "RECEIVED"
    after("submit-for-review")

    def admitted() -> dict[str, Any] | None:
        found = lawyer.send(
            "query($c: String!) { legalReview(code: $c) { dueOn proposedLawyer { name } } }", {"c": code}
        )
        return found["legalReview"] if found["legalReview"]["proposedLawyer"] else None

    assert served.until(admitted, "the engine's look at the file")["dueOn"]

    me = lawyer.send("{ viewer { id } }", {})["viewer"]["id"]
    assert head.do("assign-review", reviewId=review, assigneeId=me)["review"]["stage"] == "IN_ANALYSIS"
    after("assign-review")
    inbox = lawyer.ask("legal-inbox", filter={"mine": True})["legalReviews"]["nodes"]
    assert code in [one["code"] for one in inbox]

    found = {"subject": "Punto de acta", "finding": "La copia no se lee.", "cure": "Presentar copia legible."}
    back = lawyer.do("return-review", reviewId=review, observations=[found], workingDays=10)
    after("return-review")
    assert back["review"]["returnsCount"] == 1
    providencia = visible_text(lawyer.download(back["document"]["file"]["url"]))
    assert "Presentar copia legible." in providencia
    assert back["document"]["number"] in providencia

    answered = town.do("submit-for-review", reviewId=review)
    assert (answered["review"]["stage"], answered["review"]["assignee"] is not None) == ("IN_ANALYSIS", True)
    after("answer")

    given = lawyer.do(
        "issue-dictamen",
        reviewId=review,
        outcome="FAVORABLE",
        background="La municipalidad solicitó renovar el convenio.\nPresentó los requisitos.",
        grounds=[
            {"norm": "Código Municipal, Decreto 12-2002", "article": "35, literal s)", "text": "Autoriza convenios."}
        ],
        analysis="Los requisitos están completos & «legibles».",
        conclusion="Es procedente la renovación.",
        clientMutationId=str(uuid4()),
    )
    after("issue-dictamen")
    dictamen = visible_text(lawyer.download(given["document"]["file"]["url"]))
    assert given["document"]["number"] in dictamen
    assert "FAVORABLE" in dictamen
    assert "& «legibles»" in dictamen

    early = office.ask("record-signature", input=signature(asked["convention"]["id"], "SOSEP", "Ana María Soto"))
    blockers = {one["code"] for one in early["recordSignature"]["blockers"]}
    assert "COUNCIL_MINUTE_MISSING" in blockers, "no signature without the council's minute"

    minute = town.do(
        "record-council-minute",
        conventionId=asked["convention"]["id"],
        actNumber="12-2026",
        pointNumber="TERCERO",
        sessionDate=(today() - timedelta(days=9)).isoformat(),
        approvedDate=(today() - timedelta(days=2)).isoformat(),
        votesFor=7,
        votesAgainst=1,
    )
    assert minute["councilMinute"] == minute["councilMinute"] | {"valid": True, "warnings": []}
    after("record-council-minute")

    def made() -> Any:
        papers = town.ask("convention-file", number=number)["convention"]["documents"]
        return next((one for one in papers if one["kind"] == "CONVENIO"), None)

    convenio = served.until(made, "the agreement's document")
    text = visible_text(town.download(convenio["file"]["url"]))
    check_convenio(text, convenio["number"], given["document"]["number"])

    for person, side, name in ((office, "SOSEP", "Ana María Soto"), (town, "COUNTERPART", "Alcaldesa de Chamelco")):
        signed = person.do("record-signature", **signature(asked["convention"]["id"], side, name))
        after(f"signature-{side}")
    assert (signed["subject"]["stage"], signed["subject"]["standing"]) == ("SIGNED", "IN_FORCE")

    def closed() -> Any:
        file = town.ask("convention-file", number=number)["convention"]
        return file if file["reviews"][0]["stage"] == "CLOSED" else None

    return dict(served.until(closed, "the file's end"))


def signature(subject: str, side: str, name: str) -> dict[str, Any]:
    """Return the input of a signature given today."""
    capacity = "Secretaria" if side == "SOSEP" else "Alcaldesa Municipal"
    signed_on = today().isoformat()
    given = {"subjectId": subject, "side": side, "signerName": name, "capacity": capacity, "signedOn": signed_on}
    return given | {"place": "Ciudad de Guatemala"}


def check_convenio(text: str, number: str, dictamen: str) -> None:
    """Read the convenio as a notary would: no hole, no placeholder, the right words."""
    plain = " ".join(text.split()).casefold()
    for words in (number, dictamen, "San Juan Chamelco", "Alta Verapaz", "Mis Años Dorados", "veinticuatro (24) meses"):
        assert words.casefold() in plain, words
    # Without LibreOffice nobody counts the sheets: their number is written by hand.
    text = text.replace("________ (______) hojas", "hojas")
    for hole in ("{{", "}}", "{%", "None", "____", "null", "( )", "«»"):
        assert hole not in text, hole


def check_end(file: dict[str, Any]) -> None:
    """Check what must be true when the story has ended, however it went."""
    assert [(one["number"] == file["number"]) for one in file["chain"]] == [False, True]
    kinds = [one["kind"] for one in file["documents"]]
    assert sorted(kinds) == ["CONVENIO", "DICTAMEN", "PROVIDENCIA"], "each paper once"
    assert {one["side"] for one in file["signatures"]} == {"SOSEP", "COUNTERPART"}
    assert len(file["signatures"]) == 2
    done = [one["action"] for one in file["timeline"]]
    for deed in ("REQUEST_RENEWAL", "ISSUE_DICTAMEN", "PREPARE_AGREEMENT", "CLOSE_REVIEW", "RETURN_REVIEW"):
        assert done.count(deed) == 1, (deed, done)


def check_mail(served: Served, reader: Client, subject: str) -> None:
    """Check that a message about the story reached the demo's mailbox, once."""

    def arrived() -> int:
        page = reader.http.get("/correo", params={"para": "municipio.1610@demo.example"}).text
        return page.count(f"<h2>{subject}</h2>")

    assert served.until(arrived, f"the message «{subject}»") == 1


PENDING = "{ conventions(filter: {stage: [REQUESTED, IN_REVIEW]}, first: 9) { nodes { id } } }"
PREPARE = """mutation ($input: StartPapersInput!) { startPapers(input: $input) {
  batch { id itemCount } errors { message } } }"""
ZIP = "query ($id: ID!) { batch(id: $id) { state file { url } } }"


def check_papers_at_once(served: Served) -> None:
    """Let the engine prepare the papers of what is in process, and look into the zip."""
    director = served.person("direccion.mad@demo.example")
    chosen = [one["id"] for one in director.send(PENDING, {})["conventions"]["nodes"]]
    batch = director.send(PREPARE, {"input": {"conventionIds": chosen}})["startPapers"]["batch"]

    def over() -> Any:
        found = director.send(ZIP, {"id": batch["id"]})["batch"]
        return found if found["state"] == "DONE" else None

    content = director.download(served.until(over, "the batch's zip")["file"]["url"])
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == batch["itemCount"] + 1 == len(chosen) + 1 > 1


def test_the_story_over_http_ends_as_ever_when_power_fails_at_every_step(
    tmp_path: Path, prefect_made: Callable[[Path], None]
) -> None:
    """Kill -9 the engine or the API after every answer; the supervisor starts it again.

    On PostgreSQL, and at any moment, the short form of the fault bench kills them.
    """
    prefect_made(tmp_path / "home")
    served = Served(tmp_path / "home")
    killed: list[str] = []

    def cut_power(step: str) -> None:
        engine = step in ("submit-for-review", "issue-dictamen", "signature-COUNTERPART")
        served.kill(ENGINE if engine else API)
        killed.append(step)

    try:
        served.wait_for_pages()
        served.wait_for_engine()
        file = tell_story(served, cut_power)
        assert len(killed) == 10
        check_end(file)
        check_mail(served, served.person("auditoria@demo.example"), f"Convenio {file['number']} firmado")
        check_papers_at_once(served)
        code = file["reviews"][0]["code"]
        public = Client.__new__(Client)
        public.served, public.http = served, served.person("auditoria@demo.example").http
        public.http.cookies.clear()
        assert public.ask("track-file", code=code)["trackFile"]["stageLabel"] == "Concluido"
        paper = next(one for one in file["documents"] if one["kind"] == "CONVENIO")
        seen = public.ask("verify-document", code=paper["verificationCode"])["verifyDocument"]
        assert seen["number"] == paper["number"]
        assert seen["state"] == "VALID"
        assert seen["sha256Prefix"] == paper["file"]["sha256"][:16]
    finally:
        served.stop()
