"""What each party gives to a center: staff posts, food, premises. And what SOSEP allows by number of children."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import Money, belongs_to, one_of


class ContributionParty(StrEnum):
    """Who gives it."""

    SOSEP = "SOSEP"
    MUNICIPALITY = "MUNICIPALITY"
    OTHER = "OTHER"


class ContributionKind(StrEnum):
    """What is given, STAFF are posts."""

    STAFF = "STAFF"
    FOOD = "FOOD"
    SUPPLIES = "SUPPLIES"
    THERAPY = "THERAPY"
    PREMISES = "PREMISES"
    SERVICES = "SERVICES"
    EQUIPMENT = "EQUIPMENT"
    OTHER = "OTHER"


class CenterContribution(Model):
    """What a party gives to a center from a day on, until another day or without an end."""

    id = fields.IntField(primary_key=True)
    center = belongs_to("Center", "contributions")
    center_id: int
    party = one_of(ContributionParty, max_length=12)
    party_name = fields.CharField(160, default="")
    """Who, when the party is neither SOSEP nor the municipality."""
    kind = one_of(ContributionKind, max_length=10)
    description = fields.CharField(200)
    """The post («Enfermera auxiliar») or the thing («Almuerzo y dos refacciones»)."""
    quantity = fields.IntField(null=True)
    """Posts, for staff, empty for what is not counted."""
    monthly_amount = Money(null=True)
    """Quetzales a month for all of it, empty when it is not known."""
    since = fields.DateField()
    until = fields.DateField(null=True)
    """Last day on which it is given."""
    convention = belongs_to("Convention", "contributions", null=True)
    """The convention in which it was promised."""
    convention_id: int | None
    end_reason = fields.TextField(default="")
    recorded_by = belongs_to("User", "contributions_recorded")
    recorded_by_id: int
    version = fields.IntField(default=1)

    class Meta:
        table = "center_contributions"
        indexes = (("center_id", "since", "id"), ("convention_id",))


class AllowanceBasis(StrEnum):
    """For whom or what an allowance is given."""

    CENTER = "CENTER"
    CHILD = "CHILD"
    CAREGIVER = "CAREGIVER"


class AllowancePeriod(StrEnum):
    """How often an allowance is given."""

    MONTH = "MONTH"
    DAY = "DAY"
    ONCE = "ONCE"


class AllowanceRate(Model):
    """What SOSEP allows a Hogar Comunitario or CADI for one thing, by number of children, between two days."""

    id = fields.IntField(primary_key=True)
    item = fields.CharField(40)
    item_label = fields.CharField(120)
    children_min = fields.IntField(null=True)
    """First number of children of the bracket, empty when it does not depend on them."""
    children_max = fields.IntField(null=True)
    amount = Money()
    basis = one_of(AllowanceBasis, max_length=10)
    period = one_of(AllowancePeriod, max_length=6)
    is_ceiling = fields.BooleanField(default=False)
    """Whether it is the most that may be given, not what is given."""
    since = fields.DateField()
    until = fields.DateField(null=True)
    source = fields.CharField(160, default="")

    class Meta:
        table = "allowance_rates"
        unique_together = (("item", "children_min", "since"),)
