"""The directory of institutions that SOSEP makes conventions with, besides municipalities."""

from actions.audited import audited
from actions.refusals import Checks, ErrorCode, Problem, Refusal
from models.audit import Verb
from models.fields import folded
from models.people import User
from models.places import Institution, Sector


async def add_institution(*, actor: User, name: str, short_name: str, sector: Sector) -> Institution:
    """Add an institution; a name that is known, however it is spelled, is refused and said which one it is."""
    checks = Checks()
    name = " ".join(checks.text(name, "name", label="el nombre", most=200).split())
    short_name = " ".join(checks.text(short_name, "shortName", label="el nombre corto", most=80).split())
    municipal = "Las municipalidades ya están en el catálogo: elija el sector de otra institución."
    checks.that(sector != Sector.MUNICIPALITY, "sector", municipal)
    checks.done()
    async with audited(Verb.ADD_INSTITUTION, actor=actor) as entry:
        wanted = folded(name)
        for known in await Institution.all().values_list("name", flat=True):
            if folded(str(known)) == wanted:
                message = f"Ya está en la lista como «{known}»."
                raise Refusal(Problem(ErrorCode.CONFLICT, message, ("name",)))
        words = folded(name, short_name)
        made = await entry.create(Institution, name=name, short_name=short_name, sector=sector, search=words[:300])
        entry.about(made, f"{actor.name} agregó la institución {name}.")
        return entry.answers(made)
