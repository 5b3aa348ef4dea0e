"""The wording of papers: templates survive the way to Word and back, agree in gender and number, and have no holes."""

import io
import re
from datetime import date
from typing import Any

import pytest
from docx import Document
from pydantic import ValidationError

from documents.engine import make_paper
from documents.fields import Identity, PaperFields
from documents.fields_conventions import Commitment, ConvenioFields, Post
from documents.fields_parties import CenterRef, CouncilMinuteRef, InstitutionParty, MunicipalParty
from documents.fields_reviews import Ground, ObservationRef, Outcome
from documents.kinds import FIELDS_BY_KIND
from documents.layout import LOOKS
from documents.markup import front_data, split_front
from documents.templates import TEXTS, compile_template, template, template_text

from .papers import EVERY_KIND, convenio, dictamen, in_order, ministry, permanent, person, providencia

SOURCES = sorted(TEXTS.glob("*.md"))
HOLES = re.compile(r"  | [,.;:]|,,|\.\.|;;|,\.|\(\)|«»|None|undefined|[{}\[\]|]|\*\*|_{2,}|%}| de el |\ba el ")


def every_paper() -> dict[str, tuple[str, str, PaperFields]]:
    """Every kind and variant, with and without its optional parts, in both genders."""
    identity = Identity(age=21, civil_status="soltero", profession="maestro", domicile="Izabal", cui="1939712830701")
    man = person(name="Pedro Caal Choc", position="Alcalde Municipal", gender="M", identity=identity)
    town = convenio(
        municipality=MunicipalParty(name="El Tejar", department="Chimaltenango", mayor=man),
        council_minute=None,
        centers=[CenterRef(name="CAD El Tejar", kind_label="Centro de Atención Diurna")] * 3,
        commitments=[Commitment(party="SOSEP", item="Alimentación")],
        term_months=1,
    )
    conditional = dictamen(
        outcome=Outcome.FAVORABLE_WITH_CONDITIONS,
        conditions=["Que se agregue la licencia.", "Que se actualice el inventario."],
        head=person(name="Carlos Ramírez", position="Jefe de la Asesoría Jurídica", gender="M", bar_number="9,876"),
        grounds=[Ground(norm="Ley de Probidad", text="Uno.\nDos.")],
        demo=True,
    )
    second = providencia(
        return_ordinal=2,
        second_return_reason="Se presentó un documento nuevo.",
        folios=1,
        working_days=1,
        observations=[
            ObservationRef(subject="Cláusula de plazo", finding="Falta.", legal_basis="Artículo 1", cure="Agregar.")
        ]
        * 2,
    )
    papers: dict[str, tuple[str, str, PaperFields]] = {
        "dictamen": ("DICTAMEN", "", dictamen()),
        "dictamen con condiciones": ("DICTAMEN", "", conditional),
        "dictamen desfavorable": ("DICTAMEN", "", dictamen(outcome=Outcome.UNFAVORABLE)),
        "providencia": ("PROVIDENCIA", "", providencia()),
        "segunda providencia": ("PROVIDENCIA", "", second),
    }
    for variant in ("MAD_CAD", "MAD_CAP", "CADI"):
        papers[f"convenio municipal {variant}"] = ("CONVENIO", variant, convenio())
        papers[f"convenio sin punto de acta {variant}"] = ("CONVENIO", variant, town)
        papers[f"convenio con institución {variant}"] = ("CONVENIO", variant, ministry(demo=True))
    papers |= {f"{kind} {variant}": (kind, variant, make()) for (kind, variant), make in EVERY_KIND.items()}
    return papers


