"""A file is checked before any parser sees it: harmless ones pass, every hostile one is refused with its reason."""

import hashlib
import io
import os
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping

import docx
import pytest

from documents.refusals import FileRefused
from documents.uploads import MAX_BYTES, inspect_upload

MEGABYTE = 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
EMPTY_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


def zipped(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def word(extra: Mapping[str, bytes] = {}, **how: int) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": EMPTY_RELATIONS, "word/document.xml": b"<document/>"}
    return zipped({**parts, **extra}, **how)


def excel(extra: Mapping[str, bytes] = {}) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": EMPTY_RELATIONS, "xl/workbook.xml": b"<workbook/>"}
    return zipped({**parts, **extra})


def real_word() -> bytes:
    paper, buffer = docx.Document(), io.BytesIO()
    paper.add_paragraph("Certificación del punto TERCERO del acta 12-2026")
    paper.save(buffer)
    return buffer.getvalue()


def external(kind: str, target: str) -> bytes:
    link = f'<Relationship Id="rId1" Type="{RELATIONS}{kind}" Target="{target}" TargetMode="External"/>'
    return EMPTY_RELATIONS.replace(b"/>", b">" + link.encode() + b"</Relationships>")


def pdf(body: bytes = b"1 0 obj<</Type/Catalog>>endobj ") -> bytes:
    return b"%PDF-1.5\n" + body + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def object_stream(content: bytes) -> bytes:
    return b"7 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\r\n" + zlib.compress(content) + b"\r\nendstream endobj "


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(3)) * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + before + frame + b"\xff\xda\x00\x02data\xff\xd9"


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def with_central(data: bytes, at: int, value: bytes) -> bytes:
    """Change the last entry of the central directory."""
    entry = data.rindex(b"PK\x01\x02")
    return data[: entry + at] + value + data[entry + at + len(value) :]


