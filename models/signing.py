"""What a signature needs and leaves: council minutes, delegations of signature, signatures."""

from datetime import date, timedelta
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of

COUNCIL_MINUTE_DAYS = 30
"""Calendar days within which a council's minute is to be approved; default of the legal parameter of that name."""


class Side(StrEnum):
    """Which party signs."""

    SOSEP = "SOSEP"
    COUNTERPART = "COUNTERPART"


class CouncilMinute(Model):
    """The point of the council's minute that authorizes the mayor, session and approval are two dates."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "council_minutes")
    convention_id: int
    act_number = fields.CharField(40)
    point_number = fields.CharField(40)
    session_date = fields.DateField()
    approved_date = fields.DateField(null=True)
    votes_for = fields.IntField(null=True)
    votes_against = fields.IntField(null=True)
    file = belongs_to("StoredFile", "council_minutes", null=True)
    file_id: int | None
    party = belongs_to("ConventionParty", "council_minutes", null=True)
    party_id: int | None
    """The further municipal party whose council it is, empty for the convention's own municipality."""
    recorded_by = belongs_to("User", "council_minutes")
    recorded_by_id: int
    recorded_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "council_minutes"

    def warnings(self, *, days: int = COUNCIL_MINUTE_DAYS) -> list[str]:
        """Say in Spanish what keeps this minute from authorizing a signature; empty when nothing does."""
        return minute_warnings(self.session_date, self.approved_date, self.votes_for, self.votes_against, days=days)


def minute_warnings(
    session_date: date,
    approved_date: date | None,
    votes_for: int | None,
    votes_against: int | None,
    *,
    days: int = COUNCIL_MINUTE_DAYS,
) -> list[str]:
    """Say in Spanish what keeps a council's minute from authorizing a signature; `days` are calendar days."""
    found = []
    if approved_date is None:
        found.append("El acta todavía no consta como leída y aprobada por el Concejo.")
    elif approved_date - session_date > timedelta(days=days):
        found.append(f"El acta se aprobó más de {days} días después de la sesión.")
    if votes_for is not None and votes_against is not None and votes_for <= votes_against:
        found.append("El punto no alcanzó mayoría de votos a favor.")
    return found


class SignatureDelegation(Model):
    """The faculty to sign one agreement, delegated case by case."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "delegations", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "delegations", null=True)
    lease_id: int | None
    instrument = fields.CharField(80)
    number = fields.CharField(40)
    issued_on = fields.DateField()
    delegate_name = fields.CharField(120)
    delegate_position = fields.CharField(160, default="")
    file = belongs_to("StoredFile", "delegations", null=True)
    file_id: int | None
    recorded_by = belongs_to("User", "delegations")
    recorded_by_id: int

    class Meta:
        table = "signature_delegations"


class Signature(Model):
    """Who signed, for which side, in which capacity, where and when, with the scan."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "signatures", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "signatures", null=True)
    lease_id: int | None
    side = one_of(Side, max_length=12)
    signer_name = fields.CharField(120)
    capacity = fields.CharField(160)
    place = fields.CharField(120)
    signed_on = fields.DateField()
    party = belongs_to("ConventionParty", "signatures", null=True)
    party_id: int | None
    """The further party that signs, empty for SOSEP and for the first counterpart."""
    scan = belongs_to("StoredFile", "signatures", null=True)
    scan_id: int | None
    recorded_by = belongs_to("User", "signatures")
    recorded_by_id: int
    recorded_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "signatures"
