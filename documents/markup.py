"""The Markdown of templates: front matter, blocks with named styles, tables. Both ways: text to Word, Word to text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from docx.oxml.ns import qn
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

PREFIXES = {
    "# ": "Titulo",
    "## ": "Apartado",
    "### ": "Subtitulo",
    "#### ": "Rubro",
    "§ ": "Clausula",
    "punto: ": "Punto",
    "- ": "Literal",
    "+ ": "Numeral",
    "> ": "Cita",
    "sangria: ": "Sangria",
    "lugar: ": "LugarFecha",
    "dato: ": "Dato",
    "destinatario: ": "Destinatario",
    "aviso: ": "Aviso",
    "leyenda: ": "Leyenda",
    "nota: ": "Nota",
    "firma: ": "Firma",
    "verificacion: ": "Verificacion",
    "cabecera: ": "Cabecera",
    "pie: ": "Pie",
}
"""How a block begins in Markdown and the style it takes in Word; a block without prefix is plain text."""
MARKS = {style: prefix for prefix, style in PREFIXES.items()}
FIELDS = {"[página]": "PAGE", "[páginas]": "NUMPAGES"}
FIELD_MARKS = {instruction: mark for mark, instruction in FIELDS.items()}
CONTROL = re.compile(r"\{%[^%]*%\}")
CELLS = re.compile(r"\|((?:\{\{.*?\}\}|\{%.*?%\}|[^|])*)(?=\|)")
INLINE = re.compile(r"(\*\*.+?\*\*|(?<!\*)\*[^*]+\*|\[tab\]|\[páginas?\]|\n)")
MM_PER_DASH = 2
BREAK = " ↵ "
"""How a break inside a paragraph is shown to people who compare two texts."""


@dataclass(frozen=True)
class Block:
    """One paragraph (style and text) or one table (rows of cells, widths in dashes)."""

    style: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    dashes: tuple[int, ...] = ()


def split_front(markdown: str) -> tuple[str, str]:
    """Return front matter and body as text; a template without front matter is refused."""
    found = re.match(r"---\n(.*?)\n---\n(.*)", markdown, re.S)
    if not found:
        raise ValueError("La plantilla debe empezar con su encabezado de datos entre líneas «---».")
    return found[1], found[2]


def front_data(front: str) -> dict[str, object]:
    """Return the front matter's data, which must be a mapping."""
    data = yaml.safe_load(front)
    if not isinstance(data, dict):
        raise ValueError("El encabezado de datos de la plantilla no es una lista de nombres y valores.")
    return data


def blocks(body: str) -> Iterator[Block]:
    """Yield the blocks of a body: wrapped lines are joined, a backslash at the end of a line breaks it."""
    lines: list[str] = []
    for line in [*body.split("\n"), ""]:
        line = line.rstrip()
        starts = line.startswith(tuple(PREFIXES)) or CONTROL.fullmatch(line)
        table = line.startswith("|")
        if lines and (not line or starts or table != lines[0].startswith("|")):
            yield _block(lines)
            lines = []
        if CONTROL.fullmatch(line):
            yield Block("Control", line)
        elif line:
            lines.append(line)


def readable(markdown: str, names: Mapping[str, str]) -> list[str]:
    """Return the paragraphs and rows of a template as people read them, `names` being what the styles are called."""
    front, body = split_front(markdown)
    data = front_data(front)
    laws = data.get("leyes")
    about = [f"Título: {data.get('title', '')}", f"Tamaño de la hoja: {data.get('pagina', 'carta')}"]
    cited = [f"Cita «{name}»: {law}" for name, law in laws.items()] if isinstance(laws, dict) else []
    return about + cited + [_readable(piece, names) for piece in _paragraphs_and_rows(body)]


def _paragraphs_and_rows(body: str) -> Iterator[str]:
    for piece in body.replace(" \\\n", BREAK).split("\n"):
        if piece.strip() and not re.fullmatch(r"\|[-|]+\|", piece):
            yield piece


def _readable(piece: str, names: Mapping[str, str]) -> str:
    prefix = next((prefix for prefix in PREFIXES if piece.startswith(prefix)), "")
    if CONTROL.fullmatch(piece):
        return f"Orden: {piece}"
    return f"{names[PREFIXES[prefix]]}: {piece.removeprefix(prefix)}" if prefix else piece


