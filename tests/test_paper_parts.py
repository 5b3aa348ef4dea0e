"""Each kind of paper as a notary reads it: its parts in order, figures in letters, agreement, and nothing lost."""

import io
import re
import zipfile
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from pydantic import ValidationError

from documents.engine import make_paper
from documents.fields import PaperFields, Person
from documents.fields_conventions import ClauseChange, Duty
from documents.fields_leases import Attendee
from documents.fields_letters import DeliveredItem
from documents.fields_parties import SigningParty
from documents.fields_understandings import Promise
from documents.kinds import FIELDS_BY_KIND

from .papers import (
    EVERY_KIND,
    MAYOR,
    MINISTER,
    SECRETARY,
    acta,
    adenda,
    adscripcion,
    conocimiento,
    contrato,
    convenio,
    entendimiento,
    in_order,
    lease,
    oficio,
    opinion,
    resolucion,
    three_parties,
    tramite,
)
from .test_papers_engine import HOSTILE

FREE = (
    "subject", "title", "convention_title", "motive", "motives", "addressee", "body", "note", "ownership",
    "destination", "place", "por_tanto", "background", "analysis", "book", "requester", "program",
)  # fmt: skip
"""Fields that take any line."""
INSTRUMENTS = [
    ("CONTRATO_ARRENDAMIENTO", ""), ("ADENDA", ""), ("CONVENIO", "GENERAL"), ("CARTA_ENTENDIMIENTO", ""),
    ("MEMORANDUM_ENTENDIMIENTO", ""),
]  # fmt: skip


NAMES_WITH_FIGURES = re.compile(
    r"""\([-.,:KQ\d ]+\)                                   # the figures that follow their letters
    | [A-Z]+(?:-[A-Z]+)?-[\d-]+ | \d{4}-[\d-]{20,}         # numbers of papers, files and budget lines
    | (?:Decreto|Acuerdo\ \w+|NOG|Ley)(?:\ número)?\ [\d-]+  # numbers of norms and publications
    | [Aa]rtículos?\ [\d,al ]+ | \d+\ literal | 4a\.\ calle\ 2-15,\ zona\ 1""",
    re.X,
)
"""Figures that are names, which no paper writes in letters."""


def text(kind: str, fields: PaperFields, variant: str = "") -> str:
    """Return the visible text of a paper."""
    return make_paper(kind, fields, variant).text


def clauses(paper: str) -> list[str]:
    """Return the ordinals of the numbered clauses or points, as they came out."""
    ends = "IMA|IMO|ERA|ERO|UNDA|UNDO|ARTA|ARTO|INTA|INTO|EXTA|EXTO|ENA|ENO|AVA|AVO"
    return re.findall(rf"^((?:[A-ZÉÁÍÓÚ]+(?:{ends}) ?)+):", paper, re.M)


def test_every_kind_is_made_here() -> None:
    assert EVERY_KIND.keys() == FIELDS_BY_KIND.keys() - {("CONVENIO", "MAD")}


@pytest.mark.parametrize(("kind", "variant"), EVERY_KIND)
class TestEveryKind:
    def test_twice_gives_the_same_bytes(self, kind: str, variant: str) -> None:
        fields = EVERY_KIND[kind, variant]()
        assert make_paper(kind, fields, variant) == make_paper(kind, fields, variant)

    def test_can_be_made_again_from_what_is_kept(self, kind: str, variant: str) -> None:
        fields = EVERY_KIND[kind, variant]()
        again = FIELDS_BY_KIND[kind, variant].model_validate(fields.model_dump(mode="json"))
        assert make_paper(kind, again, variant).sha256 == make_paper(kind, fields, variant).sha256

    def test_marks_demonstrations(self, kind: str, variant: str) -> None:
        assert "DATOS DE DEMOSTRACIÓN" in text(kind, EVERY_KIND[kind, variant](demo=True), variant)
        assert "DATOS DE DEMOSTRACIÓN" not in text(kind, EVERY_KIND[kind, variant](), variant)

    def test_carries_its_qr_on_every_sheet_and_on_no_sheet_of_its_own(self, kind: str, variant: str) -> None:
        paper = zipfile.ZipFile(io.BytesIO(make_paper(kind, EVERY_KIND[kind, variant](), variant).docx))
        assert b"<w:drawing>" in paper.read("word/footer1.xml")
        assert b"<w:drawing>" not in paper.read("word/document.xml")
        # Without a distance of its own LibreOffice keeps 3 mm at each side and cuts the code's edge off.
        assert b'distL="0"' in paper.read("word/footer1.xml")

    def test_loses_nothing_of_hostile_values(self, kind: str, variant: str) -> None:
        fields = EVERY_KIND[kind, variant]()
        every = " · ".join(HOSTILE)
        told = {name: every for name in FREE if name in type(fields).model_fields}
        paper = make_paper(kind, type(fields).model_validate(fields.model_dump() | told), variant)
        assert told.keys() != {"place"}
        # What stands in capitals counts too: a party's or a place's name keeps every sign of it.
        assert paper.text.count(every) + paper.text.count(every.upper()) >= len(told)
        Document(io.BytesIO(paper.docx))


