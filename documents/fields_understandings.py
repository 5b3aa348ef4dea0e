"""What a carta or a memorándum de entendimiento must be told: two parties or more, and no funds between them."""

from datetime import date
from typing import Self

from pydantic import Field, field_validator, model_validator

from .fields import FreeText, Line, OptionalLine, Part, folded
from .fields_conventions import check_term
from .fields_parties import CenterRef, Contact, PartiesPaper, SigningParty, repeated


class Promise(Part):
    """What one party promises in a letter of understanding."""

    party: Line = Field(description="Parte que se compromete, como se le nombra en el texto: LA SOSEP")
    text: FreeText = Field(description="A qué se compromete, desde el infinitivo: Coordinar las jornadas")


class PartyPromises(Part):
    """What one party promises, as the paper lists it."""

    party: Line = Field(description="Parte que se compromete")
    texts: tuple[FreeText, ...] = Field(min_length=1, description="A qué se compromete")


class EntendimientoFields(PartiesPaper):
    """A carta or a memorándum de entendimiento, SOSEP being one of its parties."""

    title: Line = Field(description="Objeto en una línea")
    parties: tuple[SigningParty, ...] = Field(min_length=2, description="Las partes, dos o más")
    motives: FreeText = Field(description="Motivos")
    areas: tuple[Line, ...] = Field(min_length=1, description="Áreas de cooperación")
    commitments: tuple[Promise, ...] = Field(min_length=1, description="Compromisos de cada parte")
    contacts: tuple[Contact, ...] = Field(default=(), description="Enlaces de cada parte")
    centers: tuple[CenterRef, ...] = Field(default=(), description="Centros que comprende, si los hay")
    starts_on: date | None = Field(default=None, description="Inicio; vacío: desde la fecha de la última firma")
    term_months: int | None = Field(default=None, ge=1, le=600, description="Plazo en meses; vacío: indefinido")
    ends_on: date | None = Field(default=None, description="Último día del plazo; vacío si es indefinido")
    previous_number: OptionalLine = Field(default="", description="Número del instrumento anterior; vacío: no lo hay")

    def signing_parties(self) -> tuple[SigningParty, ...]:
        """Return every party as it was told."""
        return self.parties

    @property
    def promises(self) -> tuple[PartyPromises, ...]:
        """The commitments by party, in the order in which the parties appear."""
        listed = [
            (party.alias, tuple(one.text for one in self.commitments if folded(one.party) == folded(party.alias)))
            for party in self.parties
        ]
        return tuple(PartyPromises(party=alias, texts=texts) for alias, texts in listed if texts)

    @field_validator("parties")
    @classmethod
    def _parties_are_told_apart(cls, parties: tuple[SigningParty, ...]) -> tuple[SigningParty, ...]:
        if twice := repeated(party.name for party in parties):
            raise ValueError(f"{twice} aparece dos veces entre las partes.")
        if twice := repeated(party.alias for party in parties):
            raise ValueError(f"Dos partes llevan el nombre «{twice}» en el texto; dé a cada una el suyo.")
        return parties

    @model_validator(mode="after")
    def _names_and_dates_agree(self) -> Self:
        aliases = {folded(party.alias) for party in self.parties}
        for party in [*(one.party for one in self.commitments), *(one.party for one in self.contacts)]:
            if folded(party) not in aliases:
                raise ValueError(f"«{party}» no es el nombre de una de las partes: {self.aliases}.")
        check_term(self.starts_on, self.ends_on, self.term_months)
        return self
