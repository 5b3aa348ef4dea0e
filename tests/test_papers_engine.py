"""The engine of papers: what it refuses in templates and values, and that the same input gives the same bytes."""

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from documents import engine
from documents.engine import PaperRefused, make_paper, visible_text
from documents.fields import Identity, PaperFields, Person
from documents.fields_parties import CenterRef
from documents.fields_reviews import DictamenFields, Ground, ObservationRef, Outcome
from documents.seal import new_verification_code, normal_verification_code, qr_png, qr_svg, sha256_hex
from documents.templates import compile_template, laws_of, template
from documents.vetting import TemplateRefused, vet

from .papers import convenio, dictamen, ministry, person, providencia

HOSTILE = [
    "Pérez & <b>Hijos</b>",
    "{{7*7}}",
    "{% for x in y %}",
    "{_{ number }_}",
    "{ alcalde.nombre }",
    "<script>alert('x')</script>",
    "' OR 1=1--",
    '"comillas" «angulares» “tipográficas”',
    "N\u0303and\u0303u\u0301 Ñandú",
    "]]> &amp; &#123;{",
    "&lt;w:t&gt;",
    "😀 中文 עברית",
    "ñ" * 300,
    "=SUM(A1)",
    "C:\\temp\\nuevo \\ \\n",
]


def document_xml(docx: bytes) -> str:
    """Return the main part of a Word file."""
    return zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()


