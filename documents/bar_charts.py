"""Bar charts in Word that are Word's own: they print sharply, can be restyled, and say in words what they show."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

from .layout import FONT
from .report_parts import BarChart

EMU_PER_MM = 36_000
COLORS = ("0F4C81", "E3A63B")
"""Of the series in their order: one dark, one light, so that they differ without colors too."""
MOST_HEIGHT = 190
"""Millimeters: a chart stays on one sheet with its caption."""

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def add_bar_chart(document: WordDocument, chart: BarChart, *, number: int, width: int) -> None:
    """Add a chart of lying bars, the first label above; `width` in millimeters, `number` counts those of the paper."""
    height = min(MOST_HEIGHT, 22 + 5 * len(chart.labels))
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, _chart_xml(chart).encode(), document.part.package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    size = f'cx="{width * EMU_PER_MM}" cy="{height * EMU_PER_MM}"'
    paragraph = document.add_paragraph()
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = "Firma"
    run = (
        f'<w:r {nsdecls("w", "wp", "a", "r")}><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Gráfica {number}" descr={quoteattr(told(chart))}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{CHART}">'
        f'<c:chart xmlns:c="{CHART}" r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    paragraph._p.append(parse_xml(run))


def told(chart: BarChart) -> str:
    """Say a chart in words, for whoever cannot see it."""
    names = [name for name, _ in chart.series]
    parts = []
    for at, label in enumerate(chart.labels):
        figures = [values[at] for _, values in chart.series]
        said = [f"{name.lower()} {figure}" for name, figure in zip(names, figures, strict=True)]
        parts.append(f"{label}, {figures[0] if len(names) == 1 else ' y '.join(said)}")
    return f"Gráfica de barras. {chart.title}: {'; '.join(parts)}."


def _chart_xml(chart: BarChart) -> str:
    stacked = len(chart.series) > 1
    series = "".join(
        _series_xml(at, name, chart.labels, values, shown=not stacked) for at, (name, values) in enumerate(chart.series)
    )
    axes = '<c:axId val="1"/><c:axId val="2"/>'
    overlap = '<c:overlap val="100"/>' if stacked else ""
    legend = '<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>' if stacked else ""
    grid = '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D5DAE2"/></a:solidFill></a:ln>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><c:lang val="es-GT"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/>'
        f'<c:grouping val="{"stacked" if stacked else "clustered"}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="45"/>{overlap}{axes}</c:barChart>'
        # The first label above, as in the table.
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="2"/><c:crosses val="autoZero"/><c:tickLblSkip val="1"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:min val="0"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'{grid}</c:spPr></c:majorGridlines><c:numFmt formatCode="#,##0" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>'
        f'<c:crosses val="max"/></c:valAx></c:plotArea>{legend}<c:plotVisOnly val="1"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="850"><a:latin typeface="{FONT}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="es-GT"/></a:p></c:txPr></c:chartSpace>'
    )


def _series_xml(at: int, name: str, labels: Sequence[str], values: Sequence[int], *, shown: bool) -> str:
    fill = f'<c:spPr><a:solidFill><a:srgbClr val="{COLORS[at % len(COLORS)]}"/></a:solidFill></c:spPr>'
    flags = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    said = "".join(f'<c:show{flag} val="{int(shown and flag == "Val")}"/>' for flag in flags)
    points = "".join(f'<c:pt idx="{n}"><c:v>{escape(label)}</c:v></c:pt>' for n, label in enumerate(labels))
    figures = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    count = f'<c:ptCount val="{len(labels)}"/>'
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:v>{escape(name)}</c:v></c:tx>{fill}'
        f'<c:invertIfNegative val="0"/><c:dLbls><c:numFmt formatCode="#,##0" sourceLinked="0"/>{said}</c:dLbls>'
        f"<c:cat><c:strLit>{count}{points}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{figures}</c:numLit></c:val></c:ser>"
    )