def overlapping() -> bytes:
    """Two entries of the directory that both unpack the same bytes, as in a bomb without nesting."""
    data = word({"word/a.xml": b"<a/>" * 1000})
    entry = data.rindex(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    fields = list(struct.unpack("<4s4H2LH", data[end:]))
    fields[3] += 1
    fields[4] += 1
    fields[5] += end - entry
    return data[:end] + patched(data[entry:end], b"word/a.xml", b"word/b.xml") + struct.pack("<4s4H2LH", *fields)


def refusal(data: bytes, filename: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        inspect_upload(data, filename)
    return caught.value


@pytest.mark.parametrize(
    ("filename", "make", "media_type"),
    [
        ("acta.docx", real_word, WORD),
        ("acta.docx", lambda: word({"word/_rels/document.xml.rels": external("hyperlink", "https://x.gt")}), WORD),
        ("ACTA.DOCX", lambda: word({"word/media/": b"", "word/media/foto.png": png()}), WORD),
        ("a.xlsx", excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("dpi.pdf", pdf, "application/pdf"),
        ("dpi.pdf", lambda: pdf(object_stream(b"1 0 <</Type/Pages/Kids[]>>") * 3), "application/pdf"),
        ("dpi.pdf", lambda: pdf(b"stream " + os.urandom(11 * MEGABYTE)), "application/pdf"),
        ("foto.png", png, "image/png"),
        ("foto.jpg", jpeg, "image/jpeg"),
        ("foto.JPEG", lambda: jpeg(before=b"\xff\xff\xe1\x00\x04ab") + b"SEFT", "image/jpeg"),
        ("foto.png", lambda: png(10_000, 10_000), "image/png"),
    ],
)
def test_harmless_files_pass(filename: str, make: Callable[[], bytes], media_type: str) -> None:
    data = make()
    checked = inspect_upload(data, filename)
    assert (checked.filename, checked.media_type, checked.size) == (filename, media_type, len(data))
    assert checked.sha256 == hashlib.sha256(data).hexdigest()


HOSTILE: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "empty": ("a.pdf", "EMPTY_FILE", lambda: b""),
    "too large": ("a.pdf", "FILE_TOO_LARGE", lambda: b"%PDF-1.5" + bytes(MAX_BYTES)),
    "another kind": ("a.odt", "KIND_NOT_ACCEPTED", word),
    "program": ("acta.pdf.exe", "KIND_NOT_ACCEPTED", lambda: b"MZ" + bytes(100)),
    "web page": ("a.svg", "KIND_NOT_ACCEPTED", lambda: b"<svg onload='alert(1)'/>"),
    "no ending": ("acta", "BAD_FILENAME", pdf),
    # content against name
    "program as pdf": ("a.pdf", "KIND_MISMATCH", lambda: b"MZ" + bytes(500)),
    "web page as pdf": ("a.pdf", "KIND_MISMATCH", lambda: b"<script>alert(1)</script>%PDF-1.5 %%EOF"),
    "pdf as png": ("a.png", "KIND_MISMATCH", pdf),
    "png as jpeg": ("a.jpg", "KIND_MISMATCH", png),
    "old word as docx": ("a.docx", "KIND_MISMATCH", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "excel as docx": ("a.docx", "KIND_MISMATCH", excel),
    "word as xlsx": ("a.xlsx", "KIND_MISMATCH", word),
    "any zip as docx": ("a.docx", "MISSING_PART", lambda: zipped({"hola.txt": b"hola"})),
    "no content types": ("a.docx", "MISSING_PART", lambda: zipped({"word/document.xml": b"<a/>"})),
    # the zip itself
    "cut short": ("a.docx", "DAMAGED", lambda: real_word()[:-300]),
    "one flipped byte": ("a.docx", "DAMAGED", lambda: patched(word(how=0), b"<document/>", b"<dokument/>")),
    "encrypted": ("a.docx", "ENCRYPTED", lambda: with_central(word(), 8, b"\x01\x00")),
    "unknown method": ("a.docx", "DAMAGED", lambda: with_central(word(), 10, b"\x0c\x00")),
    "header lies small": ("a.docx", "DAMAGED", lambda: with_central(word({"z.xml": b"<a>" * 999}), 24, b"\x05\0\0\0")),
    "two names for one": ("a.docx", "DAMAGED", lambda: with_central(word({"z.xml": b"<a/>"}), 46, b"y.xml")),
    "same name twice": ("a.docx", "DAMAGED", lambda: word({"WORD/document.xml": b"<other/>"})),
    "overlapping": ("a.docx", "DAMAGED", overlapping),
    "something before": ("a.docx", "DAMAGED", lambda: b"PK\x03\x04" + word()),
    "something after": ("a.docx", "DAMAGED", lambda: word() + b"<?php"),
    "second archive after": ("a.docx", "DAMAGED", lambda: word() + excel()),
    "2,001 members": ("a.docx", "TOO_MANY_PARTS", lambda: word({f"w/{n}.xml": b"<a/>" for n in range(1998)})),
    "20,000 members": ("a.docx", "TOO_MANY_PARTS", lambda: word({str(n): b"" for n in range(20_000)})),
    "bomb": ("a.docx", "UNPACKED_TOO_LARGE", lambda: word({"word/x.xml": b"<a>" + b"a" * 60 * MEGABYTE})),
    "bomb of many": (
        "a.xlsx",
        "UNPACKED_TOO_LARGE",
        lambda: excel({f"xl/{n}.xml": b"<a>" + b"a" * MEGABYTE for n in range(30)}),
    ),
    "bomb whose header lies": (
        "a.docx",
        "UNPACKED_TOO_LARGE",
        lambda: with_central(word({"word/x.xml": b"<a>" + b"a" * 90 * MEGABYTE}), 24, b"\x05\0\0\0"),
    ),
    "bomb in a bomb": ("a.docx", "EMBEDDED_OBJECT", lambda: word({"word/a.bin": zipped({"x": bytes(9 * MEGABYTE)})})),
    "too many links": (
        "a.docx",
        "TOO_MANY_PARTS",
        lambda: word({"w/_rels/a.rels": b"<a>" * 99_000 + b"</a>" * 99_000}),
    ),
    # members
    "climbing name": ("a.docx", "BAD_PART_NAME", lambda: word({"word/../../etc/passwd.xml": b"<a/>"})),
    "absolute name": ("a.docx", "BAD_PART_NAME", lambda: word({"/etc/cron.xml": b"<a/>"})),
    "windows name": ("a.docx", "BAD_PART_NAME", lambda: word({"C:x.xml": b"<a/>"})),
    "backslash": ("a.docx", "BAD_PART_NAME", lambda: word({"..\\x.xml": b"<a/>"})),
    "control in name": ("a.docx", "BAD_PART_NAME", lambda: word({"word/a\x1b[2J.xml": b"<a/>"})),
    "macros": ("a.docx", "MACROS", lambda: word({"word/vbaProject.bin": b"macro"})),
    "macros in capitals": ("a.xlsx", "MACROS", lambda: excel({"xl/VBAPROJECT.BIN": b"macro"})),
    "macros by another name": (
        "a.docx",
        "MACROS",
        lambda: word(
            {
                "[Content_Types].xml": b'<T><O PartName="/word/x.bin" '
                b'ContentType="application/vnd.ms-office.vbaProject"/></T>'
            }
        ),
    ),
    "docm renamed": (
        "a.docx",
        "MACROS",
        lambda: word(
            {
                "[Content_Types].xml": b'<T><O PartName="/word/document.xml" '
                b'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></T>'
            }
        ),
    ),
    "ole": ("a.docx", "EMBEDDED_OBJECT", lambda: word({"word/embeddings/o.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})),
    "activex": ("a.docx", "EMBEDDED_OBJECT", lambda: word({"word/activeX/activeX1.xml": b"<a/>"})),
    "program inside": ("a.docx", "EMBEDDED_OBJECT", lambda: word({"word/media/a.png": b"MZ\x90\0"})),
    "script inside": ("a.docx", "EMBEDDED_OBJECT", lambda: word({"word/a.js": b"alert(1)"})),
    "doctype": ("a.docx", "DTD", lambda: word({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})),
    "doctype far inside": ("a.xlsx", "DTD", lambda: excel({"xl/a.xml": b"<a/>" + b" " * 262_136 + b"<!DOCTYPE a>"})),
    "doctype in links": ("a.docx", "DTD", lambda: word({"_rels/.rels": b"<!DOCTYPE a><a/>"})),
    "doctype in utf-16": (
        "a.docx",
        "DAMAGED",
        lambda: word({"word/document.xml": "<?xml version='1.0'?><!DOCTYPE a><a/>".encode("utf-16")}),
    ),
    "doctype in utf-7": (
        "a.docx",
        "DAMAGED",
        lambda: word({"word/document.xml": b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE a>"}),
    ),
    "xml under another name": (
        "a.docx",
        "DAMAGED",
        lambda: word({"[Content_Types].xml": b'<T><O PartName="/word/x.bin" ContentType="application/xml"/></T>'}),
    ),
    "broken links": ("a.docx", "DAMAGED", lambda: word({"_rels/.rels": b"<Relationships>"})),
    "external template": (
        "a.docx",
        "EXTERNAL_LINK",
        lambda: word({"word/_rels/settings.xml.rels": external("attachedTemplate", "https://evil.example/x.dotm")}),
    ),
    "external picture": (
        "a.docx",
        "EXTERNAL_LINK",
        lambda: word({"word/_rels/document.xml.rels": external("image", "file://server/x.png")}),
    ),
    "external workbook": (
        "a.xlsx",
        "EXTERNAL_LINK",
        lambda: excel({"xl/externalLinks/_rels/a.xml.rels": external("externalLinkPath", "other.xlsx")}),
    ),
    "dde in word": (
        "a.docx",
        "ACTIVE_CONTENT",
        lambda: word({"word/document.xml": b"<w:instrText> DdeAuto c:\\\\cmd.exe </w:instrText>"}),
    ),
    "dde in excel": ("a.xlsx", "ACTIVE_CONTENT", lambda: excel({"xl/a.xml": b'<ddeLink ddeService="cmd"/>'})),
    # PDF
    "pdf script": ("a.pdf", "ACTIVE_CONTENT", lambda: pdf(b"<</S/JavaScript/JS(app.alert\\(1\\))>>")),
    "pdf script spelled out": ("a.pdf", "ACTIVE_CONTENT", lambda: pdf(b"<</S/J#61v#61Scrip#74/JS(x)>>")),
    "pdf launch": ("a.pdf", "ACTIVE_CONTENT", lambda: pdf(b"<</S/Launch/F(cmd.exe)>>")),
    "pdf attachment": ("a.pdf", "EMBEDDED_OBJECT", lambda: pdf(b"<</Type/EmbeddedFile>>")),
    "pdf attachments": ("a.pdf", "EMBEDDED_OBJECT", lambda: pdf(b"<</EmbeddedFiles 3 0 R>>")),
    "pdf media": ("a.pdf", "ACTIVE_CONTENT", lambda: pdf(b"<</Subtype/RichMedia>>")),
    "pdf encrypted": ("a.pdf", "ENCRYPTED", lambda: pdf(b"<</Encrypt 5 0 R>>")),
    "pdf packed script": ("a.pdf", "ACTIVE_CONTENT", lambda: pdf(object_stream(b"/ObjStm <</S/JavaScript>>"))),
    "pdf packed bomb": ("a.pdf", "UNPACKED_TOO_LARGE", lambda: pdf(object_stream(b"a" * 60 * MEGABYTE))),
    "pdf packed otherwise": ("a.pdf", "DAMAGED", lambda: pdf(b"<</Type/ObjStm/Filter/LZWDecode>>stream\nabcdef")),
    "pdf of slashes": ("a.pdf", "UNPACKED_TOO_LARGE", lambda: pdf(b"/" * 11 * MEGABYTE)),
    "pdf of streams": ("a.pdf", "DAMAGED", lambda: pdf(object_stream(b"a") * 60_000)),
    "pdf cut short": ("a.pdf", "DAMAGED", lambda: pdf(bytes(5000))[:-10]),
    # images
    "png dimension bomb": ("a.png", "IMAGE_TOO_LARGE", lambda: png(60_000, 60_000)),
    "jpeg dimension bomb": ("a.jpg", "IMAGE_TOO_LARGE", lambda: jpeg(65_000, 65_000)),
    "png without width": ("a.png", "DAMAGED", lambda: png(0, 10)),
    "jpeg without height": ("a.jpg", "DAMAGED", lambda: jpeg(10, 0)),
    "png cut short": ("a.png", "DAMAGED", lambda: png()[:-8]),
    "png with an archive": ("a.png", "DAMAGED", lambda: png() + word()),
    "jpeg cut short": ("a.jpg", "DAMAGED", lambda: jpeg()[:-2]),
    "jpeg of segments": ("a.jpg", "DAMAGED", lambda: jpeg(before=b"\xff\xe0\x00\x02" * 2_500_000)),
    "jpeg of fill bytes": ("a.jpg", "DAMAGED", lambda: jpeg(before=b"\xff" * 11 * MEGABYTE)),
    "jpeg that ends at once": ("a.jpg", "DAMAGED", lambda: b"\xff\xd8\xff"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused(case: str) -> None:
    filename, code, make = HOSTILE[case]
    data = make()
    begun = time.thread_time()
    refused = refusal(data, filename)
    spent = time.thread_time() - begun
    assert refused.code == code, refused.message
    assert refused.message.endswith(".")
    assert refused.message.isprintable()
    assert spent < 0.3  # 0.1 s on an idle machine


@pytest.mark.parametrize(
    "case", ["bomb", "bomb whose header lies", "pdf packed bomb", "20,000 members", "pdf of streams"]
)
def test_memory_stays_flat(case: str) -> None:
    filename, _, make = HOSTILE[case]
    data = make()
    tracemalloc.start()
    try:
        refusal(data, filename)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEGABYTE


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\acta.pdf", "acta.pdf"),
        ("../../etc/acta.pdf", "acta.pdf"),
        ("  punto  de acta.pdf ", "punto  de acta.pdf"),
        ("certificacio\u0301n.pdf", "certificación.pdf"),
        ("<script>alert(1)<br>.pdf", "<script>alert(1)<br>.pdf"),
        ("acta ñ 12-2026.PDF", "acta ñ 12-2026.PDF"),
    ],
)
def test_filename_is_cleaned(sent: str, kept: str) -> None:
    assert inspect_upload(pdf(), sent).filename == kept


@pytest.mark.parametrize(
    "filename",
    [
        "",
        ".pdf",
        "..pdf",
        "carpeta/",
        "acta\0.pdf",
        "acta.pdf\0.exe.pdf",
        "acta\r\nSet-Cookie: a=b.pdf",
        "acta\u202efdp.exe.pdf",
        "acta\u200b.pdf",
        "acta\ud800.pdf",
        "a" * 200 + ".pdf",
        "a" * 1_000_000 + ".pdf",
    ],
)
def test_filename_that_hides_something_is_refused(filename: str) -> None:
    refused = refusal(pdf(), filename)
    assert refused.code == "BAD_FILENAME"
    assert refused.message.isprintable()