PAPERS = every_paper()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
class TestTemplates:
    def test_go_to_word_and_back(self, source: Any) -> None:
        markdown = source.read_text(encoding="utf-8")
        back = template_text(compile_template(markdown))
        assert back.split() == markdown.split()
        assert compile_template(back) == compile_template(markdown)
        # From there on word by word, and sign by sign.
        assert template_text(compile_template(back)) == back

    def test_survive_a_program_that_saves_them(self, source: Any) -> None:
        compiled = compile_template(source.read_text(encoding="utf-8"))
        saved = io.BytesIO()
        Document(io.BytesIO(compiled)).save(saved)
        assert template_text(saved.getvalue()) == template_text(compiled)

    def test_show_an_edit_as_a_difference(self, source: Any) -> None:
        compiled = compile_template(source.read_text(encoding="utf-8"))
        document = Document(io.BytesIO(compiled))
        edited = next(
            paragraph
            for paragraph in document.paragraphs
            if paragraph.style is not None and paragraph.style.name == "Normal"
        )
        edited.add_run(" Texto añadido.")
        saved = io.BytesIO()
        document.save(saved)
        before, after = (template_text(docx).splitlines() for docx in (compiled, saved.getvalue()))
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert len(changed) == 1
        assert changed[0][1] == changed[0][0] + " Texto añadido."

    def test_say_what_they_are_and_pass_the_vetting(self, source: Any) -> None:
        front = front_data(split_front(source.read_text(encoding="utf-8"))[0])
        assert (front["kind"], front.get("variant", "")) in FIELDS_BY_KIND
        loaded = template(str(front["kind"]), str(front.get("variant", "")))
        assert loaded.docx == compile_template(source.read_text(encoding="utf-8"))
        assert loaded.version == str(front["version"])

    def test_are_marked_as_unofficial_and_keep_citations_as_data(self, source: Any) -> None:
        front, body = split_front(source.read_text(encoding="utf-8"))
        assert "cabecera: *Modelo no oficial, sujeto a revisión de la Asesoría Jurídica*" in body
        assert "por confirmar" in front
        assert not re.search(r"\b\d+-(19|20)?\d\d\b|[Aa]rtículos? \d", body)

    def test_use_named_styles_only(self, source: Any) -> None:
        document = Document(io.BytesIO(compile_template(source.read_text(encoding="utf-8"))))
        names = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None}
        assert names <= {look.name for look in LOOKS.values()} | {"Normal"}
        assert {"Control", "Firma", "Título del documento"} <= names
        footer = document.sections[0].footer.paragraphs
        assert [each.style.name for each in footer if each.style is not None] == ["Verificación", "Pie de página"]
        assert len(list(document.styles)) < 30


@pytest.mark.parametrize("name", PAPERS)
class TestEveryPaper:
    def test_has_no_hole_and_no_leftover(self, name: str) -> None:
        kind, variant, fields = PAPERS[name]
        text = re.sub("_{6,}", "(a mano)", make_paper(kind, fields, variant).text)
        found = [text[max(0, hole.start() - 40) : hole.end() + 20] for hole in HOLES.finditer(text)]
        assert not found
        # The last line is the footer, whose page numbers are no text.
        open_ends = [line for line in text.splitlines()[:-1] if line.endswith((",", " de", " del", " número"))]
        assert not [line for line in open_ends if not line.endswith(("Atentamente,", "; y,", "Orgánico Interno,"))]

    def test_is_marked_numbered_and_verifiable(self, name: str) -> None:
        kind, variant, fields = PAPERS[name]
        text = make_paper(kind, fields, variant).text
        assert "Modelo no oficial, sujeto a revisión de la Asesoría Jurídica" in text
        assert text.count(fields.number) >= 2
        assert text.count(fields.verification_code) >= 2
        assert fields.verification_url in text
        assert ("DATOS DE DEMOSTRACIÓN" in text) is fields.demo


@pytest.mark.parametrize("name", [name for name in PAPERS if name.startswith("convenio")])
def test_clauses_write_every_figure_in_letters_too(name: str) -> None:
    kind, variant, fields = PAPERS[name]
    clauses = re.findall(r"^[A-ZÉÁÍÓÚ ]+: .*", make_paper(kind, fields, variant).text, re.M)
    assert len(clauses) >= 20
    for clause in clauses:
        # Numbers of norms, papers and files are names; what follows its letters stands in parentheses.
        bare = re.sub(r"\([\d ]+\)|[A-Z]+(-[A-Z]+)?-[\d-]+|Decreto número \d+-\d+", "", clause)
        assert not re.findall(r"\d", bare), bare