class TestPapers:
    def test_a_dictamen_says_what_it_was_told(self) -> None:
        paper = make_paper("DICTAMEN", dictamen())
        assert paper.filename == "DICTAMEN-AJ-12-2026.docx"
        assert paper.sha256 == sha256_hex(paper.docx)
        assert paper.text == visible_text(paper.docx)
        assert paper.text_sha256 == sha256_hex(paper.text)
        assert paper.template_sha256 == template("DICTAMEN").sha256
        assert "Guatemala, dieciséis (16) de marzo del año dos mil veintiséis (2026)." in paper.text
        assert "DICTAMEN FAVORABLE, con" in paper.text
        assert "Código Municipal, Decreto 12-2002, artículo 35, literal s)" in paper.text

    def test_paragraphs_of_free_text_stay_apart(self) -> None:
        lines = make_paper("DICTAMEN", dictamen(background="Uno.\r\n\r\nDos.\nTres.")).text.splitlines()
        assert lines[lines.index("I. ANTECEDENTES") + 1 :][:3] == ["Uno.", "Dos.", "Tres."]

    @pytest.mark.parametrize("value", HOSTILE)
    def test_values_appear_as_they_were_typed(self, value: str) -> None:
        fields = dictamen(
            subject=value,
            background=value,
            analysis=f"{value}\n{value}",
            conclusion=value,
            grounds=[Ground(norm=value, article=value, text=value)],
            outcome=Outcome.FAVORABLE_WITH_CONDITIONS,
            conditions=[value],
            adviser=person(name=value, position=value),
        )
        paper = make_paper("DICTAMEN", fields)
        assert paper.text.count(value) >= 10
        assert f"ASUNTO: {value}" in paper.text
        Document(io.BytesIO(paper.docx))

    @pytest.mark.parametrize("value", HOSTILE)
    def test_values_appear_in_tables_titles_and_observations(self, value: str) -> None:
        center = CenterRef(code=value, name=value, kind_label=value, address=value)
        paper = make_paper("CONVENIO", convenio(centers=[center], place=value), "MAD_CAD")
        assert paper.text.count(value) >= 5
        paper = make_paper(
            "PROVIDENCIA", providencia(observations=[ObservationRef(subject=value, finding=value, cure=value)])
        )
        assert paper.text.count(value) == 3

    @settings(max_examples=60, deadline=None)
    @given(
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Co"]), max_size=80),
        st.text("{}%<>&_# \n\"'", max_size=40),
    )
    def test_any_text_appears_as_it_was_typed(self, words: str, signs: str) -> None:
        try:
            fields = dictamen(analysis=f"Inicio {words}{signs} fin.\nFin.")
        except ValidationError:
            return  # a direction override or a sign that is no character
        text = make_paper("DICTAMEN", fields).text
        typed = [" ".join(line.split()) for line in re.split("[\n\u2028\u2029]", f"Inicio {words}{signs} fin.")]
        assert "\n".join(["III. ANÁLISIS", *filter(None, typed), "Fin.", "IV. DICTAMEN"]) in text

    def test_a_long_paper_loses_nothing(self) -> None:
        sentences = [f"Párrafo número {number} del análisis." for number in range(400)]
        lines = make_paper("DICTAMEN", dictamen(analysis="\n".join(sentences))).text.splitlines()
        assert [line for line in lines if line.startswith("Párrafo número")] == sentences

    def test_numbers_of_clauses_leave_no_gap(self) -> None:
        paper = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        full = re.findall(r"^([A-ZÉÁÍÓÚ ]+): ([A-ZÉÁÍÓÚÑ ]+)\.", paper, re.M)
        ordinals = [number for number, _ in full]
        assert ordinals[:3] == ["PRIMERA", "SEGUNDA", "TERCERA"]
        assert ordinals[10:12] == ["DÉCIMA PRIMERA", "DÉCIMA SEGUNDA"]
        assert ordinals[-1] == "VIGÉSIMA"
        assert len(set(ordinals)) == len(ordinals) == 20

    def test_optional_sections_do_not_break_the_roman_count(self) -> None:
        first = make_paper("PROVIDENCIA", providencia()).text
        second = make_paper("PROVIDENCIA", providencia(return_ordinal=2, second_return_reason="Nuevo documento.")).text
        assert re.findall(r"^[IVX]+\. .*", first, re.M) == ["I. OBSERVACIONES", "II. PLAZO"]
        assert re.findall(r"^[IVX]+\. .*", second, re.M)[1:] == ["II. OBSERVACIONES", "III. PLAZO"]

    def test_signatures_stand_side_by_side_over_ruled_lines(self) -> None:
        head = Person(name="Carlos Ramírez", position="Jefe de la Asesoría Jurídica", gender="M")
        document = Document(io.BytesIO(make_paper("DICTAMEN", dictamen(head=head)).docx))
        signatures = document.tables[0]
        assert [cell.text.splitlines()[0] for cell in signatures.rows[0].cells] == [
            "Ana Lucía Pérez Gómez",
            "Vo. Bo. Carlos Ramírez",
        ]
        assert signatures._tbl.xml.count("<w:pBdr>") == 2

    def test_the_qr_has_words_for_those_who_cannot_see_it(self) -> None:
        footer = zipfile.ZipFile(io.BytesIO(make_paper("DICTAMEN", dictamen()).docx)).read("word/footer1.xml").decode()
        assert 'descr="Código QR con la dirección para verificar este documento: https://' in footer

    def test_tables_repeat_their_header_and_keep_their_widths(self) -> None:
        table = Document(io.BytesIO(make_paper("CONVENIO", convenio(), "MAD_CAD").docx)).tables[0]
        assert "<w:tblHeader/>" in table.rows[0]._tr.xml
        assert table.autofit is False
        assert all(cell.width for row in table.rows for cell in row.cells)
        assert 'w:tblCaption w:val="Centros comprendidos en el convenio"' in table._tbl.xml

    def test_core_properties_come_from_the_issue(self) -> None:
        properties = Document(io.BytesIO(make_paper("DICTAMEN", dictamen()).docx)).core_properties
        assert properties.title == "Dictamen jurídico DICTAMEN-AJ-12-2026"
        assert properties.language == "es-GT"
        assert properties.created is not None
        assert properties.created.date() == properties.modified.date() == date(2026, 3, 16)  # type: ignore[union-attr]

    def test_the_template_data_stays_out_of_the_paper(self) -> None:
        names = zipfile.ZipFile(io.BytesIO(make_paper("DICTAMEN", dictamen()).docx)).namelist()
        assert names[0] == "[Content_Types].xml"
        assert names[1:] == sorted(names[1:])
        assert not [name for name in names if "customXml" in name or "thumbnail" in name or "app.xml" in name]

    def test_a_dictamen_costs_less_than_a_tenth_of_a_second(self) -> None:
        make_paper("DICTAMEN", dictamen())
        costs = []
        for _ in range(5):
            start = time.process_time()
            make_paper("DICTAMEN", dictamen())
            costs.append(time.process_time() - start)
        assert min(costs) < 0.1