class TestOpinion:
    def test_parts_come_in_order(self) -> None:
        head = Person(name="Carlos Ramírez", position="Jefe de la Asesoría Jurídica", gender="M")
        assert in_order(
            text("OPINION", opinion(head=head)),
            "OPINIÓN JURÍDICA", "OPINION-AJ-8-2026", "EXPEDIENTE: EXP-2026-0001", "SOLICITANTE:", "ASUNTO:",
            "I. ANTECEDENTES", "II. FUNDAMENTO DE DERECHO", "1. Código Civil, artículo 1957", "III. ANÁLISIS",
            "IV. OPINIÓN", "no es vinculante", "Ana Lucía Pérez Gómez", "Vo. Bo. Carlos Ramírez",
        )  # fmt: skip

    def test_needs_no_file_and_claims_none(self) -> None:
        assert "EXPEDIENTE" not in text("OPINION", opinion(review_code=""))


class TestTramite:
    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            ({"working_days": 5}, "cinco (5) días hábiles, contado a partir del día siguiente al de la notificación de "
             "esta providencia."),
            ({"working_days": 1, "limit_date": date(2026, 3, 17)}, "un (1) día hábil, contado a partir del día "
             "siguiente al de la notificación de esta providencia, el cual vence el diecisiete (17) de marzo"),
            ({"limit_date": date(2026, 3, 31)}, "a más tardar el treinta y uno (31) de marzo del año dos mil"),
        ],
    )  # fmt: skip
    def test_says_until_when(self, limits: dict[str, Any], words: str) -> None:
        assert words in text("PROVIDENCIA", tramite(**limits), "TRAMITE")

    def test_without_a_limit_it_sets_none(self) -> None:
        paper = text("PROVIDENCIA", tramite(folios=21), "TRAMITE")
        assert "plazo" not in paper
        assert "FOLIOS: veintiún (21) folios" in paper
        assert in_order(paper, "ASUNTO:", "PASE A: Dirección", "Atentamente se solicita", "Cúmplase.", "Ana Lucía")

    def test_the_limit_lies_ahead(self) -> None:
        with pytest.raises(ValidationError, match="posterior a la providencia"):
            tramite(limit_date=date(2026, 3, 16))


class TestResolucion:
    def test_is_a_draft_for_everybody_to_see(self) -> None:
        paper = text("RESOLUCION", resolucion())
        assert paper.splitlines()[1] == "PROYECTO DE RESOLUCIÓN"  # the header of every sheet
        assert paper.splitlines()[-1].startswith("PROYECTO · RESOLUCION-AJ-3-2026")
        assert in_order(
            paper,
            "PROYECTO DE RESOLUCIÓN", "RESOLUCION-AJ-3-2026", "No surte efectos", "CONSIDERANDO:", "Que corresponde",
            "CONSIDERANDO:", "Que la Asesoría", "POR TANTO:", "RESUELVE:", "PRIMERO: Aprobar", "SEGUNDO: La presente",
            "NOTIFÍQUESE a:", "a) Dirección del programa Mis Años Dorados;", "b) Unidad de Auditoría Interna.",
            "Nombre, cargo y sello de la autoridad que resuelve", "Proyecto elaborado por: Ana Lucía Pérez Gómez",
        )  # fmt: skip

    def test_names_the_authority_when_it_is_known(self) -> None:
        paper = text("RESOLUCION", resolucion(authority=SECRETARY, notify=()))
        assert "María Fernanda Ejemplo Soto" in paper
        assert "Nombre, cargo y sello" not in paper
        assert "NOTIFÍQUESE." in paper

    def test_a_point_of_several_paragraphs_has_one_number(self) -> None:
        paper = text("RESOLUCION", resolucion(resolves=["Uno.\nSigue uno.", "Dos."]))
        assert in_order(paper, "PRIMERO: Uno.", "\nSigue uno.", "SEGUNDO: Dos.")


