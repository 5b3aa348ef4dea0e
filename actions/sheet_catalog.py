"""The kinds of spreadsheets that are brought in; a kind is declared in the file named after its noun."""

from actions.sheet_attendance import ATTENDANCE
from actions.sheet_centers import CENTERS
from actions.sheet_conventions import CONVENTIONS
from actions.sheet_court_files import COURT_FILES
from actions.sheet_leases import LEASES
from actions.sheet_licenses import LICENSES
from actions.sheet_people import PEOPLE
from actions.sheets import Sheet
from models.imports import SheetKind

SHEETS: dict[SheetKind, Sheet] = {
    sheet.kind: sheet for sheet in (CONVENTIONS, LEASES, CENTERS, ATTENDANCE, LICENSES, COURT_FILES, PEOPLE)
}
"""Every kind."""