class TestConvenio:
    def test_parts_come_in_order(self) -> None:
        text = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        assert in_order(
            text,
            "CONVENIO DE COOPERACIÓN INTERINSTITUCIONAL NÚMERO DOCE GUION DOS MIL VEINTISÉIS (CONVENIO-AJ-12-2026)",
            "MUNICIPALIDAD DE SAN JUAN CHAMELCO, DEPARTAMENTO DE ALTA VERAPAZ",
            "NOSOTROS:", "Acreditaciones.", "Autorización del Concejo Municipal.", "libre ejercicio", "ANTECEDENTES.",
            "BASE LEGAL.", "OBJETO.", "OBLIGACIONES DE LA SOSEP.", "OBLIGACIONES DE LA MUNICIPALIDAD.",
            "OBLIGACIONES CONJUNTAS.", "INMUEBLE.", "POBLACIÓN ATENDIDA Y HORARIO.", "PERSONAL.", "INVENTARIO.",
            "FINANCIAMIENTO Y APORTES.", "SUPERVISIÓN E INFORMES.", "PLAZO.", "PRÓRROGA Y MODIFICACIONES.",
            "TERMINACIÓN.", "CONTROVERSIAS.", "DATOS DE LAS PERSONAS ADULTAS MAYORES.", "NOTIFICACIONES.",
            "TRANSPARENCIA Y FISCALIZACIÓN.", "ACEPTACIÓN.", "Por LA SOSEP", "Por LA MUNICIPALIDAD", "Anexos",
            "Código de verificación",
        )  # fmt: skip

    def test_says_who_appears_as_a_notary_would(self) -> None:
        text = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        assert (
            "POR UNA PARTE: MARÍA FERNANDA EJEMPLO SOTO, de cuarenta y un (41) años de edad, casada, guatemalteca, "
            "trabajadora social, con domicilio en el departamento de Guatemala, identificada con el Documento Personal "
            "de Identificación, Código Único de Identificación número un mil novecientos treinta y nueve espacio "
            "setenta y un mil doscientos ochenta y tres espacio cero setecientos uno (1939 71283 0701), extendido"
        ) in text
        assert "PEDRO CAAL CHOC, cuyos datos de identificación personal constan en el expediente EXP-2026-0001" in text

    def test_agrees_with_a_man_too(self) -> None:
        _, variant, fields = PAPERS["convenio sin punto de acta CADI"]
        text = make_paper("CONVENIO", fields, variant).text
        assert "de veintiún (21) años de edad, soltero, guatemalteco, maestro" in text
        assert "identificado con el Documento" in text
        assert "El representante de LA MUNICIPALIDAD acredita" in text

    def test_cites_the_council(self) -> None:
        text = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        assert (
            "en el punto TERCERO del acta número doce guion dos mil veintiséis (12-2026), de la sesión celebrada el "
            "diez (10) de febrero del año dos mil veintiséis (2026), acta que fue leída y aprobada el diecisiete (17)"
        ) in text
        later = make_paper("CONVENIO", convenio(council_minute=None), "MAD_CAD").text
        assert "se firmará únicamente cuando conste en el expediente la certificación del punto de acta" in later

    def test_without_approval_it_claims_none(self) -> None:
        minute = CouncilMinuteRef(act_number="AC-5", point_number="QUINTO", session_date=date(2026, 2, 10))
        text = make_paper("CONVENIO", convenio(council_minute=minute), "MAD_CAD").text
        assert "acta número AC-5, de la sesión" in text
        assert "leída y aprobada" not in text

    def test_an_institution_has_no_council_and_no_municipal_law(self) -> None:
        text = make_paper("CONVENIO", ministry(), "MAD_CAD").text
        assert "Y EL MINISTERIO DE EDUCACIÓN" in text
        assert (
            "en representación del MINISTERIO DE EDUCACIÓN, que en lo sucesivo se denominará «LA INSTITUCIÓN»" in text
        )
        assert not re.search("Concejo|Código Municipal|MUNICIPALIDAD|Alcalde", text)

    @pytest.mark.parametrize(
        ("article", "words"),
        [("la", "de la FUNDACIÓN"), ("los", "de los FUNDACIÓN"), ("las", "de las FUNDACIÓN"), ("el", "del FUNDACIÓN")],
    )
    def test_the_article_contracts(self, article: str, words: str) -> None:
        party = InstitutionParty(name="Fundación", article=article, representative=person())  # type: ignore[arg-type]
        assert f"en representación {words}" in make_paper("CONVENIO", ministry(institution=party), "MAD_CAD").text

    def test_the_term_runs_from_its_dates_or_from_the_last_signature(self) -> None:
        dated = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        assert (
            "doce (12) meses, contado a partir del uno (1) de abril del año dos mil veintiséis (2026), y vence el "
            "treinta y uno (31) de marzo del año dos mil veintisiete (2027), ambas fechas incluidas."
        ) in dated
        assert "contado a partir de la fecha de la última firma" in make_paper("CONVENIO", ministry(), "MAD_CAD").text
        assert "es de un (1) mes, contado" in make_paper("CONVENIO", convenio(term_months=1), "MAD_CAD").text

    def test_an_expired_convention_cannot_be_extended(self) -> None:
        assert "firmada a más tardar el último día del plazo" in make_paper("CONVENIO", convenio(), "CADI").text

    def test_lists_every_center_and_commitment(self) -> None:
        centers = [CenterRef(code=f"CAD-{n}", name=f"Centro {n}", kind_label="CAD") for n in range(30)]
        document = Document(io.BytesIO(make_paper("CONVENIO", convenio(centers=centers), "MAD_CAD").docx))
        rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        assert len(rows) == 31
        assert rows[30] == ["CAD-29", "Centro 29", "CAD", "La que consta en el expediente"]
        assert [cell.text for cell in document.tables[1].rows[1].cells] == ["Municipalidad", "Inmueble", "uno (1)"]

    def test_variants_speak_of_their_people(self) -> None:
        elders = make_paper("CONVENIO", convenio(), "MAD_CAD").text
        children = make_paper("CONVENIO", convenio(program="Hogares Comunitarios"), "CADI").text
        assert "adultas mayores" in elders
        assert not re.search("niñ[oa]", elders)
        assert "niñas y niños menores de siete (7) años" in children
        assert "adultas mayores" not in children

    def test_is_printed_on_oficio_and_the_others_on_letter(self) -> None:
        def heights(kind: str, fields: PaperFields, variant: str = "") -> int:
            height = Document(io.BytesIO(make_paper(kind, fields, variant).docx)).sections[0].page_height
            assert height is not None
            return round(height.mm)

        assert heights("CONVENIO", convenio(), "MAD_CAD") == 330
        assert heights("DICTAMEN", dictamen()) == heights("PROVIDENCIA", providencia()) == 279