class TestLetters:
    def test_an_oficio_has_its_parts_in_order(self) -> None:
        paper = text("OFICIO", oficio())
        assert in_order(
            paper,
            "OFICIO-AJ-1340-2026", "Guatemala, 16 de marzo de 2026", "Señor Pedro Caal Choc Alcalde Municipal",
            "Presente", "ASUNTO: Remisión", "Por este medio", "Agradezco", "Atentamente,", "Ana Lucía Pérez Gómez",
            "Anexos: Convenio en dos originales.", "Con copia: Dirección del programa Mis Años Dorados; Archivo.",
            "ALPG/mrs",
        )  # fmt: skip

    def test_notes_under_a_signature_share_its_sheet(self) -> None:
        signatures = Document(io.BytesIO(make_paper("OFICIO", oficio()).docx)).tables[0]
        assert [row.cells[0].text.split(":")[0].split("\n")[0] for row in signatures.rows] == [
            "Ana Lucía Pérez Gómez", "Anexos",
        ]  # fmt: skip
        assert signatures.rows[1].cells[0].text.splitlines()[-1] == "ALPG/mrs"
        assert all(paragraph.paragraph_format.keep_with_next for paragraph in signatures.rows[0].cells[0].paragraphs)

    def test_an_oficio_without_extras_leaves_no_empty_mark(self) -> None:
        paper = text("OFICIO", oficio(copies=(), annexes=(), initials="", closing="Cordialmente,", review_code=""))
        assert not re.search("Anexos|Con copia|ALPG|EXPEDIENTE|Atentamente", paper)
        assert "Cordialmente," in paper

    def test_a_conocimiento_counts_what_it_hands_over(self) -> None:
        document = Document(io.BytesIO(make_paper("CONOCIMIENTO", conocimiento()).docx))
        rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        assert rows[1] == ["1", "Expediente EXP-2026-0001", "120"]
        assert rows[-1] == ["", "Total de folios", "129"]
        assert "ciento veintinueve (129) folios" in text("CONOCIMIENTO", conocimiento())

    def test_a_conocimiento_sums_nothing_that_was_not_counted(self) -> None:
        paper = text("CONOCIMIENTO", conocimiento(items=[DeliveredItem(description="Caja"), *conocimiento().items]))
        assert "Sin contar" in paper
        assert "Total" not in paper

    def test_who_receives_signs_by_hand_or_by_name(self) -> None:
        assert re.search(r"Recibe: _{10,} Cargo: _{10,}", text("CONOCIMIENTO", conocimiento()))
        assert "Recibe: Mario Ical Cargo:" in text("CONOCIMIENTO", conocimiento(received_by="Mario Ical"))


