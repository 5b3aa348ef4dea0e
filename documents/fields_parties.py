"""The parties of conventions and letters of understanding, as papers name them and as they sign."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .fields import Line, OptionalLine, PaperFields, Part, Person, folded
from .words import listed

Article = Literal["el", "la", "los", "las"]
SOSEP_NAME = "Secretaría de Obras Sociales de la Esposa del Presidente de la República"
SOSEP_ALIAS = "LA SOSEP"


def voice(persons: Iterable[Person]) -> Literal["F", "M"]:
    """Return the gender that people speak with together: feminine only when all of them are women."""
    return "F" if all(person.gender == "F" for person in persons) else "M"


def repeated(names: Iterable[str]) -> str:
    """Return the first name that stands twice; empty when none does."""
    seen: set[str] = set()
    for name in names:
        if folded(name) in seen:
            return name
        seen.add(folded(name))
    return ""


class CenterRef(Part):
    """A center that a convention serves."""

    code: OptionalLine = Field(default="", description="Código del centro")
    name: Line = Field(description="Nombre del centro")
    kind_label: Line = Field(description="Clase de centro en palabras: Centro de Atención Diurna")
    address: OptionalLine = Field(default="", description="Dirección del inmueble")
    capacity: int | None = Field(
        default=None, ge=1, lt=10**6, description="Personas que puede atender; vacía: no está autorizada todavía"
    )


class CouncilMinuteRef(Part):
    """The point of a council's minute that authorizes the mayor to sign."""

    act_number: Line = Field(description="Número del acta del Concejo Municipal")
    point_number: Line = Field(description="Punto del acta, en palabras o número: TERCERO")
    session_date: date = Field(description="Fecha de la sesión")
    approved_date: date | None = Field(default=None, description="Fecha en que el acta fue leída y aprobada")


class Contact(Part):
    """Whom a party names for the day-to-day."""

    party: Line = Field(description="Parte que lo designa, como se le nombra en el texto: LA SOSEP")
    name: Line = Field(description="Nombre o cargo del enlace")
    detail: Line = Field(description="Teléfono, correo o dirección")


class SigningParty(Part):
    """A party as the clauses name it, with everybody who signs for it."""

    name: Line = Field(description="Nombre completo: Ministerio de Educación")
    article: Article = Field(default="la", description="Artículo que lleva el nombre: el, la, los, las")
    alias: Line = Field(description="Nombre en las cláusulas, con su artículo: LA MUNICIPALIDAD, EL MINISTERIO")
    signer: Person = Field(description="Quien comparece y firma por la parte")
    further_signers: tuple[Person, ...] = Field(default=(), description="Quienes comparecen y firman además")

    @property
    def signers(self) -> tuple[Person, ...]:
        """Everybody who signs for this party."""
        return (self.signer, *self.further_signers)


class PartiesPaper(PaperFields):
    """A paper that several parties appear in and sign."""

    def signing_parties(self) -> tuple[SigningParty, ...]:
        """Return every party, in the order in which they appear and sign."""
        raise NotImplementedError

    @property
    def voice(self) -> Literal["F", "M"]:
        """The gender in which all who appear speak: nosotras, nosotros."""
        return voice(person for party in self.signing_parties() for person in party.signers)

    @property
    def party_count(self) -> int:
        """How many parties there are; each keeps an original."""
        return len(self.signing_parties())

    @property
    def aliases(self) -> str:
        """The parties as the clauses name them, in one line."""
        return listed(party.alias for party in self.signing_parties())


class Counterpart(SigningParty):
    """A party of a convention as its clauses name it, whichever it is."""

    municipal: bool = Field(default=False, description="Si es una municipalidad")
    council_minute: CouncilMinuteRef | None = Field(default=None, description="Punto de acta de su Concejo")


class MunicipalParty(Part):
    """A municipality as counterpart."""

    name: Line = Field(description="Nombre del municipio: San Juan Chamelco")
    department: Line = Field(description="Nombre del departamento: Alta Verapaz")
    mayor: Person = Field(description="Alcalde o alcaldesa que comparece")
    alias: OptionalLine = Field(default="", description="Nombre en las cláusulas; vacío: LA MUNICIPALIDAD")
    further_signers: tuple[Person, ...] = Field(default=(), description="Quienes comparecen y firman además")


class InstitutionParty(Part):
    """Another institution as counterpart."""

    name: Line = Field(description="Nombre de la institución: Ministerio de Educación")
    article: Article = Field(default="la", description="Artículo que lleva el nombre: el, la, los, las")
    representative: Person = Field(description="Representante que comparece")
    alias: OptionalLine = Field(default="", description="Nombre en las cláusulas; vacío: LA INSTITUCIÓN")
    further_signers: tuple[Person, ...] = Field(default=(), description="Quienes comparecen y firman además")


class FurtherParty(Part):
    """A counterpart beyond the first: a municipality or another institution, exactly one of the two."""

    municipality: MunicipalParty | None = Field(default=None, description="Municipalidad que también es parte")
    institution: InstitutionParty | None = Field(default=None, description="Institución que también es parte")
    council_minute: CouncilMinuteRef | None = Field(default=None, description="Punto de acta de su Concejo Municipal")

    @model_validator(mode="after")
    def _is_one_party(self) -> Self:
        if (self.municipality is None) == (self.institution is None):
            raise ValueError("Cada parte es una municipalidad o una institución.")
        if self.institution and self.council_minute:
            raise ValueError("Solo una municipalidad presenta punto de acta del Concejo.")
        return self


def counterparts(parties: Iterable[FurtherParty]) -> tuple[Counterpart, ...]:
    """Return the parties as clauses name them: several of a kind are told apart by their names."""
    told = tuple(parties)
    several_towns = sum(party.municipality is not None for party in told) > 1
    several_institutions = sum(party.institution is not None for party in told) > 1
    return tuple(_counterpart(party, several_towns, several_institutions) for party in told)


def _counterpart(party: FurtherParty, several_towns: bool, several_institutions: bool) -> Counterpart:
    if town := party.municipality:
        alias = f"LA MUNICIPALIDAD DE {town.name.upper()}" if several_towns else "LA MUNICIPALIDAD"
        return Counterpart(
            article="la",
            name=f"Municipalidad de {town.name}, departamento de {town.department}",
            alias=town.alias or alias,
            signer=town.mayor,
            further_signers=town.further_signers,
            municipal=True,
            council_minute=party.council_minute,
        )
    institution = party.institution
    assert institution is not None  # the validator above demands one of the two
    alias = f"{institution.article} {institution.name}".upper() if several_institutions else "LA INSTITUCIÓN"
    return Counterpart(
        article=institution.article,
        name=institution.name,
        alias=institution.alias or alias,
        signer=institution.representative,
        further_signers=institution.further_signers,
    )
