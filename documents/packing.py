"""Word files as packages: the same document gives the same bytes in any process, time zone and hash seed."""

import io
import zipfile
from datetime import UTC, date, datetime

from docx.document import Document as WordDocument

FIRST = "[Content_Types].xml"
EPOCH = (1980, 1, 1, 0, 0, 0)


def set_properties(document: WordDocument, title: str, subject: str, identifier: str, on: date) -> None:
    """Fix the core properties; both instants are noon UTC of the issue date, which is that date in Guatemala too."""
    instant = datetime(on.year, on.month, on.day, 12, tzinfo=UTC).replace(tzinfo=None)
    properties = document.core_properties
    properties.title, properties.subject, properties.identifier = title[:255], subject[:255], identifier[:255]
    properties.author = properties.last_modified_by = "SOSEP, Asesoría Jurídica"
    properties.comments, properties.keywords, properties.category = "", "", ""
    properties.language, properties.revision, properties.version = "es-GT", 1, "1"
    properties.created = properties.modified = instant


def pack(document: WordDocument) -> bytes:
    """Return the document as .docx bytes with sorted members and fixed dates."""
    saved = io.BytesIO()
    document.save(saved)
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != FIRST, name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            # Windows and Linux write different creator marks; zero and no attributes are the same everywhere.
            member.create_system, member.external_attr = 0, 0
            target.writestr(member, source.read(name), compresslevel=6)
    return packed.getvalue()