class TestActa:
    def test_parts_come_in_order(self) -> None:
        paper = text("ACTA_NEGOCIACION", acta())
        assert in_order(
            paper,
            "ACTA DE NEGOCIACIÓN NÚMERO VEINTITRÉS GUION DOS MIL VEINTISÉIS (ACTA-AJ-23-2026)",
            "Libro de Actas de Negociación número dos (2)", "registro número L2 45,123",
            "de los folios catorce (14) al quince (15)",
            "siendo las nueve horas con treinta minutos (9:30) del dieciséis (16) de marzo",
            "a) María Fernanda Ejemplo Soto", "b) Marta Julia Xol Pop, arrendante;", "c) Ana Lucía Pérez Gómez",
            "quinientos setenta y seis mil novecientos treinta y siete guion K (576937-K)",
            "PRIMERO: FUNDAMENTO.", "SEGUNDO: INMUEBLE.", "finca número doce mil trescientos cuarenta y cinco (12345)",
            "folio cuarenta y cinco (45), del libro ciento veinte (120) de Jalapa", "CUARTO: PLAZO. ",
            "TRES MIL QUINIENTOS QUETZALES CON CINCUENTA CENTAVOS (Q.3,500.50)",
            "CUARENTA Y DOS MIL SEIS QUETZALES EXACTOS (Q.42,006.00)", "DÉCIMO PRIMERO: CIERRE.",
            "siendo las once horas en punto (11:00)", "dos (2) hojas del libro", "María Fernanda", "Marta Julia",
            "Ana Lucía Pérez Gómez",
        )  # fmt: skip

    def test_of_one_sheet_and_without_registration(self) -> None:
        paper = text("ACTA_NEGOCIACION", acta(folio_to=14, lease=lease(finca="", folio="", libro="", budget_line="")))
        assert "en el folio catorce (14)." in paper
        assert "una (1) hoja del libro" in paper
        assert "finca" not in paper
        assert "la partida presupuestaria que asigne" in paper

    def test_further_points_take_their_numbers(self) -> None:
        paper = text("ACTA_NEGOCIACION", acta(points=[f"Punto adicional {n}." for n in range(30)]))
        found = clauses(paper)
        assert len(found) == len(set(found)) == 41
        assert "TRIGÉSIMO NOVENO: Punto adicional 29." in paper
        assert "CUADRAGÉSIMO PRIMERO: CIERRE." in paper

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"folio_to": 13}, "La última hoja"),
            ({"end_time": time(9, 30)}, "hora de cierre"),
            ({"attendees": [Attendee(name="Ana", position="x"), Attendee(name=" ANÁ", position="y")]}, "dos veces"),
        ],
    )
    def test_refuses_what_does_not_agree(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            acta(**changes)


class TestAdscripcion:
    def test_parts_come_in_order(self) -> None:
        paper = text("ACTA_NEGOCIACION", adscripcion(), "ADSCRIPCION")
        assert in_order(
            paper,
            "ACTA NÚMERO VEINTITRÉS GUION DOS MIL VEINTISÉIS (ACTA-AJ-24-2026)", "ADSCRIPCIÓN DE BIEN INMUEBLE",
            "de los folios catorce (14) al quince (15)", "a) María Fernanda Ejemplo Soto", "ADS-2026-0002",
            "el Ministerio de Educación", "PRIMERO: FUNDAMENTO.", "SEGUNDO: ANTECEDENTES.", "DICTAMEN-AJ-12-2026",
            "TERCERO: DELEGACIÓN.", "Por LA SOSEP firma María Fernanda Ejemplo Soto", "CUARTO: INMUEBLE.",
            "finca número doce mil", "SEXTO: PLAZO. La adscripción rige desde el uno (1) de abril",
            "SÉPTIMO: SIN RENTA.", "DÉCIMO: CIERRE.", "siendo las once horas en punto (11:00)",
        )  # fmt: skip
        assert "QUETZALES" not in paper

    def test_with_a_term_and_without_a_delegation(self) -> None:
        given = adscripcion().assignment.model_dump() | {"ends_on": date(2027, 3, 31), "term_months": 12}
        paper = text("ACTA_NEGOCIACION", adscripcion(assignment=given, delegation=None), "ADSCRIPCION")
        assert "dura doce (12) meses" in paper
        assert "únicamente cuando conste en el expediente la delegación" in paper

    def test_refuses_half_a_term(self) -> None:
        given = adscripcion().assignment.model_dump() | {"term_months": 12}
        with pytest.raises(ValidationError, match="plazo y último día"):
            adscripcion(assignment=given)


class TestContrato:
    def test_the_line_that_opens_a_list_stays_with_it(self) -> None:
        document = Document(io.BytesIO(make_paper("CONTRATO_ARRENDAMIENTO", contrato()).docx))
        opening = {each.text.split(".")[0]: each.paragraph_format.keep_with_next for each in document.paragraphs}
        assert opening["PRIMERA: BASE LEGAL"] is True
        assert opening["SEGUNDA: ANTECEDENTES"] is None

    def test_parts_come_in_order(self) -> None:
        paper = text("CONTRATO_ARRENDAMIENTO", contrato(guarantee="Depósito de un mes."))
        assert in_order(
            paper,
            "CONTRATO ADMINISTRATIVO DE ARRENDAMIENTO NÚMERO CUATRO GUION DOS MIL VEINTISÉIS (CONTRATO-AJ-4-2026)",
            "NOSOTRAS:", "POR UNA PARTE: MARÍA FERNANDA EJEMPLO SOTO", "ESTADO DE GUATEMALA", "Delegación.",
            "La compareciente está facultada", "número quince guion dos mil veintiséis (15-2026), de fecha diez (10)",
            "POR LA OTRA PARTE: MARTA JULIA XOL POP", "en nombre propio", "LA PARTE ARRENDANTE", "Las comparecientes",
            "BASE LEGAL.", "ANTECEDENTES.", "NOG 12345678.", "PROPIEDAD DEL INMUEBLE.", "finca número doce mil",
            "OBJETO Y DESTINO.", "PLAZO.", "VALOR DEL CONTRATO Y FORMA DE PAGO.", "(Q.3,500.50)", "(Q.42,006.00)",
            "PARTIDA PRESUPUESTARIA.", "GARANTÍA.", "Depósito de un mes.", "SERVICIOS Y REPARACIONES.",
            "PROHIBICIONES.", "TERMINACIÓN.", "CONTROVERSIAS.", "DECLARACIÓN JURADA.", "COHECHO.", "IMPUESTOS",
            "APROBACIÓN.", "ACEPTACIÓN.", "enteradas", "María Fernanda Ejemplo Soto", "Marta Julia Xol Pop",
        )  # fmt: skip
        assert len(clauses(paper)) == 18

    def test_without_guarantee_the_count_has_no_gap(self) -> None:
        found = clauses(text("CONTRATO_ARRENDAMIENTO", contrato()))
        assert len(found) == len(set(found)) == 17
        assert found[:2] == ["PRIMERA", "SEGUNDA"]
        assert found[-1] == "DÉCIMA SÉPTIMA"

    def test_without_delegation_it_cannot_be_signed_yet(self) -> None:
        paper = text("CONTRATO_ARRENDAMIENTO", contrato(delegation=None, publications=()))
        assert "se firmará únicamente cuando conste en el expediente la delegación" in paper
        assert "NOG" not in paper

    def test_a_company_appears_by_its_representative(self) -> None:
        company = "Inmobiliaria Xol, Sociedad Anónima"
        agent = Person(name="Luis Pop Xol", position="Gerente General y Representante Legal", gender="M")
        paper = text(
            "CONTRATO_ARRENDAMIENTO",
            contrato(lease=lease(landlord_name=company), landlord=agent, landlord_company=company),
        )
        assert "en representación de la entidad INMOBILIARIA XOL, SOCIEDAD ANÓNIMA, entidad con Número" in paper
        assert in_order(paper, "NOSOTROS:", "Los comparecientes", "enterados de su contenido", "Luis Pop Xol")
        with pytest.raises(ValidationError, match="nombra como arrendante a Marta Julia Xol Pop"):
            contrato(landlord=agent, landlord_company=company)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"landlord": MAYOR}, "nombra como arrendante a Marta Julia Xol Pop, pero comparece Pedro Caal Choc"),
            ({"sosep": MINISTER}, "La delegación nombra a María Fernanda Ejemplo Soto, pero comparece Rosa Elena Tax"),
        ],
    )
    def test_refuses_who_is_not_named(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            contrato(**changes)


class TestLease:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"total": "42006.01"}, r"El total debe ser Q.42,006.00: Q.3,500.50 al mes por 12 meses"),
            ({"term_months": 1}, r"El total debe ser Q.3,500.50: Q.3,500.50 al mes por un mes"),
            ({"ends_on": date(2026, 3, 31)}, "no puede terminar antes de empezar"),
            ({"landlord_nit": "576937-1"}, "El NIT no es válido"),
            ({"folio": ""}, "finca, folio y libro, o ninguno"),
            ({"monthly_rent": 3500.5}, "Escriba el monto en quetzales"),
        ],
    )
    def test_refuses_what_does_not_agree(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            lease(**changes)

    def test_a_wrong_total_is_named_where_it_was_typed(self) -> None:
        with pytest.raises(ValidationError) as refused:
            lease(total=Decimal("1.00"))
        assert refused.value.errors()[0]["loc"] == ("total",)


class TestAdenda:
    def test_parts_come_in_order(self) -> None:
        assert in_order(
            text("ADENDA", adenda()),
            "ADENDA NÚMERO CINCO GUION DOS MIL VEINTISÉIS (ADENDA-AJ-5-2026)",
            "PRIMERA ADENDA Y PRÓRROGA DEL CONVENIO NÚMERO CONVENIO-AJ-12-2025", "NOSOTROS:", "POR UNA PARTE:",
            "Y POR OTRA PARTE:", "«LA MUNICIPALIDAD»", "PRIMERA: ANTECEDENTES.", "uno (1) de abril",
            "no tiene adendas anteriores", "MOTIVO.", "CUARTA: MODIFICACIÓN DE LA CLÁUSULA DÉCIMA QUINTA",
            "remitirá cada trimestre", "queda redactada así:", "remitirá cada mes", "QUINTA: PRÓRROGA DEL PLAZO.",
            "treinta y uno (31) de marzo", "treinta (30) de septiembre", "LO NO MODIFICADO.", "ACEPTACIÓN.",
            "dos (2) ejemplares originales", "María Fernanda", "Pedro Caal Choc",
        )  # fmt: skip

    def test_without_extension_the_term_stays(self) -> None:
        paper = text(
            "ADENDA", adenda(new_ends_on=None, old_ends_on=None, ordinal=3, earlier_amendments=["Una", "Dos."])
        )
        assert "TERCERA ADENDA AL CONVENIO" in paper
        assert "PRÓRROGA" not in paper
        assert "ha sido modificado por: Una; Dos." in paper

    def test_an_extension_alone_changes_no_clause(self) -> None:
        paper = text("ADENDA", adenda(changes=()))
        assert "MODIFICACIÓN DE LA CLÁUSULA" not in paper
        assert "CUARTA: PRÓRROGA DEL PLAZO." in paper

    def test_forty_changed_clauses_are_counted(self) -> None:
        changes = [ClauseChange(clause=f"Número {n}", before=f"Viejo {n}.", after=f"Nuevo {n}.") for n in range(40)]
        paper = text("ADENDA", adenda(changes=changes))
        found = clauses(paper)
        assert len(found) == len(set(found)) == 47
        assert all(f"Viejo {n}." in paper and f"Nuevo {n}." in paper for n in range(40))
        assert found[-1] == "CUADRAGÉSIMA SÉPTIMA"

    def test_women_alone_speak_as_women_and_several_sign_for_a_party(self) -> None:
        party = SigningParty(
            name="Ministerio de Educación", article="el", alias="EL MINISTERIO", signer=MINISTER,
            further_signers=[Person(name="Irma Coy", position="Viceministra", gender="F")],
        )  # fmt: skip
        paper = text("ADENDA", adenda(counterparts=[party]))
        assert in_order(
            paper, "NOSOTRAS:", "IRMA COY", "; quienes actúan en representación del MINISTERIO",
            "la representante del MINISTERIO, Irma Coy,", "Las comparecientes", "enteradas", "Irma Coy",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"changes": [], "new_ends_on": None}, "al menos una cláusula o el plazo"),
            ({"old_ends_on": None}, "último día del plazo vigente"),
            ({"new_ends_on": date(2026, 3, 31)}, "terminar después del vigente"),
            ({"issued_on": date(2026, 4, 1)}, "vencido no se prorroga"),
            ({"counterparts": []}, "counterparts"),
            ({"counterparts": [SigningParty(name="X", alias="La  Sosep", signer=MAYOR)]}, "dé a cada una el suyo"),
        ],
    )
    def test_refuses_what_does_not_agree(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            adenda(**changes)

    def test_refuses_a_change_that_changes_nothing_or_twice(self) -> None:
        with pytest.raises(ValidationError, match="igual al vigente"):
            ClauseChange(clause="Plazo", before="Un  año.", after="Un año.")
        assert ClauseChange(clause="La Cláusula quinta", before="Uno.", after="Dos.").clause == "quinta"
        once = ClauseChange(clause="Plazo", before="Un año.", after="Dos años.")
        with pytest.raises(ValidationError, match="aparece dos veces"):
            adenda(changes=[once, once.model_copy(update={"clause": "PLAZO"})])


@pytest.mark.parametrize(
    ("kind", "name"),
    [("CARTA_ENTENDIMIENTO", "CARTA DE ENTENDIMIENTO"), ("MEMORANDUM_ENTENDIMIENTO", "MEMORÁNDUM DE ENTENDIMIENTO")],
)
class TestEntendimiento:
    def test_parts_come_in_order(self, kind: str, name: str) -> None:
        assert in_order(
            text(kind, entendimiento()),
            f"{name} NÚMERO DOS GUION DOS MIL VEINTISÉIS", "EL MINISTERIO DE EDUCACIÓN Y LA MUNICIPALIDAD DE JALAPA",
            "NOSOTROS:", "POR UNA PARTE:", "POR OTRA PARTE:", "Y POR OTRA PARTE:", "MOTIVOS.", "ÁREAS DE COOPERACIÓN.",
            "a) Jornadas de salud;", "b) Capacitación de personal.", "COMPROMISOS DE LA SOSEP.", "a) Convocar",
            "b) Llevar el registro de asistencia.", "COMPROMISOS DEL MINISTERIO.", "COMPROMISOS DE LA MUNICIPALIDAD.",
            "SIN TRANSFERENCIA DE FONDOS.", "no implica transferencia de fondos", "ENLACES.", "PLAZO.",
            "El plazo es indefinido y se cuenta a partir de la fecha de la última firma.", "ACEPTACIÓN.",
            "tres (3) ejemplares originales", "Por LA SOSEP", "Por EL MINISTERIO", "Por LA MUNICIPALIDAD",
        )  # fmt: skip

    def test_a_term_is_told_when_there_is_one(self, kind: str, name: str) -> None:
        fields = entendimiento(term_months=6, starts_on=date(2026, 4, 1), ends_on=date(2026, 9, 30), contacts=())
        paper = text(kind, fields)
        assert "seis (6) meses, contado a partir del uno (1) de abril" in paper
        assert "cada parte designará por escrito a su enlace" in paper
        assert f"presente {name}" in paper

    def test_two_parties_of_one_alias_or_a_stranger_are_refused(self, kind: str, name: str) -> None:
        one, *_ = entendimiento().parties
        with pytest.raises(ValidationError, match="parties"):
            entendimiento(parties=[one])
        with pytest.raises(ValidationError, match="aparece dos veces"):
            entendimiento(parties=[one, one])
        with pytest.raises(ValidationError, match="«EL VECINO» no es el nombre de una de las partes: LA SOSEP, EL MIN"):
            entendimiento(commitments=[Promise(party="EL VECINO", text="Ayudar")])
        with pytest.raises(ValidationError, match="indefinido no lleva fecha de fin"):
            entendimiento(starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 1))


