"""Projects of papers: the wording without number or code, and room for what is not known; nothing numbered has any."""

import io
import zipfile

import pytest
from docx import Document
from pydantic import ValidationError

from documents.engine import PaperRefused, make_paper
from documents.fields import NO_NUMBER
from documents.fields_conventions import ConvenioFields
from documents.fields_letters import ConocimientoFields
from documents.kinds import typed_fields
from documents.projects import NOTICE, SEAL, with_blanks
from documents.templates import compile_template, open_template, template_markdown

from .papers import EVERY_KIND, convenio, dictamen

UNNUMBERED = {"number": NO_NUMBER, "serial": None, "verification_code": "", "verification_url": "", "project": True}


@pytest.mark.parametrize("key", EVERY_KIND, ids=str)
def test_every_kind_can_be_a_project(key: tuple[str, str]) -> None:
    kind, variant = key
    made = EVERY_KIND[key](**UNNUMBERED)
    paper = make_paper(kind, made, variant, missing=["conclusión"])
    lines = paper.text.splitlines()
    assert lines[lines.index(NOTICE) + 1] == "Falta por escribir: conclusión."
    assert NO_NUMBER in paper.text
    assert SEAL in lines
    assert "Código de verificación" not in paper.text
    assert "NÚMERO DOCE GUION" not in paper.text
    assert "dieciséis (16) de marzo" not in paper.text, "its date is written by hand"
    with zipfile.ZipFile(io.BytesIO(paper.docx)) as package:
        footers = "".join(package.read(name).decode() for name in package.namelist() if "footer" in name)
        assert "<pic:pic" not in footers, "no code to scan"
        assert not [name for name in package.namelist() if name.startswith("word/media/")]
    Document(io.BytesIO(paper.docx))
    assert make_paper(kind, made, variant, missing=["conclusión"]).docx == paper.docx


def test_a_wording_that_knows_no_projects_makes_one_with_room_for_the_number() -> None:
    ours = template_markdown("ADENDA")
    start, end = ours.index("{% if project"), ours.index("{% endif %}", ours.index("{% if project"))
    numbered = ours[start:end].partition("{% else %}")[2]
    older = ours[:start] + numbered + ours[end + len("{% endif %}") :]
    wording = open_template(compile_template(older), "ADENDA")
    text = make_paper("ADENDA", EVERY_KIND["ADENDA", ""](**UNNUMBERED), "", wording).text
    assert "NÚMERO ________ GUION DOS MIL VEINTISÉIS (PROYECTO SIN NÚMERO)" in text
    assert NOTICE in text
    assert SEAL in text


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "CONVENIO-AJ-12-2026"},
        {"serial": 12},
        {"verification_code": "K7QM-4TRX-9PZC"},
        {"verification_url": "https://convenios.example/verificar/K7QM-4TRX-9PZC"},
    ],
)
def test_a_project_has_neither_number_nor_code(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="Un proyecto no lleva número"):
        convenio(**UNNUMBERED | changes)


@pytest.mark.parametrize(
    "name", ["number", "serial", "verification_code", "verification_url", "dictamen_number", "dictamen_date"]
)
def test_nothing_numbered_has_blanks(name: str) -> None:
    blank = {"number": NO_NUMBER, "serial": None, "dictamen_date": None}.get(name, "")
    with pytest.raises(ValidationError, match="documento emitido"):
        convenio(**{name: blank})


def test_a_copy_that_was_not_checked_is_refused_too() -> None:
    for made in (
        convenio().model_copy(update={"project": True}),
        convenio(**UNNUMBERED).model_copy(update={"project": False}),
        convenio(**UNNUMBERED).model_copy(update={"serial": 3}),
    ):
        with pytest.raises(PaperRefused, match="Un proyecto no lleva número"):
            make_paper("CONVENIO", made, "MAD_CAD")


def test_a_project_before_its_dictamen_leaves_room_for_it() -> None:
    made: ConvenioFields = convenio(**UNNUMBERED, dictamen_number="", dictamen_date=None)
    text = make_paper("CONVENIO", made, "MAD_CAD").text
    assert "________, de fecha ________, en sentido favorable" in text
    assert "MARÍA FERNANDA EJEMPLO SOTO" in text


def test_what_lacks_is_named_and_has_room() -> None:
    known = typed_fields("CONOCIMIENTO")
    filled, missing = with_blanks(known, {"items": [{"folios": 3}, {"description": "Acta"}]})
    assert missing == [
        "unidad o persona a la que se entrega",
        "lo que se entrega 1, documento o expediente que se entrega",
    ]
    made = ConocimientoFields(**UNNUMBERED | filled, year=2026, issued_on="2026-03-16", delivered_by=dictamen().adviser)
    assert made.addressee == made.items[0].description == "________"
    whole = {"addressee": "Archivo", "items": [{"description": "Acta"}]}
    assert with_blanks(known, whole) == (whole, [])
    # No room can be left for a choice or a date: their schema names them.
    filled, missing = with_blanks(typed_fields("DICTAMEN"), {})
    assert "outcome" not in filled
    assert filled["grounds"] == [{"norm": "________", "text": "________"}]
