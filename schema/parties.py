"""The counterparts of a convention in the API."""

from typing import Self

import strawberry

from models.places import Sector
from models.signing import Side
from reads.agreements import signatures_by_convention
from reads.parties import Party
from schema.context import Info
from schema.ids import global_id
from schema.places import Institution, Municipality, institution_of, municipality_of
from schema.signing import Signature


@strawberry.type(description="Una contraparte de un convenio: municipalidad u otra institución.")
class ConventionParty:
    name: str = strawberry.field(description="Nombre, como se lee en el documento.")
    sector: Sector = strawberry.field(description="Sector al que pertenece.")
    needed_signatures: int = strawberry.field(description="Cuántas firmas necesita.")
    party: strawberry.Private[Party]

    @classmethod
    def of_party(cls, party: Party) -> Self:
        """Make one from what the database says of the party."""
        return cls(name=party.name, sector=party.sector, needed_signatures=party.needed_signatures, party=party)

    @strawberry.field(description="Con qué se la nombra al anotar su firma; vacío para la primera.")
    def party_id(self) -> strawberry.ID | None:
        return global_id("ConventionParty", self.party.party_id) if self.party.party_id else None

    @strawberry.field(description="Municipio, si es una municipalidad.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.party.municipality_id)

    @strawberry.field(description="Institución, si no es una municipalidad.")
    async def institution(self, info: Info) -> Institution | None:
        return await institution_of(info, self.party.institution_id)

    @strawberry.field(description="Firmas que ya dio, en su orden.")
    async def signatures(self, info: Info) -> list[Signature]:
        given = await Signature.each(info, signatures_by_convention, self.party.convention_id)
        return [one for one in given if one.party_id == self.party.party_id and one.side == Side.COUNTERPART]