def _block(lines: list[str]) -> Block:
    if lines[0].startswith("|"):
        rows = [tuple(cell.strip() for cell in CELLS.findall(line)) for line in lines]
        if len(rows) < 3 or any(set(cell) != {"-"} for cell in rows[1]):
            raise ValueError("Una tabla lleva encabezado, línea de guiones y al menos una fila.")
        return Block("Tabla", rows=(rows[0], *rows[2:]), dashes=tuple(len(cell) for cell in rows[1]))
    joined = " ".join(line.strip() for line in lines).replace(" \\ ", "\n")
    prefix = next((prefix for prefix in PREFIXES if joined.startswith(prefix)), "")
    return Block(PREFIXES.get(prefix, "Normal"), joined.removeprefix(prefix))


def fill(paragraph: Paragraph, text: str) -> None:
    """Write marked text into a paragraph: bold, italics, tabs, line breaks and page fields."""
    for piece in INLINE.split(text):
        if piece in FIELDS:
            field = etree.SubElement(paragraph._p, qn("w:fldSimple"), {qn("w:instr"): f" {FIELDS[piece]} "})
            etree.SubElement(etree.SubElement(field, qn("w:r")), qn("w:t")).text = "1"
        elif piece == "[tab]":
            paragraph.add_run().add_tab()
        elif piece == "\n":
            paragraph.add_run().add_break()
        elif piece.startswith("**") and len(piece) > 4:
            paragraph.add_run(piece[2:-2]).bold = True
        elif INLINE.fullmatch(piece):
            paragraph.add_run(piece[1:-1]).italic = True
        elif piece:
            paragraph.add_run(piece)


def paragraph_text(paragraph: Paragraph) -> str:
    """Return a paragraph of a template as its Markdown block."""
    merged: list[tuple[str, str]] = []
    for child in paragraph._p:
        if child.tag == qn("w:fldSimple"):
            merged.append(("", FIELD_MARKS[child.get(qn("w:instr"), "").strip()]))
        elif child.tag == qn("w:r"):
            text = "".join(_run_text(child))
            properties = child.find(qn("w:rPr"))
            mark = ""
            if properties is not None and text.strip():
                mark = "**" if _on(properties, "w:b") else "*" if _on(properties, "w:i") else ""
            # Word cuts a sentence into many runs; neighbours of the same look are one.
            if merged and merged[-1][0] == mark:
                text = merged.pop()[1] + text
            merged.append((mark, text))
    text = "".join(f"{mark}{text}{mark}" for mark, text in merged)
    style = paragraph.style.style_id if paragraph.style is not None else "Normal"
    if style == "Control":
        return re.sub(r"^\{%p ", "{% ", text)
    return MARKS.get(style, "") + text.replace("\n", " \\\n")


def _on(properties: etree._Element, name: str) -> bool:
    mark = properties.find(qn(name))
    return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false")


def _run_text(run: etree._Element) -> Iterator[str]:
    for child in run:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag == qn("w:tab"):
            yield "[tab]"
        elif child.tag == qn("w:br"):
            yield "\n"


def table_text(table: Table) -> str:
    """Return a table of a template as its Markdown lines, its widths as dashes."""
    grid = table._tbl.tblGrid.findall(qn("w:gridCol"))
    dashes = [round(int(column.get(qn("w:w"), "0")) / 56.7 / MM_PER_DASH) for column in grid]
    rows = [_row_text(row) for row in table.rows]
    return "\n".join([rows[0], "|" + "|".join("-" * count for count in dashes) + "|", *rows[1:]])


def _row_text(row: _Row) -> str:
    cells = [" ".join(paragraph_text(paragraph) for paragraph in cell.paragraphs) for cell in _distinct(row)]
    if len(cells) == 1 and cells[0].startswith("{%tr "):
        return "|" + cells[0].replace("{%tr ", "{% ") + "|"
    return "| " + " | ".join(cells) + " |"


def _distinct(row: _Row) -> list[_Cell]:
    """Return the cells of a row, a cell that spans columns only once."""
    return list({id(cell._tc): cell for cell in row.cells}.values())
