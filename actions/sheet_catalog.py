"""The kinds of spreadsheets that are brought in; a kind is declared in the file named after its noun."""

from actions.sheet_attendance import ATTENDANCE
from actions.sheet_centers import CENTERS
from actions.sheet_court_files import COURT_FILES
from actions.sheets import Sheet
from models.imports import SheetKind

SHEETS: dict[SheetKind, Sheet] = {sheet.kind: sheet for sheet in (CENTERS, ATTENDANCE, COURT_FILES)}
"""Every kind."""
