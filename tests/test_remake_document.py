"""Papers made again from what they remember: byte for byte, in any process, and what is said when they are not."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from docx import Document

from actions.files import keep_bytes, storage
from documents.engine import make_paper
from documents.kinds import FIELDS_BY_KIND, fields_of
from documents.templates import compile_template, open_template, template, template_markdown
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import Role
from models.templates import TemplateState, TemplateVersion
from settings import PROJECT
from tests import builders
from tests.door import bad_ids, contract, done, everything, id_of, token_of, told
from tests.papers import EVERY_KIND, convenio

ISSUE = contract("issue-document")
REMAKE = """query ($id: ID!) { remakeDocument(id: $id) {
    state reason templateVersion { edition } changes { line issued { text differs } remade { text differs } } } }"""
FIELDS = {"addressee": "Licenciada Ana Pérez", "subject": "Remisión", "body": "Se remite lo solicitado."}
GOLDEN = json.loads((PROJECT / "tests" / "golden" / "paper_data.json").read_text(encoding="utf-8"))
"""What papers of every kind were made from before their fields gained any."""

MADE = """
import sys
from documents.engine import make_paper
from tests.papers import EVERY_KIND
for (kind, variant), make in EVERY_KIND.items():
    sys.stdout.write(f"{kind} {variant} {make_paper(kind, make(), variant).sha256}\\n")
"""


def made_elsewhere(**environment: str) -> subprocess.Popen[str]:
    """Start a process that makes a paper of every kind and tells their hashes."""
    return subprocess.Popen(
        [sys.executable, "-c", MADE], cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )


def test_same_data_give_the_same_bytes_in_any_process_zone_and_hash_seed() -> None:
    processes = [
        made_elsewhere(TZ="America/Guatemala", PYTHONHASHSEED="1", LC_ALL="C"),
        made_elsewhere(TZ="Pacific/Kiritimati", PYTHONHASHSEED="2", LANG="es_GT.UTF-8"),
    ]
    here = [
        f"{kind} {variant} {make_paper(kind, make(), variant).sha256}" for (kind, variant), make in EVERY_KIND.items()
    ]
    for process in processes:
        said, _ = process.communicate(timeout=120)
        assert said.splitlines() == here
    assert len(set(here)) == len(EVERY_KIND)


@pytest.mark.parametrize("name", GOLDEN)
def test_what_papers_remember_still_loads_and_gives_a_paper(name: str) -> None:
    kind, _, variant = name.partition(" ")
    fields = fields_of(kind, variant).model_validate(GOLDEN[name])
    again = type(fields).model_validate(json.loads(json.dumps(fields.model_dump(mode="json"))))
    assert again == fields
    kept = {key: value for key, value in fields.model_dump(mode="json").items() if key in GOLDEN[name]}
    assert _without_new(kept, GOLDEN[name]) == GOLDEN[name]
    chosen = old_mad() if variant == "MAD" else None
    assert fields.number in make_paper(kind, fields, variant, chosen).text


def _without_new(now: Any, then: Any) -> Any:
    """Return data of today with the names that data of then has."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {name: _without_new(now[name], value) for name, value in then.items()}
    if isinstance(then, list) and isinstance(now, list) and len(now) == len(then):
        return [_without_new(one, other) for one, other in zip(now, then, strict=True)]
    return now


def old_mad() -> Any:
    """Return a wording of the variant that day and permanent centers shared."""
    markdown = template_markdown("CONVENIO", "MAD_CAD").replace("variant: MAD_CAD", "variant: MAD")
    return open_template(compile_template(markdown), "CONVENIO", "MAD")


async def issued() -> tuple[Any, OfficialDocument]:
    """Issue an oficio; return its lawyer and itself."""
    lawyer = await builders.person(Role.LEGAL)
    await done(lawyer, ISSUE, kind="OFICIO", fields=FIELDS)
    return lawyer, await OfficialDocument.get().select_related("file", "template")


async def remade(person: Any, paper: OfficialDocument) -> Any:
    """Ask for a paper to be made again."""
    return (await told(person, REMAKE, id=id_of(paper)))["remakeDocument"]


async def keep(paper: OfficialDocument, docx: bytes) -> None:
    """Put another file in a paper's place, behind the system's back."""
    await StoredFile.filter(id=paper.file_id).update(sha256=await keep_bytes(docx))