class TestSameInputSameBytes:
    def test_twice_in_a_row(self) -> None:
        assert make_paper("CONVENIO", convenio(), "CADI") == make_paper("CONVENIO", convenio(), "CADI")

    def test_in_other_processes_time_zones_and_hash_seeds(self) -> None:
        here = make_paper("DICTAMEN", dictamen()).sha256
        program = (
            "from documents.engine import make_paper; from tests.papers import dictamen;"
            "print(make_paper('DICTAMEN', dictamen()).sha256)"
        )
        for seed, zone in (("1", "Asia/Tokyo"), ("77", "America/Guatemala")):
            environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
            there = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True,
                cwd=Path(__file__).parent.parent,
            )  # fmt: skip
            assert there.stdout.strip() == here

    def test_one_letter_changes_file_and_text(self) -> None:
        one, other = make_paper("DICTAMEN", dictamen()), make_paper("DICTAMEN", dictamen(analysis="Se cumplen."))
        assert one.sha256 != other.sha256
        assert one.text_sha256 != other.text_sha256
        assert one.template_sha256 == other.template_sha256

    def test_a_file_saved_again_has_the_same_text(self) -> None:
        paper = make_paper("CONVENIO", convenio(), "MAD_CAD")
        saved = io.BytesIO()
        Document(io.BytesIO(paper.docx)).save(saved)
        assert sha256_hex(saved.getvalue()) != paper.sha256
        assert visible_text(saved.getvalue()) == paper.text

    def test_page_numbers_are_not_text(self) -> None:
        paper = make_paper("DICTAMEN", dictamen())
        document = Document(io.BytesIO(paper.docx))
        footer = document.sections[0].footer.paragraphs[0]
        assert "Página 1" not in paper.text
        # LibreOffice and Word write a page number as begin, instruction, result, end.
        for field in footer._p.findall(".//{*}fldSimple"):
            for kind in ("begin", "separate"):
                field.addprevious(etree.fromstring(field_mark(kind)))
            field.addprevious(etree.fromstring(field_mark("result")))
            field.addprevious(etree.fromstring(field_mark("end")))
            field.getparent().remove(field)
        saved = io.BytesIO()
        document.save(saved)
        assert visible_text(saved.getvalue()) == paper.text

    @pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"\x00" * 100])
    def test_what_is_no_word_file_has_no_text(self, content: bytes) -> None:
        with pytest.raises(PaperRefused, match="no es un documento de Word"):
            visible_text(content)

    @pytest.mark.parametrize("old", ["word/document.xml", "[Content_Types].xml", "_rels/.rels"])
    @pytest.mark.parametrize("new", [b"", b"<a", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
    def test_a_damaged_word_file_has_no_text(self, old: str, new: bytes) -> None:
        with pytest.raises(PaperRefused, match="no es un documento de Word"):
            visible_text(replaced(make_paper("DICTAMEN", dictamen()).docx, old, new))

    def test_a_word_file_without_sections_has_its_text(self) -> None:
        docx = make_paper("DICTAMEN", dictamen()).docx
        bare = re.sub(r"<w:sectPr.*</w:sectPr>", "", document_xml(docx)).encode()
        assert visible_text(replaced(docx, "word/document.xml", bare)).startswith("DICTAMEN-AJ-12-2026")

    def test_a_word_file_that_unpacks_to_too_much_is_refused(self) -> None:
        docx = make_paper("DICTAMEN", dictamen()).docx
        with pytest.raises(PaperRefused, match="demasiado grande"):
            visible_text(replaced(docx, "word/styles.xml", b" " * 21_000_000))

    def test_another_zip_has_no_text(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            package.writestr("a.txt", "a")
        with pytest.raises(PaperRefused, match="no es un documento de Word"):
            visible_text(packed.getvalue())


def replaced(docx: bytes, name: str, content: bytes) -> bytes:
    """Return a Word file with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, content if member == name else source.read(member))
    return changed.getvalue()


def field_mark(kind: str) -> str:
    """Return a run of a complex field."""
    inside = "<w:t>7</w:t>" if kind == "result" else f'<w:fldChar w:fldCharType="{kind}"/>'
    return f'<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{inside}</w:r>'


class TestRefusedValues:
    @pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\x0cb", "\ud800", "a\ue000b", "\u202etxt.exe", "a\ufffe"])
    def test_characters_that_no_paper_shows(self, text: str) -> None:
        with pytest.raises(ValidationError, match=r"no se puede imprimir|unicode"):
            dictamen(analysis=text)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"outcome": Outcome.FAVORABLE_WITH_CONDITIONS}, "condiciones"),
            ({"conditions": ["Una"]}, "condiciones"),
            ({"grounds": []}, "grounds"),
            ({"subject": "   "}, "subject"),
            ({"unknown": "x"}, "unknown"),
            ({"serial": 0}, "serial"),
        ],
    )
    def test_a_dictamen_that_does_not_agree(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            dictamen(**changes)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"institution": ministry().institution}, "es una municipalidad o una institución"),
            ({"municipality": None}, "es una municipalidad o una institución"),
            ({"ends_on": None}, "inicio y fin"),
            ({"ends_on": date(2026, 3, 31)}, "terminar antes"),
            ({"term_months": 0}, "term_months"),
        ],
    )
    def test_a_convention_that_does_not_agree(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            convenio(**changes)

    def test_an_institution_has_no_council(self) -> None:
        with pytest.raises(ValidationError, match="punto de acta"):
            ministry(council_minute=convenio().council_minute)

    def test_a_second_return_needs_its_reason(self) -> None:
        with pytest.raises(ValidationError, match="motivo"):
            providencia(return_ordinal=2)

    def test_a_wrong_cui(self) -> None:
        with pytest.raises(ValidationError, match="CUI"):
            Identity(age=40, civil_status="casado", profession="x", domicile="x", cui="1939712840701")

    def test_fields_of_another_kind(self) -> None:
        with pytest.raises(PaperRefused, match="DICTAMEN"):
            make_paper("DICTAMEN", providencia())

    @pytest.mark.parametrize("variant", ["", "XYZ", "../dictamen", "mad/../mad"])
    def test_a_variant_without_template(self, variant: str) -> None:
        with pytest.raises(PaperRefused, match="No hay plantilla"):
            make_paper("CONVENIO", convenio(), variant)


FRONT = "---\nkind: DICTAMEN\nversion: 1\ntitle: Prueba\nleyes:\n  una: Ley una\n---\n\n"


def vetted(body: str, model: type[PaperFields] = DictamenFields) -> bytes:
    """Compile and vet a template of these lines."""
    docx = compile_template(FRONT + body)
    vet(docx, model, laws_of({"leyes": {"una": "Ley una"}}))
    return docx


def made(monkeypatch: pytest.MonkeyPatch, body: str, fields: DictamenFields, docx: bytes = b"") -> str:
    """Make a dictamen from these lines, past the vetting, and return its text."""
    chosen = replace(template("DICTAMEN"), docx=docx or compile_template(FRONT + body), laws={"una": "Ley una"})
    monkeypatch.setattr(engine, "template", lambda kind, variant: chosen)
    return make_paper("DICTAMEN", fields).text


class TestRefusedTemplates:
    @pytest.mark.parametrize(
        "body",
        [
            "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
            "{{ number.__class__.__mro__ }}",
            "{{ ''.__class__ }}",
            "{{ 'a' * 200000000 }}",
            "{{ serial + 1 }}",
            "{{ 'a' ~ number }}",
            "{{ number.upper() }}",
            "{{ range(10) }}",
            "{{ lipsum() }}",
            "{{ grounds[0].norm }}",
            "{{ [number] }}",
            "{{ number if demo else number }}",
            "{{ number is defined }}",
            "{% set x = 1 %}",
            "{% include 'x' %}",
            "{% import 'x' as y %}",
            "{% macro m() %}x{% endmacro %}",
            "{% block b %}x{% endblock %}",
            "{% raw %}{{ x }}{% endraw %}",
            "{% filter mayusculas %}x{% endfilter %}",
            "{% with x = 1 %}x{% endwith %}",
            "{% for g in grounds recursive %}{{ g.norm }}{% endfor %}",
            "{% for g in grounds if g.norm %}{{ g.norm }}{% endfor %}",
            "{% for a, b in grounds %}x{% endfor %}",
            "{% for c in number %}{{ c }}{% endfor %}",
            "{% autoescape false %}{{ number }}{% endautoescape %}",
            "{{ number | safe }}",
            "{{ number | center(100000000) }}",
            "{{ number | attr('__class__') }}",
            "{{ number | segun(subject, 'x') }}",
            "{{ grounds | parrafos }}",
            "{{ issued_on }}",
            "{{ serial }}",
            "{{ adviser }}",
            "{{ outcome }}",
            "{{ issued_on | letras }}",
            "{{ serial | fecha }}",
            "{{ unknown }}",
            "{{ adviser.unknown }}",
            "{{ adviser.name.unknown }}",
            "{{ adviser.model_fields }}",
            "{{ adviser.model_dump }}",
            "{{ leyes.otra }}",
            "{% for g in grounds %}{{ g.other }}{% endfor %}",
            "{% for g in grounds %}x{% endfor %}{{ g.norm }}",
            "{% if unknown %}x{% endif %}",
            "{% for g in grounds %}{{ loop.previtem }}{% endfor %}",
            "{ adviser.name }",
            "{{ number }} }",
            "{{ number",
            "{% if demo %}x",
            "{{ }}",
        ],
    )
    def test_what_a_template_may_not_say(self, body: str) -> None:
        with pytest.raises(TemplateRefused):
            vetted(body)

    @pytest.mark.parametrize("block", ["cabecera: ", "pie: ", "# ", "firma: ", "- "])
    def test_in_every_place_of_the_page(self, block: str) -> None:
        with pytest.raises(TemplateRefused, match="no existe: «unknown»"):
            vetted(f"{block}{{{{ unknown }}}}")

    def test_the_place_is_named(self) -> None:
        with pytest.raises(TemplateRefused, match=r"«adviser\.age»"):
            vetted("De {{ adviser.age }} años.")

    def test_what_a_template_may_say(self) -> None:
        vetted(
            "{{ leyes.una }}: {{ number | mayusculas }}\n\n{% for g in grounds %}\n"
            "{{ g.norm }}{% if not loop.last %};{% else %}.{% endif %}\n{% endfor %}\n\n"
            '{% if outcome == "FAVORABLE" and not conditions %}\n'
            'Sí, {{ adviser.gender | segun("ella", "él") }}.\n{% endif %}'
        )

    def test_an_empty_value_is_refused_with_its_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(PaperRefused, match=r"Colegiado \{\{ adviser.bar_number \}\}.*vacío"):
            made(monkeypatch, "Uno.\n\nColegiado {{ adviser.bar_number }}", dictamen(adviser=person()))

    def test_a_missing_part_is_refused_with_its_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(PaperRefused, match=r"Jefe: \{\{ head.name \}\}.*«name»"):
            made(monkeypatch, "Jefe: {{ head.name }}", dictamen())

    def test_an_unknown_variable_is_refused_while_merging_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(PaperRefused, match=r"\{\{ alcalde \}\}.*«alcalde»"):
            made(monkeypatch, "Don {{ alcalde }}", dictamen())

    def test_a_brace_left_by_the_template_is_refused_while_merging_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(PaperRefused, match="llave de la plantilla"):
            made(monkeypatch, "Don { alcalde.nombre } de {{ number }}", dictamen())

    def test_the_sandbox_holds_without_the_vetting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for attack in ("number.__class__.__mro__", "cycler", "adviser.__init__.__globals__", "lipsum.__globals__"):
            with pytest.raises(PaperRefused):
                made(monkeypatch, f"{{{{ {attack} }}}}", dictamen())

    def test_marks_that_word_cut_into_runs_are_still_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = Document(io.BytesIO(compile_template(FRONT + "Número")))
        for piece in (" {", "{ num", "ber ", "}", "}."):
            document.paragraphs[0].add_run(piece)
        edited = io.BytesIO()
        document.save(edited)
        vet(edited.getvalue(), DictamenFields, {})
        assert made(monkeypatch, "", dictamen(), edited.getvalue()) == "Número DICTAMEN-AJ-12-2026."


class TestSeal:
    def test_codes_are_opaque_and_easy_to_read_aloud(self) -> None:
        codes = {new_verification_code() for _ in range(500)}
        assert len(codes) == 500
        assert all(re.fullmatch(r"(?:[2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}", code) for code in codes)

    @pytest.mark.parametrize("typed", ["k7qm4trx9pzc", " K7QM 4TRX 9PZC ", "K7QM–4TRX–9PZC"])
    def test_codes_are_found_as_people_type_them(self, typed: str) -> None:
        assert normal_verification_code(typed) == "K7QM-4TRX-9PZC"

    @pytest.mark.parametrize("typed", ["", "K7QM", "K7QM-4TRX-9PZ0", "K7QM-4TRX-9PZCC", "' OR 1=1--", "Ñ" * 12])
    def test_what_cannot_be_a_code_is_none(self, typed: str) -> None:
        assert normal_verification_code(typed) == ""

    def test_qr_pictures(self) -> None:
        assert qr_png("https://x.example/1").startswith(b"\x89PNG")
        assert qr_png("https://x.example/1") == qr_png("https://x.example/1") != qr_png("https://x.example/2")
        assert qr_svg("https://x.example/1").startswith(b"<svg")
