"""What hangs on a convention: its further parties, its adendas, and what each party promised."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.centers import Source
from models.fields import Money, belongs_to, one_of


class ConventionParty(Model):
    """A counterpart beyond the first, which the convention itself names, each signs for itself."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "further_parties")
    convention_id: int
    municipality = belongs_to("Municipality", "further_conventions", null=True)
    municipality_id: str | None
    institution = belongs_to("Institution", "further_conventions", null=True)
    institution_id: int | None
    needed_signatures = fields.IntField(default=1)
    """How many signatures this party needs to give."""
    position = fields.IntField(default=0)

    class Meta:
        table = "convention_parties"
        indexes = (("convention_id", "position"), ("municipality_id",))


class Amendment(Model):
    """An adenda signed for a convention: changed clauses with old and new text, a new end, or both."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "amendments")
    convention_id: int
    ordinal = fields.IntField()
    motive = fields.TextField()
    signed_on = fields.DateField()
    changes: list = fields.JSONField(null=True)
    """Changed clauses: [{"clause": …, "before": …, "after": …}]."""
    old_ends_on = fields.DateField(null=True)
    new_ends_on = fields.DateField(null=True)
    """Last day in force that an extension (prórroga) sets, empty when the term stays."""
    document = belongs_to("OfficialDocument", "amendments", null=True)
    document_id: int | None
    recorded_by = belongs_to("User", "amendments", null=True)
    recorded_by_id: int | None

    class Meta:
        table = "amendments"
        unique_together = (("convention", "ordinal"),)


class CommitmentKind(StrEnum):
    """Whether a party promised to do something, or to contribute something."""

    TASK = "TASK"
    CONTRIBUTION = "CONTRIBUTION"


class Commitment(Model):
    """What one party promised in a convention: item and quantity, with a due date when it has one."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "commitments")
    convention_id: int
    party = fields.CharField(12)
    """SOSEP or COUNTERPART."""
    kind = one_of(CommitmentKind, max_length=14, default=CommitmentKind.TASK, db_default=CommitmentKind.TASK.value)
    item = fields.CharField(200)
    quantity = fields.CharField(120, default="")
    amount = Money(null=True)
    """What a contribution is worth in quetzales, when the convention says so."""
    due_on = fields.DateField(null=True)
    fulfilled_on = fields.DateField(null=True)
    fulfilled_note = fields.TextField(default="", db_default="")
    fulfilled_by = belongs_to("User", "fulfilled_commitments", null=True)
    fulfilled_by_id: int | None
    file = belongs_to("StoredFile", "commitments", null=True)
    file_id: int | None
    """What proves that it was fulfilled."""
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "commitments"
