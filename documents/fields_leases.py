"""What the papers of a lease must be told: the acta de negociación and the contrato de arrendamiento."""

from datetime import date, time
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from .fields import Amount, FreeText, Line, Nit, OptionalLine, PaperFields, Part, Person, folded
from .fields_parties import Article, repeated, voice


class PremisesRef(Part):
    """Premises that SOSEP uses, with the day from which it does."""

    number: Line = Field(description="Número del arrendamiento o adscripción en el registro")
    address: Line = Field(description="Dirección del inmueble")
    municipality: Line = Field(description="Municipio del inmueble")
    department: Line = Field(description="Departamento del inmueble")
    finca: OptionalLine = Field(default="", description="Número de finca; vacío: sin inscripción registral")
    folio: OptionalLine = Field(default="", description="Número de folio")
    libro: OptionalLine = Field(default="", description="Libro: 120 de Alta Verapaz")
    use: Line = Field(description="Uso del inmueble: funcionamiento del Centro de Atención Diurna")
    starts_on: date = Field(description="Primer día del plazo")

    @model_validator(mode="after")
    def _registration_is_whole(self) -> Self:
        if len({bool(part) for part in (self.finca, self.folio, self.libro)}) > 1:
            raise ValueError("Indique finca, folio y libro, o ninguno de los tres.")
        return self


class LeaseRef(PremisesRef):
    """The lease that a paper is about; its total is its rent by its months, to the last centavo."""

    landlord_name: Line = Field(description="Nombre del arrendante, persona o entidad")
    landlord_nit: Nit = Field(description="NIT del arrendante: 1234567-8")
    ends_on: date = Field(description="Último día del plazo")
    term_months: int = Field(ge=1, le=600, description="Plazo en meses")
    monthly_rent: Amount = Field(description="Renta mensual en quetzales")
    total: Amount = Field(description="Monto total: la renta por los meses")
    budget_line: OptionalLine = Field(default="", description="Partida presupuestaria; vacía: la que asigne la unidad")

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date, told: ValidationInfo) -> date:
        starts_on = told.data.get("starts_on")
        if starts_on and ends_on < starts_on:
            raise ValueError("El plazo no puede terminar antes de empezar.")
        return ends_on

    @field_validator("total")
    @classmethod
    def _total_is_rent_by_months(cls, total: Decimal, told: ValidationInfo) -> Decimal:
        rent, months = told.data.get("monthly_rent"), told.data.get("term_months")
        if rent and months and total != rent * months:
            one = "un mes" if months == 1 else f"{months} meses"
            raise ValueError(f"El total debe ser Q.{rent * months:,.2f}: Q.{rent:,.2f} al mes por {one}.")
        return total


class AssignmentRef(PremisesRef):
    """Premises that another institution of the State lets SOSEP use, without rent."""

    owner: Line = Field(description="Institución propietaria: Ministerio de Educación")
    owner_article: Article = Field(default="la", description="Artículo que lleva su nombre")
    ends_on: date | None = Field(default=None, description="Último día del plazo; vacío: mientras dure el destino")
    term_months: int | None = Field(default=None, ge=1, le=600, description="Plazo en meses, si tiene fin")

    @model_validator(mode="after")
    def _term_is_whole(self) -> Self:
        if (self.ends_on is None) != (self.term_months is None):
            raise ValueError("Indique plazo y último día, o ninguno de los dos.")
        return self


class Attendee(Part):
    """Somebody present at an acta."""

    name: Line = Field(description="Nombre completo")
    position: Line = Field(description="Cargo o calidad con que asiste: arrendante")


