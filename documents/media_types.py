"""What kinds of file are called where they are kept and sent."""

_OFFICE = "application/vnd.openxmlformats-officedocument."

WORD = f"{_OFFICE}wordprocessingml.document"
EXCEL = f"{_OFFICE}spreadsheetml.sheet"
PDF = "application/pdf"