class TestDictamen:
    @pytest.mark.parametrize(
        ("outcome", "label"),
        [(Outcome.FAVORABLE, "FAVORABLE, con"), (Outcome.UNFAVORABLE, "DESFAVORABLE, con")],
    )
    def test_concludes_in_its_sense(self, outcome: Outcome, label: str) -> None:
        assert f"emite DICTAMEN {label} la conclusión" in make_paper("DICTAMEN", dictamen(outcome=outcome)).text

    def test_parts_come_in_order(self) -> None:
        _, _, fields = PAPERS["dictamen con condiciones"]
        assert in_order(
            make_paper("DICTAMEN", fields).text,
            "DICTAMEN-AJ-12-2026", "Guatemala, dieciséis (16)", "EXPEDIENTE: EXP-2026-0001", "SOLICITANTE:",
            "ASUNTO:", "I. ANTECEDENTES", "II. FUNDAMENTO DE DERECHO", "1. Ley de Probidad", "III. ANÁLISIS",
            "IV. DICTAMEN", "DICTAMEN FAVORABLE CON CONDICIONES", "a) Que se agregue", "b) Que se actualice",
            "no constituye resolución",
            "Ana Lucía Pérez Gómez", "Número de colegiado activo: 12,345", "Vo. Bo. Carlos Ramírez", "9,876",
        )  # fmt: skip

    def test_without_a_head_there_is_one_signature(self) -> None:
        assert "Vo. Bo." not in make_paper("DICTAMEN", dictamen()).text


