"""What a convenio must be told, whoever its parties are, and the adenda that changes one."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from .fields import Amount, FreeText, Line, OptionalLine, Part, Person, folded
from .fields_parties import (
    SOSEP_ALIAS,
    SOSEP_NAME,
    CenterRef,
    Contact,
    CouncilMinuteRef,
    Counterpart,
    FurtherParty,
    InstitutionParty,
    MunicipalParty,
    PartiesPaper,
    SigningParty,
    counterparts,
    repeated,
)
from .words import listed


class Commitment(Part):
    """One thing that one party gives."""

    party: Line = Field(description="Parte que aporta: SOSEP, Municipalidad")
    item: Line = Field(description="Qué aporta")
    quantity: OptionalLine = Field(default="", description="Cantidad en palabras; vacía: según disponibilidad")
    amount: Amount | None = Field(default=None, description="Valor en quetzales, si el convenio lo dice")


class Duty(Part):
    """One thing that one party must do."""

    party: Line = Field(description="Parte que se obliga, como la nombran las cláusulas: LA SOSEP, LA MUNICIPALIDAD")
    text: FreeText = Field(description="A qué se obliga, desde el infinitivo: Facilitar el salón comunal")


class PartyDuties(Part):
    """The duties of one party, as its clause lists them."""

    party: Line = Field(description="Parte que se obliga")
    texts: tuple[FreeText, ...] = Field(description="A qué se obliga; vacío: a lo que resulta de sus aportes")


class Post(Part):
    """Staff of one post that one party assigns."""

    party: Line = Field(description="Parte que lo asigna, como la nombran las cláusulas: LA MUNICIPALIDAD")
    title: Line = Field(description="Puesto: Enfermera auxiliar")
    number: int = Field(ge=1, lt=1000, description="Cuántas personas")
    shift: OptionalLine = Field(default="", description="Turno o jornada, si se pacta: turno de noche")


class ConvenioFields(PartiesPaper):
    """A convention between SOSEP and one or more counterparts; the first is a municipality or an institution."""

    WHEN_ISSUED = (*PartiesPaper.WHEN_ISSUED, "dictamen_number", "dictamen_date")

    review_code: Line = Field(description="Código del expediente: EXP-2026-0001")
    program: Line = Field(description="Programa: Mis Años Dorados")
    title: Line = Field(description="Objeto en una línea, tras CONVENIO DE COOPERACIÓN INTERINSTITUCIONAL")
    purpose: FreeText | None = Field(default=None, description="Objeto en detalle, si la línea del título no basta")
    antecedents: FreeText | None = Field(default=None, description="Antecedentes propios de este convenio, si los hay")
    sosep: Person = Field(description="Quien comparece por la Secretaría")
    sosep_further_signers: tuple[Person, ...] = Field(
        default=(), description="Quienes comparecen además por la Secretaría"
    )
    municipality: MunicipalParty | None = Field(default=None, description="Municipalidad contraparte")
    institution: InstitutionParty | None = Field(default=None, description="Institución contraparte")
    further_parties: tuple[FurtherParty, ...] = Field(default=(), description="Otras partes, además de la primera")
    previous_number: OptionalLine = Field(default="", description="Número del convenio anterior; vacío: no lo hay")
    centers: tuple[CenterRef, ...] = Field(default=(), description="Centros que atiende; vacío: ninguno en registro")
    council_minute: CouncilMinuteRef | None = Field(default=None, description="Punto de acta del Concejo Municipal")
    term_months: int | None = Field(default=None, ge=1, le=600, description="Plazo en meses; vacío: indefinido")
    starts_on: date | None = Field(default=None, description="Inicio; vacío: desde la fecha de la última firma")
    ends_on: date | None = Field(default=None, description="Último día del plazo; vacío si es indefinido")
    dictamen_number: OptionalLine = Field(default="", description="Número del dictamen jurídico favorable")
    dictamen_date: date | None = Field(default=None, description="Fecha del dictamen jurídico")
    duties: tuple[Duty, ...] = Field(default=(), description="Obligaciones propias de este convenio, de cada parte")
    commitments: tuple[Commitment, ...] = Field(default=(), description="Aportes de cada parte")
    hours: OptionalLine = Field(default="", description="Días y horas; vacío: los que diga la dirección del programa")
    staff: tuple[Post, ...] = Field(default=(), description="Personal que asigna cada parte: puesto y número")
    notice_days: int = Field(default=60, ge=1, le=730, description="Días de aviso para terminarlo por decisión propia")
    liaisons: tuple[Contact, ...] = Field(default=(), description="Enlaces de cada parte")

    @property
    def counterpart(self) -> Counterpart:
        """The first other party, in the words that the clauses use."""
        return self.counterparts[0]

    @property
    def counterparts(self) -> tuple[Counterpart, ...]:
        """Every other party, in the words that the clauses use."""
        first = FurtherParty(
            municipality=self.municipality, institution=self.institution, council_minute=self.council_minute
        )
        return counterparts((first, *self.further_parties))

    @property
    def several(self) -> bool:
        """Whether SOSEP has more than one counterpart."""
        return bool(self.further_parties)

    @property
    def others(self) -> str:
        """The counterparts as the clauses name them, in one line."""
        return listed(party.alias for party in self.counterparts)

    @property
    def municipal(self) -> bool:
        """Whether a municipality is among the parties."""
        return any(party.municipal for party in self.counterparts)

    @property
    def parties(self) -> tuple[Counterpart, ...]:
        """Every party, SOSEP first."""
        return (_sosep(self.sosep, self.sosep_further_signers), *self.counterparts)

    def signing_parties(self) -> tuple[SigningParty, ...]:
        """Return every party, SOSEP first."""
        return self.parties

    @property
    def sosep_duties(self) -> tuple[str, ...]:
        """What SOSEP must do by this convention besides what its template says."""
        return self._duties_of(SOSEP_ALIAS)

    @property
    def counterpart_duties(self) -> tuple[str, ...]:
        """What the first counterpart must do besides what the template says."""
        return self._duties_of(self.counterpart.alias)

    @property
    def further_duties(self) -> tuple[PartyDuties, ...]:
        """What each counterpart beyond the first must do."""
        aliases = [party.alias for party in self.counterparts[1:]]
        return tuple(PartyDuties(party=alias, texts=self._duties_of(alias)) for alias in aliases)

    def _duties_of(self, alias: str) -> tuple[str, ...]:
        return tuple(duty.text for duty in self.duties if folded(duty.party) == folded(alias))

    @property
    def many_centers(self) -> bool:
        """Whether it serves more than one center."""
        return len(self.centers) > 1

    @property
    def mixed(self) -> bool:
        """Whether its centers are of more than one kind, day and permanent ones."""
        return len({folded(center.kind_label) for center in self.centers}) > 1

    @property
    def places(self) -> int | None:
        """How many people its centers may attend together; None while that of one is not authorized."""
        known = [center.capacity for center in self.centers if center.capacity]
        return sum(known) if known and len(known) == len(self.centers) else None

    @property
    def priced(self) -> bool:
        """Whether any contribution says what it is worth."""
        return any(commitment.amount for commitment in self.commitments)

    @property
    def contributed(self) -> Decimal:
        """What the priced contributions are worth together, in quetzales."""
        return sum((commitment.amount for commitment in self.commitments if commitment.amount), Decimal(0))

    @model_validator(mode="before")
    @classmethod
    def _none_is_empty(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("previous_number", "") is None:
            return {**values, "previous_number": ""}
        return values

    @model_validator(mode="after")
    def _parties_and_dates_agree(self) -> Self:
        if (self.municipality is None) == (self.institution is None):
            raise ValueError("La primera contraparte del convenio es una municipalidad o una institución.")
        if self.institution and self.council_minute:
            raise ValueError("Solo una municipalidad presenta punto de acta del Concejo.")
        if twice := repeated(party.name for party in self.parties):
            raise ValueError(f"{twice} aparece dos veces entre las partes.")
        if twice := repeated(party.alias for party in self.parties):
            raise ValueError(f"Dos partes llevan el nombre «{twice}» en las cláusulas; dé a cada una el suyo.")
        aliases = {folded(party.alias) for party in self.parties}
        obliged = [one.party for one in self.duties] + [one.party for one in self.staff]
        named = obliged + [one.party for one in self.liaisons]
        if stranger := next((party for party in named if folded(party) not in aliases), ""):
            raise ValueError(f"«{stranger}» no es el nombre de una de las partes: {self.aliases}.")
        check_term(self.starts_on, self.ends_on, self.term_months)
        return self


def _sosep(signer: Person, further: tuple[Person, ...]) -> Counterpart:
    return Counterpart(article="la", name=SOSEP_NAME, alias=SOSEP_ALIAS, signer=signer, further_signers=further)


def check_term(starts_on: date | None, ends_on: date | None, months: int | None) -> None:
    """Refuse a term whose dates contradict each other; without months it is indefinite and has no end."""
    if months is None and ends_on:
        raise ValueError("Un plazo indefinido no lleva fecha de fin; indique los meses o quite la fecha.")
    if months and (starts_on is None) != (ends_on is None):
        raise ValueError("Indique inicio y fin del plazo, o ninguno de los dos.")
    if starts_on and ends_on and ends_on < starts_on:
        raise ValueError("El plazo no puede terminar antes de empezar.")


class ClauseChange(Part):
    """A clause that an adenda changes, with its old and its new text."""

    clause: Line = Field(description="Cláusula que se modifica: DÉCIMA TERCERA, SUPERVISIÓN E INFORMES")
    before: FreeText = Field(description="Texto vigente")
    after: FreeText = Field(description="Texto nuevo")

    @field_validator("clause")
    @classmethod
    def _named_without_its_noun(cls, clause: str) -> str:
        # «Cláusula quinta» is typed as often as «quinta»; the paper says the noun itself.
        return re.sub(r"^(la\s+)?cl[aá]usula\s+(?=\S)", "", clause, flags=re.IGNORECASE)

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if self.before.split() == self.after.split():
            raise ValueError("El texto nuevo de la cláusula es igual al vigente.")
        return self


class AdendaFields(PartiesPaper):
    """An adenda: clauses with their old and new text, a later end, or both; the rest of the convention stands."""

    convention_number: Line = Field(description="Número del convenio que se modifica")
    convention_title: Line = Field(description="Objeto del convenio en una línea")
    convention_signed_on: date | None = Field(default=None, description="Fecha del convenio, si consta")
    ordinal: int = Field(ge=1, le=99, description="Qué adenda del convenio es: 1, 2…")
    earlier_amendments: tuple[Line, ...] = Field(default=(), description="Adendas anteriores, con número y fecha")
    motive: FreeText = Field(description="Motivo de la adenda")
    changes: tuple[ClauseChange, ...] = Field(default=(), description="Cláusulas que se modifican")
    old_ends_on: date | None = Field(default=None, description="Último día del plazo vigente")
    new_ends_on: date | None = Field(default=None, description="Último día del plazo prorrogado, si se prorroga")
    dictamen_number: OptionalLine = Field(default="", description="Número del dictamen jurídico, si lo hay")
    dictamen_date: date | None = Field(default=None, description="Fecha del dictamen jurídico")
    sosep: Person = Field(description="Quien comparece por la Secretaría")
    sosep_further_signers: tuple[Person, ...] = Field(
        default=(), description="Quienes comparecen además por la Secretaría"
    )
    counterparts: tuple[SigningParty, ...] = Field(min_length=1, description="Las demás partes del convenio")

    @property
    def extension(self) -> bool:
        """Whether this adenda extends the term (prórroga)."""
        return self.new_ends_on is not None

    @property
    def parties(self) -> tuple[SigningParty, ...]:
        """Every party, SOSEP first."""
        return (_sosep(self.sosep, self.sosep_further_signers), *self.counterparts)

    def signing_parties(self) -> tuple[SigningParty, ...]:
        """Return every party, SOSEP first."""
        return self.parties

    @field_validator("changes")
    @classmethod
    def _each_clause_once(cls, changes: tuple[ClauseChange, ...]) -> tuple[ClauseChange, ...]:
        if twice := repeated(change.clause for change in changes):
            raise ValueError(f"La cláusula «{twice}» aparece dos veces entre las que se modifican.")
        return changes

    @model_validator(mode="after")
    def _changes_something_that_still_lives(self) -> Self:
        if not self.changes and self.new_ends_on is None:
            raise ValueError("La adenda modifica al menos una cláusula o el plazo.")
        if self.new_ends_on:
            if self.old_ends_on is None:
                raise ValueError("Para prorrogar, indique el último día del plazo vigente.")
            if self.new_ends_on <= self.old_ends_on:
                raise ValueError("El plazo prorrogado debe terminar después del vigente.")
            if self.issued_on > self.old_ends_on:
                raise ValueError("Un convenio vencido no se prorroga: corresponde suscribir uno nuevo.")
        if twice := repeated(party.alias for party in self.parties):
            raise ValueError(f"Dos partes llevan el nombre «{twice}» en las cláusulas; dé a cada una el suyo.")
        return self
