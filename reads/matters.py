"""Which matter the file of a convention is, as Tabla 14 of the Memoria counts them."""

from models.agreements import ConventionKind
from models.places import ProgramCode
from models.reviews import ReviewMatter

MATTERS = {
    ConventionKind.CARTA_ENTENDIMIENTO: ReviewMatter.CARTA_ENTENDIMIENTO,
    ConventionKind.MEMORANDUM_ENTENDIMIENTO: ReviewMatter.MEMORANDUM_ENTENDIMIENTO,
}
"""Matter of a convention's file by its kind; the other kinds go by their program."""

BY_PROGRAM = {ProgramCode.MAD: ReviewMatter.CONVENTION_MAD, ProgramCode.HC: ReviewMatter.CONVENTION_CADI}
"""Matter of a convention's file by its program; all other programs share CONVENTION_OTHER."""


def matter_of_convention(kind: ConventionKind, program: ProgramCode) -> ReviewMatter:
    """Return the matter of a convention's file by its kind or, where that says nothing, by its program."""
    return MATTERS.get(kind) or BY_PROGRAM.get(program, ReviewMatter.CONVENTION_OTHER)