class TestProvidencia:
    def test_parts_come_in_order(self) -> None:
        _, _, fields = PAPERS["segunda providencia"]
        assert in_order(
            make_paper("PROVIDENCIA", fields).text,
            "PROVIDENCIA-AJ-7-2026", "EXPEDIENTE: EXP-2026-0001, en un (1) folio", "ASUNTO:", "PASE A: Municipalidad",
            "por segunda vez", "I. MOTIVO DE UNA NUEVA DEVOLUCIÓN", "II. OBSERVACIONES", "1. Cláusula de plazo",
            "Hallazgo:", "Fundamento legal: Artículo 1", "Cómo subsanar:", "2. Cláusula de plazo", "III. PLAZO",
            "un (1) día hábil, contado", "vence el treinta (30) de marzo", "Notifíquese.", "Ana Lucía Pérez Gómez",
        )  # fmt: skip

    def test_the_first_return_gives_no_reason(self) -> None:
        text = make_paper("PROVIDENCIA", providencia()).text
        assert "lo devuelve por primera vez" in text
        assert "diez (10) días hábiles" in text
        assert "MOTIVO" not in text


def test_fields_are_described_in_spanish() -> None:
    for model in FIELDS_BY_KIND.values():
        assert all(field.description for field in model.model_fields.values())
    assert ConvenioFields.model_fields["term_months"].description == "Plazo en meses; vacío: indefinido"


class TestPermanentCenters:
    def test_parts_come_in_order(self) -> None:
        assert in_order(
            make_paper("CONVENIO", permanent(), "MAD_CAP").text,
            "NOSOTROS:", "Acreditaciones.", "Autorización del Concejo Municipal.", "ANTECEDENTES.", "BASE LEGAL.",
            "atención permanente, con residencia", "OBLIGACIONES DE LA SOSEP.", "OBLIGACIONES DE LA MUNICIPALIDAD.",
            "OBLIGACIONES CONJUNTAS.", "Mantener cada una, durante todo el plazo, el enlace que designa", "INMUEBLE.",
            "POBLACIÓN RESIDENTE Y HORARIO.", "la capacidad autorizada de treinta y una (31) personas. La atención es",
            "INGRESO, PERMANENCIA Y EGRESO.", "SALUD, CUIDADO NOCTURNO Y EMERGENCIAS.", "FAMILIA Y COMUNIDAD.",
            "PERSONAL Y TURNOS.", "Enfermera auxiliar, un turno cada una", "tres (3)", "Cocinera", "dos (2)",
            "INVENTARIO.", "FINANCIAMIENTO Y APORTES.", "SUPERVISIÓN E INFORMES.", "PLAZO.", "TERMINACIÓN.",
            "aviso escrito de al menos noventa (90) días", "CONTROVERSIAS.", "DATOS DE LAS PERSONAS ADULTAS MAYORES.",
            "NOTIFICACIONES.", "Dirección Municipal de la Mujer", "TRANSPARENCIA Y FISCALIZACIÓN.", "ACEPTACIÓN.",
            "reglamento interno",
        )  # fmt: skip

    def test_say_what_holds_in_the_day_centers_beside_them(self) -> None:
        day = CenterRef(name="Los Nietos", kind_label="Centro de Atención Diurna")
        night = CenterRef(name="La Casa", kind_label="Centro de Atención Permanente", capacity=20)
        both = make_paper("CONVENIO", permanent(centers=[day, night]), "MAD_CAP").text
        assert "en los de atención diurna se atiende de lunes a viernes" in both
        assert "la capacidad que LA SOSEP autorice" in both
        assert "atención diurna" not in make_paper("CONVENIO", permanent(centers=[night]), "MAD_CAP").text

    @pytest.mark.parametrize("variant", ["MAD_CAD", "MAD_CAP", "CADI", "GENERAL"])
    def test_staff_liaisons_and_notice_are_told_in_every_convenio_that_has_them(self, variant: str) -> None:
        told = make_paper("CONVENIO", permanent(), variant).text
        assert in_order(told, "Trabajadora social", "uno (1)", "noventa (90) días", "mad@sosep.example")
        untold = make_paper("CONVENIO", convenio(), variant).text
        assert "sesenta (60) días" in untold
        assert "dentro de los diez (10) días hábiles siguientes a la última firma" in untold
        assert not re.search("Puesto|Enlace", untold)

    def test_staff_and_liaisons_belong_to_a_party(self) -> None:
        with pytest.raises(ValidationError, match="«LA VECINA» no es el nombre de una de las partes"):
            permanent(staff=[Post(party="LA VECINA", title="Cocinera", number=1)])
