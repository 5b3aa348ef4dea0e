"""Templates as people send them back from Word: edited with python-docx, by their XML, or by LibreOffice itself."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph

from documents.templates import template

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def edited(docx: bytes, change: Callable[[WordDocument], object]) -> bytes:
    """Return a Word file after a change, saved as python-docx saves it."""
    document = Document(io.BytesIO(docx))
    change(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def saying(docx: bytes, old: str, new: str) -> bytes:
    """Return a Word file with some words of its text replaced, wherever its program keeps them in one run."""

    def change(document: WordDocument) -> None:
        runs = [run for paragraph in document.paragraphs for run in paragraph.runs if old in run.text]
        assert runs, f"no run says «{old}»"
        for run in runs:
            run.text = run.text.replace(old, new)

    return edited(docx, change)


def with_xml(docx: bytes, old: str, new: str, part: str = "word/document.xml") -> bytes:
    """Return a Word file with the first place of a pattern in a part's XML replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                text = content.decode()
                assert re.search(old, text), f"{part} has no {old}"
                content = re.sub(old, lambda _: new, text, count=1).encode()
            target.writestr(name, content)
    return changed.getvalue()


def inside(run: str) -> Callable[[bytes], bytes]:
    """Return what puts some XML before the first run of a Word file's text."""
    return lambda docx: with_xml(docx, r"<w:r>", f"{run}<w:r>")


def as_word_saves(docx: bytes) -> bytes:
    """Return a Word file with its runs cut in pieces, marks of revision and spelling among them, and long fields."""
    document = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if re.fullmatch(r"word/(document|header1|footer1)\.xml", name):
                content = _cut_runs(content.decode()).encode()
            if "customXml" not in name:
                target.writestr(name, content.replace(b"<Relationship Id", b"<Relationship  Id"))
    saved, links = document.getvalue(), "word/_rels/document.xml.rels"
    # Templates carry a part of ours that Word drops; papers do not.
    if b"customXml" not in zipfile.ZipFile(io.BytesIO(saved)).read(links):
        return saved
    return with_xml(saved, r"<Relationship [^>]*customXml[^>]*/>", "", links)


def _cut_runs(xml: str) -> str:
    def cut(found: re.Match[str]) -> str:
        look, text = found[1] or "", found[2]
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)] if "&" not in text else [text]
        runs = [f'<w:r w:rsidR="00A1B2C3">{look}<w:t xml:space="preserve">{piece}</w:t></w:r>' for piece in pieces]
        return '<w:proofErr w:type="spellStart"/>'.join(runs)

    def field(found: re.Match[str]) -> str:
        marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
        said = f'<w:r><w:instrText xml:space="preserve">{found[1]} \\* MERGEFORMAT </w:instrText></w:r>'
        return f"{marks[0]}{said}{marks[1]}<w:r><w:rPr><w:noProof/></w:rPr><w:t>3</w:t></w:r>{marks[2]}"

    xml = re.sub(r'<w:fldSimple w:instr="([^"]*)">.*?</w:fldSimple>', field, xml)
    xml = re.sub(r"<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?>([^<]*)</w:t></w:r>", cut, xml)
    return xml.replace("<w:p>", '<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00A1B2C3">')


def first_plain(document: WordDocument) -> Paragraph:
    """Return the first paragraph of plain text."""
    return next(one for one in document.paragraphs if one.style is not None and one.style.name == "Normal")


def oficio() -> bytes:
    """Return the Word file of the program's own oficio."""
    return template("OFICIO").docx


def through_writer(docx: bytes, folder: Path, name: str = "plantilla") -> bytes:
    """Return a Word file after LibreOffice Writer opened it and saved it: as .odt, and from there as .docx."""
    (folder / f"{name}.docx").write_bytes(docx)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    for made, source in (("odt", f"{name}.docx"), ("docx", f"{name}.odt")):
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            made,
            "--outdir",
            str(folder),
            str(folder / source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / f"{name}.docx").read_bytes()
