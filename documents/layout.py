"""The blank page that every template starts from: paper sizes, named styles, language, nothing unused."""

from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Mm

# Arial is metric-compatible with Liberation Sans, which LibreOffice puts in its place.
FONT = "Arial"
INK = "1F2A44"
CELL_MARGIN = 85
"""Twentieths of a point that a table's cell leaves free at each side: 1.5 mm."""
SEAL_INDENT = 24
"""Millimeters that the QR code takes from the footer's words, with the margins of its cells."""


@dataclass(frozen=True)
class Sheet:
    """A paper size in millimeters, with the width left between its margins."""

    width: int
    height: int
    text_width: int = 160
    """28 mm at the left for the folder, the rest at the right."""


SHEETS = {"carta": Sheet(216, 279), "oficio": Sheet(216, 330)}
"""Letter, and the Guatemalan «oficio» of 8.5 × 13 inches."""


@dataclass(frozen=True)
class Look:
    """A paragraph style: what lawyers see in Word's style list, and how it is set."""

    name: str
    align: str = "both"
    size: int = 11
    bold: bool = False
    italic: bool = False
    before: int = 0
    after: int = 6
    left: int = 0
    hanging: int = 0
    keep_next: bool = False
    color: str = ""
    line: int = 276


LOOKS = {
    "Titulo": Look("Título del documento", "center", 13, bold=True, before=6, after=4, keep_next=True, color=INK),
    "Subtitulo": Look("Subtítulo", "center", 11, bold=True, after=6, keep_next=True, color=INK),
    "Rubro": Look("Rubro", "left", 11, bold=True, before=14, after=4, keep_next=True, color=INK),
    "Apartado": Look("Apartado", "left", 11, bold=True, before=12, after=6, keep_next=True, color=INK),
    "Clausula": Look("Cláusula", before=8),
    "Punto": Look("Punto", before=8),
    "Literal": Look("Literal", left=720, hanging=360, after=4),
    "Numeral": Look("Numeral", left=720, hanging=360, after=4),
    "Cita": Look("Cita textual", left=720, italic=True, size=10),
    "Sangria": Look("Sangría", left=720, after=4),
    "LugarFecha": Look("Lugar y fecha", "right", after=10),
    "Dato": Look("Dato", "left", after=5, left=1700, hanging=1700),
    "Destinatario": Look("Destinatario", "left", before=6, after=10),
    "Aviso": Look("Aviso", "center", 9, italic=True, after=8, color="7A1F1F"),
    "Leyenda": Look("Leyenda", "left", 9, bold=True, before=8, after=3, keep_next=True, line=240),
    "Celda": Look("Celda", "left", 9, after=0, line=240),
    "CeldaTitulo": Look("Celda de encabezado", "left", 9, bold=True, after=0, line=240, keep_next=True),
    "Nota": Look("Nota", "left", 9, before=6, after=0, line=240),
    "Firma": Look("Firma", "center", 10, after=0, line=240),
    "Verificacion": Look("Verificación", "left", 8, after=0, line=240),
    "Cabecera": Look("Encabezado de página", "center", 9, bold=True, after=0, line=240, color=INK),
    "Pie": Look("Pie de página", "left", 8, after=0, line=240, color="444444"),
    "Control": Look("Control", "left", 8, after=0, line=240, color="7A7A7A"),
}
"""Style ids and their looks; «Control» holds the template's own marks and never reaches a paper."""


def blank_document(sheet: Sheet) -> WordDocument:
    """Return an empty document of this size that holds the named styles and no other part."""
    document = Document()
    _prune(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(sheet.width), Mm(sheet.height)
    section.left_margin, section.right_margin = Mm(28), Mm(sheet.width - 28 - sheet.text_width)
    section.top_margin, section.bottom_margin = Mm(25), Mm(28)
    section.header_distance, section.footer_distance = Mm(10), Mm(8)
    pie = document.styles["Pie de página"].paragraph_format
    pie.tab_stops.add_tab_stop(Mm(sheet.text_width - SEAL_INDENT), WD_TAB_ALIGNMENT.RIGHT)
    return document


def _prune(document: WordDocument) -> None:
    """Drop the unused parts and 160 styles of python-docx's default file (40 KB become 8 KB)."""
    kept = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS}
    for key, relation in list(document.part.rels.items()):
        if relation.reltype not in kept:
            del document.part.rels[key]
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith(("/thumbnail", "/extended-properties")):
            del package.rels[key]
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for child in list(parse_xml(_styles_xml())):
        styles.append(child)
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)
    for child in list(parse_xml(SETTINGS)):
        settings.append(child)


SETTINGS = f"""<w:settings {nsdecls("w")}><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/>
<w:characterSpacingControl w:val="doNotCompress"/>
<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat><w:themeFontLang w:val="es-GT"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>"""


def _styles_xml() -> str:
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    return f"""<w:styles {nsdecls("w")}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="22"/>
<w:szCs w:val="22"/><w:lang w:val="es-GT" w:eastAsia="es-GT" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>
<w:pPr><w:widowControl/><w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="character" w:default="1" w:styleId="Fuente"><w:name w:val="Default Paragraph Font"/>
<w:semiHidden/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TablaNormal"><w:name w:val="Normal Table"/><w:semiHidden/><w:tblPr>
<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="{CELL_MARGIN}" w:type="dxa"/>
<w:right w:w="{CELL_MARGIN}" w:type="dxa"/>
</w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:customStyle="1" w:styleId="Cuadro"><w:name w:val="Cuadro"/><w:basedOn w:val="TablaNormal"/>
<w:tblPr><w:tblBorders>{_borders()}</w:tblBorders><w:tblCellMar><w:top w:w="45" w:type="dxa"/>
<w:left w:w="{CELL_MARGIN}" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/>
<w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>
</w:tblPr>
<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E4E8F0"/></w:tcPr></w:tblStylePr>
</w:style>{"".join(_style_xml(key, look) for key, look in LOOKS.items())}</w:styles>"""


def _borders() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A93A6"/>' for side in sides)


def _style_xml(key: str, look: Look) -> str:
    indent = f'<w:ind w:left="{look.left}" w:hanging="{look.hanging}"/>' if look.left else ""
    marks = ("<w:b/>" if look.bold else "") + ("<w:i/>" if look.italic else "")
    color = f'<w:color w:val="{look.color}"/>' if look.color else ""
    return f"""<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{look.name}"/>
<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{"<w:keepNext/>" if look.keep_next else ""}
<w:spacing w:before="{look.before * 20}" w:after="{look.after * 20}" w:line="{look.line}" w:lineRule="auto"/>
{indent}<w:jc w:val="{look.align}"/></w:pPr><w:rPr>{marks}{color}<w:sz w:val="{look.size * 2}"/>
<w:szCs w:val="{look.size * 2}"/></w:rPr></w:style>"""
