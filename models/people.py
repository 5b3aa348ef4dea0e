"""People who act, how they prove who they are, and the sessions and tokens they hold."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.places import ProgramCode


class Role(StrEnum):
    """What a person is in the office, one role each."""

    LEGAL = "LEGAL"
    LEGAL_HEAD = "LEGAL_HEAD"
    DIRECTOR = "DIRECTOR"
    COORDINATOR = "COORDINATOR"
    MUNICIPAL = "MUNICIPAL"
    SIGNATORY = "SIGNATORY"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


ROLE_LABELS = {
    Role.LEGAL: "Asesoría Jurídica",
    Role.LEGAL_HEAD: "Jefatura de Asesoría Jurídica",
    Role.DIRECTOR: "Dirección de programa",
    Role.COORDINATOR: "Coordinación departamental",
    Role.MUNICIPAL: "Municipalidad",
    Role.SIGNATORY: "Despacho",
    Role.AUDITOR: "Auditoría interna",
    Role.ADMIN: "Administración",
    Role.SYSTEM: "Sistema",
}
"""What people read for each role."""

SYSTEM_EMAIL = "sistema@convenios.invalid"
"""The engine's own account: it acts in flows, and nobody can sign in as it."""


class User(Model):
    """A person with an account, or the engine itself (role SYSTEM)."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(120, unique=True)
    name = fields.CharField(120)
    position = fields.CharField(160, default="")
    gender = fields.CharField(1, default="F")
    role = one_of(Role, max_length=12)
    municipality = belongs_to("Municipality", "people", null=True)
    municipality_id: str | None
    department = belongs_to("Department", "people", null=True)
    department_id: str | None
    program: ProgramCode | None = one_of(ProgramCode, max_length=20, null=True)
    password_hash = fields.CharField(200, null=True)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "users"


class Session(Model):
    """A browser's sign-in: a random id whose hash is kept here, idle 30 minutes, at most 12 hours."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(64, unique=True)
    user = belongs_to("User", "sessions")
    user_id: int
    created_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"


class ApiToken(Model):
    """A program's key: shown once, kept hashed, expiring, with its last use."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(64, unique=True)
    user = belongs_to("User", "tokens")
    user_id: int
    label = fields.CharField(80, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_tokens"


class FailedSignIn(Model):
    """A wrong password: five for one e-mail within the window close it for a while."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(120, db_index=True)
    at = fields.DatetimeField()

    class Meta:
        table = "failed_sign_ins"
