"""How large a made-up paper is, and the pieces that all of them share."""

from dataclasses import dataclass
from typing import Literal

from .fields import Identity, Person

MANY = 40
"""Clauses, centers, norms or items of an extreme paper."""
LONG = 300
"""Signs of an extreme name."""
_FILLING = " de los Ángeles & Compañía «La Esperanza» <Ñandú>"


@dataclass(frozen=True)
class Scale:
    """How many items a list holds, and whether names and texts are as long as they ever get."""

    many: int
    long: bool

    def name(self, plain: str) -> str:
        """Return a name, stretched to 300 signs in an extreme paper."""
        if not self.long:
            return plain
        return (plain + _FILLING * (LONG // len(_FILLING) + 1))[: LONG - 1] + "o"


USUAL = Scale(1, long=False)
EXTREME = Scale(MANY, long=True)


def paragraph(scale: Scale) -> str:
    """Return a free text: a paragraph, or several long ones with what Word and XML could mistake."""
    if not scale.long:
        return "Texto de ejemplo, que no dice nada verdadero."
    return "\n".join([f"Párrafo {n}: artículos 1 & 2, «{'texto ' * 40}» <fin>." for n in range(1, 4)])


def lawyer(scale: Scale, name: str, position: str, gender: Literal["F", "M"] = "F") -> Person:
    """Return a made-up professional of law."""
    return Person(name=scale.name(name), position=scale.name(position), gender=gender, bar_number="12,345")


def appearing(scale: Scale, name: str, position: str, gender: Literal["F", "M"] = "F") -> Person:
    """Return a made-up person as a comparecencia names her or him; the CUI is nobody's."""
    identity = Identity(
        age=41,
        civil_status="casada" if gender == "F" else "casado",
        nationality="guatemalteca" if gender == "F" else "guatemalteco",
        profession=scale.name("comerciante"),
        domicile="Guatemala",
        cui="1939712830701",
    )
    return Person(
        name=scale.name(name),
        position=scale.name(position),
        gender=gender,
        appointment=scale.name("Acuerdo de nombramiento de ejemplo"),
        identity=identity,
    )