@pytest.mark.usefixtures("db", "clock")
class TestRemaking:
    async def test_a_paper_comes_out_byte_for_byte_after_another_wording_took_its_place(self) -> None:
        lawyer, paper = await issued()
        await TemplateVersion.filter(id=paper.template_id).update(state=TemplateState.RETIRED)
        auditor = await builders.person(Role.AUDITOR)
        for person in (lawyer, auditor):
            await token_of(person)
        before = await everything()
        identical = {"state": "IDENTICAL", "reason": "", "templateVersion": {"edition": 1}, "changes": []}
        assert await remade(lawyer, paper) == identical
        assert await remade(auditor, paper) == identical
        assert await everything() == before

    async def test_what_differs_is_told(self) -> None:
        lawyer, paper = await issued()
        assert paper.file
        kept = storage().read(paper.file.sha256)
        saved = io.BytesIO()
        Document(io.BytesIO(kept)).save(saved)
        await keep(paper, saved.getvalue())
        assert (await remade(lawyer, paper))["state"] == "SAME_TEXT"
        await keep(paper, kept)
        await OfficialDocument.filter(id=paper.id).update(data=paper.data | {"body": "Se remite otra cosa."})
        answer = await remade(lawyer, paper)
        assert answer["state"] == "DIFFERENT"
        [change] = answer["changes"]
        assert [one["text"] for one in change["issued"] if one["differs"]] == ["lo", "solicitado."]
        assert [one["text"] for one in change["remade"] if one["differs"]] == ["otra", "cosa."]

    async def test_what_cannot_be_made_again_says_why(self) -> None:
        lawyer, paper = await issued()
        old = await builders.paper(issued_by=lawyer)
        assert (await remade(lawyer, old))[
            "reason"
        ] == "El documento es anterior a que el sistema guardara sus plantillas."
        for change, words in [
            ({"data": paper.data | {"subject": ""}}, "Sus datos ya no se leen"),
            ({"variant": "OTRA"}, "No hay plantilla"),
            ({"data": paper.data | {"project": True}}, "Sus datos ya no se leen"),
        ]:
            kept = {name: getattr(paper, name) for name in change}
            await OfficialDocument.filter(id=paper.id).update(**change)
            answer = await remade(lawyer, paper)
            assert (answer["state"], words in answer["reason"]) == ("IMPOSSIBLE", True), answer
            await OfficialDocument.filter(id=paper.id).update(**kept)
        assert paper.template
        storage().path(paper.template.sha256).unlink()  # type: ignore[attr-defined]
        answer = await remade(lawyer, paper)
        assert (answer["state"], "no está en el almacén" in answer["reason"]) == ("IMPOSSIBLE", True)

    async def test_it_is_shown_only_to_the_office_and_to_audit(self) -> None:
        _, paper = await issued()
        for role in (Role.ADMIN, Role.SIGNATORY, Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR):
            assert await remade(await builders.person(role), paper) is None
        auditor = await builders.person(Role.AUDITOR)
        for given in bad_ids("OfficialDocument"):
            assert (await told(auditor, REMAKE, id=given))["remakeDocument"] is None

    async def test_a_convenio_of_the_wording_that_all_elders_shared_comes_out_too(self) -> None:
        lawyer = await builders.person(Role.LEGAL)
        chosen, fields = old_mad(), convenio()
        made = make_paper("CONVENIO", fields, "MAD", chosen)
        files = [
            await builders.stored_file(lawyer, docx, used=True, filename="a.docx") for docx in (made.docx, chosen.docx)
        ]
        for docx in (made.docx, chosen.docx):
            await keep_bytes(docx)
        version = await TemplateVersion.create(
            kind=DocumentKind.CONVENIO, variant="MAD", edition=1, title="x", state=TemplateState.RETIRED, text="x",
            file=files[1], sha256=chosen.sha256, created_at=files[0].uploaded_at,
        )  # fmt: skip
        paper = await builders.paper(
            DocumentKind.CONVENIO, issued_by=lawyer, file=files[0], template=version, variant="MAD",
            data=fields.model_dump(mode="json"),
        )  # fmt: skip
        assert (await remade(lawyer, paper))["state"] == "IDENTICAL"


def test_every_kind_s_data_survive_the_way_to_the_database_and_back() -> None:
    for (kind, variant), make in EVERY_KIND.items():
        fields = make()
        loaded = FIELDS_BY_KIND[kind, variant].model_validate(json.loads(json.dumps(fields.model_dump(mode="json"))))
        assert loaded == fields
        assert template(kind, variant).kind == kind
