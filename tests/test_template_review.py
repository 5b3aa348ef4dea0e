"""Templates that come back from Word: what is kept of them, and all that they may not hold, place by place."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.shared import RGBColor

from documents.engine import make_paper
from documents.examples import example_papers
from documents.kinds import FIELDS_BY_KIND
from documents.layout import LOOKS
from documents.marks import problems_of_marks
from documents.markup import readable
from documents.redline import ChangeKind, redline
from documents.refusals import Layer, TemplateUnfit
from documents.template_review import ReviewedTemplate, review_template
from documents.templates import compile_template, known_templates, open_template, template, template_text
from tests.ground import office_binary

from .edits import as_word_saves, edited, first_plain, inside, oficio, saying, through_writer, with_xml

ADDED = " Con copia al expediente."


def reviewed(
    data: bytes, kind: str = "OFICIO", variant: str = "", filename: str = "plantilla.docx"
) -> ReviewedTemplate:
    """Return what is kept of a Word file."""
    return review_template(data, filename, template(kind, variant), 7)


def unfit(
    data: bytes, kind: str = "OFICIO", variant: str = "", filename: str = "plantilla.docx"
) -> tuple[Layer, list[str]]:
    """Return the layer that refuses a Word file and all that it says."""
    with pytest.raises(TemplateUnfit) as caught:
        reviewed(data, kind, variant, filename)
    for said in map(str, caught.value.problems):
        assert said[0].isupper(), said
        assert said.endswith("."), said
    return caught.value.layer, [str(problem) for problem in caught.value.problems]


def adding(text: str) -> Callable[[bytes], bytes]:
    """Return what adds a paragraph of plain text at the end of a template."""
    return lambda docx: edited(docx, lambda document: document.add_paragraph(text))


def without(words: str) -> Callable[[WordDocument], object]:
    """Return what empties the paragraph that says some words."""
    return lambda document: next(one for one in document.paragraphs if words in one.text).clear()


@pytest.mark.parametrize(("kind", "variant"), known_templates())
class TestEveryKind:
    def test_an_edit_is_kept_word_by_word_and_used(self, kind: str, variant: str) -> None:
        before = template(kind, variant)
        kept = reviewed(edited(before.docx, lambda document: first_plain(document).add_run(ADDED)), kind, variant)
        assert kept.warnings == ()
        assert template_text(kept.docx) == kept.text
        old, new = template_text(before.docx).splitlines(), kept.text.splitlines()
        changed = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
        assert changed == [(f"version: {before.version}", "version: 7"), changed[1]]
        assert changed[1][1] == changed[1][0] + ADDED
        chosen = open_template(kept.docx, kind, variant)
        fields = example_papers(kind, variant)[0].fields
        assert ADDED.strip() in make_paper(kind, fields, variant, chosen).text

    def test_saved_again_it_says_nothing_new(self, kind: str, variant: str) -> None:
        layer, said = unfit(edited(template(kind, variant).docx, lambda _: None), kind, variant)
        assert (layer, len(said)) == (Layer.READING, 1)
        assert "dice lo mismo que la versión en uso" in said[0]

    def test_word_may_cut_it_in_pieces(self, kind: str, variant: str) -> None:
        layer, said = unfit(as_word_saves(template(kind, variant).docx), kind, variant)
        assert (layer, len(said)) == (Layer.READING, 1)
        assert "dice lo mismo que la versión en uso" in said[0]

    def test_made_up_papers_are_of_its_kind(self, kind: str, variant: str) -> None:
        papers = example_papers(kind, variant)
        assert len(papers) >= 4
        assert {type(one.fields) for one in papers} == {FIELDS_BY_KIND[kind, variant]}
        assert all(one.fields.demo for one in papers)


LISTED = '<w:pStyle w:val="LugarFecha"/><w:numPr><w:numId w:val="3"/></w:numPr>'
PICTURE = "<w:r><w:drawing/></w:r>"
PACK, READ, SYNTAX, FIELDS, TRIAL = Layer

REFUSED: dict[str, tuple[Callable[[bytes], bytes], Layer, str]] = {
    # what a template cannot hold
    "tracked insertion": (
        inside('<w:ins w:id="1" w:author="x"><w:r><w:t>x</w:t></w:r></w:ins>'),
        PACK, "control de cambios",
    ),
    "tracked deletion": (
        inside('<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del>'),
        PACK, "control de cambios",
    ),
    "tracked look": (
        lambda one: with_xml(one, "<w:pStyle", '<w:pPrChange w:id="1"/><w:pStyle'),
        PACK, "control de cambios",
    ),
    "open comment": (inside('<w:commentRangeStart w:id="1"/>'), PACK, "comentario abierto"),
    "hidden text": (inside("<w:r><w:rPr><w:vanish/></w:rPr><w:t>oculto</w:t></w:r>"), PACK, "texto oculto"),
    "picture": (inside(PICTURE), PACK, "imagen, un cuadro de texto"),
    "text box": (inside('<w:r><w:pict/></w:r>'), PACK, "cuadro de texto"),
    "object": (inside('<w:r><w:object/></w:r>'), PACK, "objeto"),
    "footnote": (inside('<w:r><w:footnoteReference w:id="1"/></w:r>'), PACK, "nota al pie"),
    "content control": (lambda one: with_xml(one, "<w:p>", "<w:sdt/><w:p>"), PACK, "control de contenido"),
    "link": (inside('<w:hyperlink w:anchor="x"><w:r><w:t>x</w:t></w:r></w:hyperlink>'), PACK, "hipervínculo"),
    "field of Word": (
        inside('<w:fldSimple w:instr=" DATE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'),
        PACK, "campo de Word (DATE)",
    ),
    "long field": (
        inside('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> MERGEFIELD a </w:instrText></w:r>'
               '<w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        PACK, "campo de Word (MERGEFIELD)",
    ),
    "open field": (inside('<w:r><w:fldChar w:fldCharType="begin"/></w:r>'), PACK, "campo de Word que no termina"),
    "other document": (lambda one: with_xml(one, "<w:p>", "<w:altChunk/><w:p>"), PACK, "(altChunk)"),
    "direction override": (lambda one: saying(one, "Presente", "Pre\u202esente"), PACK, "carácter invisible"),
    # what does not read as a template
    "unknown style": (
        lambda one: with_xml(one, 'w:name w:val="Nota"', 'w:name w:val="heading 9"', "word/styles.xml"),
        READ, "usa el estilo «heading 9», que la plantilla no tiene. Use uno de estos: Título del documento",
    ),
    "automatic list": (
        lambda one: with_xml(one, '<w:pStyle w:val="LugarFecha"/>', LISTED),
        READ, "numeración o viñetas automáticas",
    ),
    "underlined": (inside("<w:r><w:rPr><w:u w:val=\"single\"/></w:rPr><w:t>x</w:t></w:r>"), READ, "lleva subrayado"),
    "bold and italic": (
        inside("<w:r><w:rPr><w:b/><w:i/></w:rPr><w:t>x</w:t></w:r>"),
        READ, "negrita y cursiva a la vez",
    ),
    "page break": (inside('<w:r><w:br w:type="page"/></w:r>'), READ, "salto de página"),
    "asterisk": (adding("Tres * cuatro"), READ, "asterisco"),
    "reserved sign": (adding("- Uno"), READ, "signo que la plantilla reserva"),
    "table in Markdown": (adding("| a | b |"), READ, "signo que la plantilla reserva"),
    "two sections": (lambda one: edited(one, lambda document: document.add_section()), READ, "saltos de sección"),
    "words in a mark's style": (
        lambda one: with_xml(one, r"\{%p if closing %\}", "Dígase lo que convenga"), READ, "estilo «Control»",
    ),
    "another kind": (lambda one: template("OPINION").docx, READ, "es la plantilla de OPINION, no de OFICIO"),
    "empty": (
        lambda one: edited(one, lambda document: [p._p.getparent().remove(p._p) for p in document.paragraphs]),
        FIELDS, "sin el que un documento no se puede comprobar",
    ),
    # marks
    "attack": (
        adding("{{ cycler.__init__.__globals__.os.popen('id').read() }}"),
        SYNTAX, "una llamada con paréntesis",
    ),
    "two hundred million": (adding("{{ 'a'*200000000 }}"), SYNTAX, "una operación aritmética"),
    "single brace": (adding("{ signer.name }"), SYNTAX, "sobra o falta una llave cerca de «{ signer.name }»"),
    "open mark": (adding("{{ signer.name"), SYNTAX, "sobra o falta una llave"),
    "comment of Jinja": (adding("{# callado #}"), SYNTAX, "sobra o falta una llave"),
    "include": (adding("{% include 'x' %}"), SYNTAX, "no está permitida"),
    "set": (adding("{% set x = 1 %}"), SYNTAX, "no está permitida"),
    "trimmed": (adding("{{- number -}}"), SYNTAX, "quite el signo"),
    "empty mark": (adding("{{ }}"), SYNTAX, "no se entiende «{{ }}»"),
    "filter of loops": (
        adding("{% for c in copies if c %}x{% endfor %}"),
        SYNTAX, "de un modo que no está permitido",
    ),
    "index": (adding("{{ copies[0] }}"), SYNTAX, "corchetes"),
    "never closed": (adding("{% if demo %}"), SYNTAX, "no se cierra; falta su «{% endif %}»"),
    "never opened": (adding("{% endfor %}"), SYNTAX, "no tiene un «{% for … %}» abierto antes"),
    "too long": (adding("{{ number" + " " * 2 + "| mayusculas" * 40 + " }}"), SYNTAX, "demasiado larga"),
    # fields
    "unknown field": (adding("{{ alcalde.nombre }}"), FIELDS, "campo que no existe: «alcalde»"),
    "whole object": (adding("{{ signer }}"), FIELDS, "debe expresarse en palabras"),
    "no list": (adding("{% for one in subject %}{{ one }}{% endfor %}"), FIELDS, "no es una lista"),
    "unknown filter": (adding("{{ number | center(100000000) }}"), FIELDS, "filtro que no existe: «center»"),
    "wrong filter": (adding("{{ subject | fecha }}"), FIELDS, "no sirve para «subject»"),
    "no code": (
        lambda one: with_xml(one, r"\{\{ verification_code \}\}", "K7QM", "word/footer1.xml"),
        FIELDS, "No usa el dato «verification_code»",
    ),
    # papers made with it
    "may be empty": (
        adding("Elaboró: {{ initials }}"),
        TRIAL, "Al elaborar un documento sin ningún dato opcional: No se puede",
    ),
    "no notice of the demonstration": (
        lambda one: edited(one, without("ESTE DOCUMENTO NO TIENE VALIDEZ")),
        TRIAL, "de demostración sale sin su aviso",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_is_refused_with_its_place(case: str) -> None:
    change, layer, words = REFUSED[case]
    found, said = unfit(change(oficio()))
    assert found == layer, said
    assert any(words in one for one in said), said


def test_hostile_packages_are_refused_before_anything_reads_them() -> None:
    def more(name: str, content: bytes) -> bytes:
        packed = io.BytesIO(oficio())
        with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, content)
        return packed.getvalue()

    link = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    outside = (
        f'{link.format("attachedTemplate")} Target="https://x.example/a.dotm" TargetMode="External"/></Relationships>'
    )
    for data, words in [
        (more("word/vbaProject.bin", b"macro"), "macros"),
        (more("word/embeddings/o.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "otro archivo u objeto"),
        (more("word/x.xml", b"<a>" + b"a" * 30 * 2**20), "20 MB"),
        (more("word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "DOCTYPE"),
        (with_xml(oficio(), "</Relationships>", outside, "word/_rels/document.xml.rels"), "fuera de él"),
        (inside("<w:r><w:instrText> DDEAUTO c:\\\\cmd.exe </w:instrText></w:r>")(oficio()), "DDE, INCLUDETEXT"),
        (b"PK\x03\x04", "dañado"),
        (b"", "vacío"),
    ]:
        layer, said = unfit(data)
        assert (layer, len(said)) == (Layer.PACKAGE, 1)
        assert words in said[0]
    assert "termina en .pdf" in unfit(oficio(), filename="a.pdf")[1][0]


def test_all_of_a_layer_is_told_at_once_and_nothing_of_the_next() -> None:
    def change(document: WordDocument) -> None:
        document.add_paragraph("Uno {{ nada }} y {{ issued_on }}")
        document.add_paragraph("Dos {{ signer.apodo }}")
        table = document.add_table(2, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "A", "B"
        table.cell(1, 0).text, table.cell(1, 1).text = "{{ otro }}", "{{ copies | mayusculas }}"

    layer, said = unfit(edited(oficio(), change))
    assert layer == Layer.FIELDS
    assert [re.sub(r"^Párrafo \d+", "Párrafo", one.partition(":")[0]) for one in said] == [
        "Párrafo («Uno {{ nada }} y {{ issued_on }}»)",
        "Párrafo («Uno {{ nada }} y {{ issued_on }}»)",
        "Párrafo («Dos {{ signer.apodo }}»)",
        "Cuadro 1, fila 2, columna 1 («{{ otro }}»)",
        "Cuadro 1, fila 2, columna 2 («{{ copies | mayusculas }}»)",
    ], said
    assert ["«nada»" in said[0], "«issued_on»" in said[1], "«signer.apodo»" in said[2]] == [True] * 3
    # The same with a mark that does not close: of fields nothing is said yet.
    layer, said = unfit(adding("{% if demo %}")(edited(oficio(), change)))
    assert (layer, len(said)) == (Layer.SYNTAX, 1)


def test_a_footer_s_place_is_named() -> None:
    data = with_xml(oficio(), r"\{\{ number \}\}", "{{ numero }} de {{ number }}", "word/footer1.xml")
    assert unfit(data)[1][0].startswith("Pie de página, párrafo 2 («{{ numero }} de {{ number }}")


def test_marks_are_read_as_word_processors_leave_them() -> None:
    def change(document: WordDocument) -> None:
        paragraph = document.add_paragraph("Firma ")
        for piece, bold in (
            ("{", False),
            ("{ signer.gender |\u00a0segun(“ella”", True),
            (", ‘él’) ", False),
            ("}}", True),
            (".", False),
        ):
            paragraph.add_run(piece).bold = bold
        control = document.add_paragraph("{%  if copies %}")
        control.add_run()
        document.add_paragraph("Se\u200b envía\u00a0  copia. ")
        document.add_paragraph("{% endif %}")
        first_plain(document).add_run("rojo").font.color.rgb = RGBColor(255, 0, 0)

    kept = reviewed(edited(oficio(), change))
    marks = "{{ signer.gender | segun(\"ella\", 'él') }}"
    assert f"\n\nFirma {marks}.\n\n{{% if copies %}}\n\nSe envía copia.\n\n{{% endif %}}\n\n" in kept.text


def test_what_would_take_for_ever_is_refused_at_once() -> None:
    nested = "<w:smartTag>" * 300 + "</w:smartTag>" * 300
    endless = {
        "sobra o falta una llave": adding("{{ " * 90_000),
        "El texto es demasiado largo": adding("palabra " * 45_000),
        "más largo o complejo": inside(nested),
        "demasiado anidadas": adding("{% if demo %}" * 450 + "x" + "{% endif %}" * 450),
        "lleva más de 1,000 marcas": adding("{{ subject }} " * 20_000),
        "dice lo mismo": lambda docx: with_xml(docx, "<w:p>", "<w:p/>" * 60_000 + "<w:p>"),
    }
    begun = time.process_time()
    for words, change in endless.items():
        assert words in unfit(change(oficio()))[1][0]
    assert time.process_time() - begun < 60  # five or so; without the limits, hours


def test_what_is_damaged_inside_is_told_in_spanish() -> None:
    for old, new in ((r'r:id="[^"]*"', ""), (r"<w:sectPr.*</w:sectPr>", ""), ("<w:body>", "<w:body><w:tbl/>")):
        layer, said = unfit(with_xml(oficio(), old, new))
        assert layer in (Layer.PACKAGE, Layer.READING), said


def test_orders_open_and_close_in_one_place() -> None:
    for lines, wrong in [
        (["{% if demo %}a{% endif %}"], 0),
        (["{% if demo %}", "a", "{% else %}", "b", "{% endif %}"], 0),
        (["|{% for a in b %}|", "{{ a }}", "|{% endfor %}|"], 0),
        (["{% if demo %}a", "b{% endif %}"], 1),
        (["{% if demo %}", "b{% endif %}"], 1),
        (["{% if a %}x", "{% endif %}y"], 1),
        (["|{% for a in b %}|", "x", "{% endfor %}"], 1),
        (["{% if a %}", "{% for b in c %}", "{% endif %}", "{% endfor %}"], 2),
        (["{% elif a %}"], 1),
        (["{% for a in b %}" * 4 + "{% endfor %}" * 4], 1),
    ]:
        places = [f"Cuadro 1, fila {number}" for number in range(len(lines))]
        assert len(problems_of_marks(lines, places)) == wrong, problems_of_marks(lines, places)


def test_a_template_without_its_data_takes_those_of_the_one_in_use() -> None:
    bare = with_xml(
        adding("Una línea.")(oficio()), r"<Relationship [^>]*customXml[^>]*/>", "", "word/_rels/document.xml.rels"
    )
    kept = reviewed(bare)
    assert kept.text.startswith("---\nkind: OFICIO\nversion: 7\ntitle: Oficio\n")
    for front in (
        "kind: &a OFICIO\nversion: 1\ntitle: x",
        "kind: OFICIO\nleyes: [1]\ntitle: x",
        "kind: OFICIO\nextra: 1",
        "a: b: c",
    ):
        # As XML it stands in the file.
        data = with_xml(
            adding("Una línea.")(oficio()),
            r">kind: OFICIO[^<]*<",
            f">{front.replace('&', '&amp;')}<",
            "customXml/plantilla.xml",
        )
        assert "trae dañados los datos" in unfit(data)[1][0]


def test_what_it_no_longer_prints_is_told_without_refusing_it() -> None:
    kept = reviewed(saying(oficio(), "{{ signer.position }}", "Asesora"))
    assert kept.warnings == ()
    kept = reviewed(edited(oficio(), without("{{ subject }}")))
    (said,) = kept.warnings
    assert said == "Ya no imprime el dato «subject» (Asunto), que es obligatorio al emitirlo; la versión en uso sí."


def test_a_difference_shows_the_words_that_changed() -> None:
    names = {style: look.name for style, look in LOOKS.items()}
    old = template_text(oficio())
    new = reviewed(adding("Una línea más.")(saying(oficio(), "Presente", "Su despacho"))).text
    found = redline(readable(old, names), readable(new, names))
    changed, added = [one for one in found if one.kind not in (ChangeKind.SAME, ChangeKind.SKIPPED)]
    assert changed.words[0].text.startswith(
        "Destinatario: **{{ addressee }}**{% if addressee_position %} ↵ {{ addressee_pos"
    )
    assert [(one.kind, one.text) for one in changed.words[1:]] == [
        (ChangeKind.REMOVED, "Presente"), (ChangeKind.ADDED, "Su despacho"),
    ]  # fmt: skip
    assert (added.kind, added.words[0].text) == (ChangeKind.ADDED, "Una línea más.")
    assert sum(one.skipped for one in found) > 20
    assert [one.kind for one in redline(readable(old, names), readable(old, names))] == [ChangeKind.SKIPPED]


def test_words_that_changed_together_are_told_together() -> None:
    [told] = redline(
        ["Dentro de los diez (10) días, el personal despierto anota."],
        ["Dentro de los cinco (5) días, alguien despierta anota."],
    )
    assert [(one.kind.value, one.text) for one in told.words] == [
        ("SAME", "Dentro de los "), ("REMOVED", "diez (10"), ("ADDED", "cinco (5"), ("SAME", ") días, "),
        ("REMOVED", "el personal despierto"), ("ADDED", "alguien despierta"), ("SAME", " anota."),
    ]  # fmt: skip
    cited = ["Título: Convenio", "Cita «ley»: Decreto 1-2000", "Uno"]
    assert redline(cited, ["Título: Convenio", "Cita «ley»: Decreto 2-2001", "Uno"])[1].kind == ChangeKind.CHANGED


@pytest.mark.skipif(office_binary() is None, reason="LibreOffice is not installed")
def test_writer_brings_back_what_it_was_given(tmp_path: Path) -> None:
    """LibreOffice drops the data, renames the styles and cuts fields: the text comes back as it was, the edit in it."""
    kind, variant = "CONVENIO", "MAD_CAP"
    before = template(kind, variant)
    sent = saying(before.docx, "El convenio puede modificarse", "Este convenio puede cambiarse")
    kept = reviewed(through_writer(sent, tmp_path), kind, variant)
    assert kept.text == reviewed(sent, kind, variant).text
    assert "Este convenio puede cambiarse" in kept.text
    assert kept.docx == compile_template(kept.text)
    Document(io.BytesIO(kept.docx))
