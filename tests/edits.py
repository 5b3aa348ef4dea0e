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