class ActaFields(PaperFields):
    """What every acta says that is written in an authorized book."""

    book: Line = Field(description="Libro de actas: Libro de Actas de Negociación número 2")
    book_registry: Line = Field(description="Registro del libro en la Contraloría General de Cuentas: L2 45,123")
    folio_from: int = Field(ge=1, lt=10**6, description="Primera hoja del acta en el libro")
    folio_to: int = Field(ge=1, lt=10**6, description="Última hoja del acta en el libro")
    start_time: time = Field(description="Hora de inicio")
    end_time: time = Field(description="Hora de cierre")
    attendees: tuple[Attendee, ...] = Field(min_length=2, description="Quienes asisten y firman")
    points: tuple[FreeText, ...] = Field(default=(), description="Otros puntos que se acuerdan, si los hay")

    @field_validator("folio_to")
    @classmethod
    def _folios_go_on(cls, folio_to: int, told: ValidationInfo) -> int:
        if folio_to < told.data.get("folio_from", folio_to):
            raise ValueError("La última hoja no puede ir antes que la primera.")
        return folio_to

    @field_validator("end_time")
    @classmethod
    def _closes_after_it_opens(cls, end_time: time, told: ValidationInfo) -> time:
        if end_time <= told.data.get("start_time", time.min):
            raise ValueError("La hora de cierre debe ser posterior a la de inicio.")
        return end_time

    @field_validator("attendees")
    @classmethod
    def _nobody_attends_twice(cls, attendees: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
        if twice := repeated(attendee.name for attendee in attendees):
            raise ValueError(f"{twice} aparece dos veces entre quienes asisten.")
        return attendees

    @property
    def sheets(self) -> int:
        """Sheets that the acta takes in its book."""
        return self.folio_to - self.folio_from + 1


class ActaNegociacionFields(ActaFields):
    """The acta that a lease of smaller amount is agreed in."""

    lease: LeaseRef = Field(description="Arrendamiento que se negocia")


class DelegationRef(Part):
    """The delegation that lets somebody sign one contract for the State."""

    instrument: Line = Field(description="Clase de instrumento: Acuerdo, Resolución, oficio")
    number: Line = Field(description="Número del instrumento")
    issued_on: date = Field(description="Fecha del instrumento")
    delegate_name: Line = Field(description="Nombre de la persona delegada")
    delegate_position: Line = Field(description="Cargo de la persona delegada")


class ActaAdscripcionFields(ActaFields):
    """The acta in which an institution of the State lets SOSEP use premises of its own."""

    assignment: AssignmentRef = Field(description="Adscripción que se hace constar")
    delegation: DelegationRef | None = Field(default=None, description="Delegación para firmar esta acta")
    dictamen_number: Line = Field(description="Número del dictamen jurídico favorable")
    dictamen_date: date = Field(description="Fecha del dictamen jurídico")


class ContratoArrendamientoFields(PaperFields):
    """A contract of lease between the State, through SOSEP, and the owner of the premises."""

    lease: LeaseRef = Field(description="Arrendamiento que se contrata")
    sosep: Person = Field(description="Quien comparece por el Estado")
    landlord: Person = Field(description="Quien comparece como arrendante o en su representación")
    landlord_company: OptionalLine = Field(
        default="", description="Entidad arrendante, si quien comparece la representa; vacía: comparece por sí"
    )
    delegation: DelegationRef | None = Field(default=None, description="Delegación para firmar este contrato")
    ownership: FreeText = Field(description="Cómo acredita el arrendante la propiedad del inmueble")
    guarantee: FreeText | None = Field(default=None, description="Garantía, si se pacta")
    dictamen_number: Line = Field(description="Número del dictamen jurídico favorable")
    dictamen_date: date = Field(description="Fecha del dictamen jurídico")
    publications: tuple[Line, ...] = Field(default=(), description="Publicaciones: NOG 12345678")

    @property
    def voice(self) -> Literal["F", "M"]:
        """The gender in which both who appear speak: nosotras, nosotros."""
        return voice((self.sosep, self.landlord))

    @field_validator("landlord_company")
    @classmethod
    def _the_landlord_is_the_one_of_the_lease(cls, company: str, told: ValidationInfo) -> str:
        lease = told.data.get("lease")
        if lease and company and folded(company) != folded(lease.landlord_name):
            raise ValueError(f"El arrendamiento nombra como arrendante a {lease.landlord_name}.")
        return company

    @field_validator("delegation")
    @classmethod
    def _the_delegate_appears(cls, delegation: DelegationRef | None, told: ValidationInfo) -> DelegationRef | None:
        sosep = told.data.get("sosep")
        if delegation and sosep and folded(delegation.delegate_name) != folded(sosep.name):
            raise ValueError(f"La delegación nombra a {delegation.delegate_name}, pero comparece {sosep.name}.")
        return delegation

    @model_validator(mode="after")
    def _a_person_appears_for_what_is_theirs(self) -> Self:
        if not self.landlord_company and folded(self.landlord.name) != folded(self.lease.landlord_name):
            raise ValueError(
                f"El arrendamiento nombra como arrendante a {self.lease.landlord_name}, pero comparece "
                f"{self.landlord.name}; si es una entidad, indíquela."
            )
        return self