@pytest.mark.parametrize("variant", ["MAD_CAD", "MAD_CAP", "CADI", "GENERAL"])
class TestConvenioOfSeveral:
    def test_names_every_party_from_title_to_signature(self, variant: str) -> None:
        assert in_order(
            text("CONVENIO", three_parties(), variant),
            "DEPARTAMENTO DE ALTA VERAPAZ, LA MUNICIPALIDAD DE COBÁN, DEPARTAMENTO DE ALTA VERAPAZ Y EL MINISTERIO",
            "NOSOTROS:", "POR UNA PARTE:", "POR OTRA PARTE: PEDRO CAAL CHOC", "«LA MUNICIPALIDAD DE SAN JUAN CHAMELCO»",
            "POR OTRA PARTE: ELENA CAAL", "«LA MUNICIPALIDAD DE COBÁN»", "Y POR OTRA PARTE: ROSA ELENA TAX",
            "en representación del MINISTERIO DE EDUCACIÓN", "«LA INSTITUCIÓN»", "Autorización del Concejo Municipal.",
            "por LA MUNICIPALIDAD DE SAN JUAN CHAMELCO fue autorizada", "punto TERCERO",
            "por LA MUNICIPALIDAD DE COBÁN fue autorizada", "punto QUINTO", "han manifestado",
            "Capacitar a las maestras;",
            "OBLIGACIONES DE LA MUNICIPALIDAD DE SAN JUAN CHAMELCO.", "OBLIGACIONES DE LA MUNICIPALIDAD DE COBÁN.",
            "Prestar el transporte;", "OBLIGACIONES DE LA INSTITUCIÓN.", "Facilitar el material educativo;",
            "OBLIGACIONES CONJUNTAS.", "remitirán cada trimestre", "cuatro (4) ejemplares originales",
            "Por LA SOSEP", "Por LA MUNICIPALIDAD DE SAN JUAN CHAMELCO", "Elena Caal", "Por LA INSTITUCIÓN",
        )  # fmt: skip

    def test_without_end_it_claims_neither_end_nor_extension(self, variant: str) -> None:
        paper = text("CONVENIO", three_parties(), variant)
        assert "es indefinido y se cuenta a partir del uno (1) de abril del año dos mil veintiséis (2026)." in paper
        assert not re.search("PRÓRROGA|prórroga|vencimiento del plazo|meses", paper)

    def test_lists_centers_and_sums_contributions(self, variant: str) -> None:
        document = Document(io.BytesIO(make_paper("CONVENIO", three_parties(), variant).docx))
        centers, contributions = document.tables[:2]
        assert [row.cells[0].text for row in centers.rows] == ["Código", "CAD-1", "CAD-2", "CAD-3"]
        rows = [[cell.text for cell in row.cells] for row in contributions.rows]
        assert rows[0] == ["Parte", "Aporte", "Cantidad", "Valor"]
        assert rows[1] == ["SOSEP", "Alimentos", "doce (12) entregas", "Q.12,000.00"]
        assert rows[3][2:] == ["Según disponibilidad", "Sin valor determinado"]
        assert rows[4] == ["", "Suma de los aportes con valor", "", "Q.15,500.50"]
        assert "QUINCE MIL QUINIENTOS QUETZALES CON CINCUENTA CENTAVOS (Q.15,500.50)" in text(
            "CONVENIO", three_parties(), variant
        )

    def test_says_its_own_antecedents_and_purpose(self, variant: str) -> None:
        paper = text("CONVENIO", convenio(antecedents="Hubo una carta.", purpose="Abrir dos turnos.\nY más."), variant)
        assert in_order(paper, "ANTECEDENTES.", "Hubo una carta.", "OBJETO.", "Abrir dos turnos.", "\nY más.")

    def test_the_general_one_speaks_of_no_other_program(self, variant: str) -> None:
        elders_or_children = re.search("adultas mayores|niñ[oa]s", text("CONVENIO", convenio(), variant))
        assert bool(elders_or_children) is (variant != "GENERAL")

    def test_refuses_parties_that_cannot_be_told_apart(self, variant: str) -> None:
        several = three_parties()
        with pytest.raises(ValidationError, match="aparece dos veces entre las partes"):
            three_parties(further_parties=[several.further_parties[0]] * 2)
        with pytest.raises(ValidationError, match="«LA VECINA» no es el nombre de una de las partes"):
            three_parties(duties=[Duty(party="LA VECINA", text="Ayudar")])
        with pytest.raises(ValidationError, match="indefinido no lleva fecha de fin"):
            three_parties(ends_on=date(2027, 3, 31))


@pytest.mark.parametrize(("kind", "variant"), INSTRUMENTS)
def test_instruments_write_every_figure_in_letters_too(kind: str, variant: str) -> None:
    for paragraph in text(kind, EVERY_KIND[kind, variant](), variant).splitlines()[5:-1]:
        if not re.match(r"[A-ZÉÁÍÓÚ ]+: |En Guatemala", paragraph):
            continue
        bare = NAMES_WITH_FIGURES.sub("", paragraph)
        assert not re.findall(r"\d", bare), bare
