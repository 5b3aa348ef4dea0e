"""A public listing as CSV, as RFC 4180 says: plain rows in, bytes out."""

import csv
import io
from collections.abc import Iterable, Sequence

from documents.list_files import safe_cell


def listing_csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the table alone, with its headings: commas, CRLF, UTF-8 with its mark, so that spreadsheets read accents.

    No cell is a formula: `safe_cell` says what stands before one that would be.
    """
    sheet = io.StringIO()
    lines = csv.writer(sheet, lineterminator="\r\n")
    lines.writerow(names)
    lines.writerows([safe_cell(cell) for cell in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")
