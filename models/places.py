"""Departments, municipalities and the ways people write them; institutions, programs and departmental offices."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class ProgramCode(StrEnum):
    """Programs and directions of SOSEP that make agreements (Memoria 2024-2025, chapters 02 to 06)."""

    MAD = "MAD"
    HC = "HC"
    MUJER = "MUJER"
    SERVICIO_SOCIAL = "SERVICIO_SOCIAL"
    INSTITUCIONAL = "INSTITUCIONAL"


class Sector(StrEnum):
    """What kind of institution a counterpart is, NGO and INTERNATIONAL are listed by Decreto 101-97, art. 17 ter."""

    GOVERNMENT = "GOVERNMENT"
    MUNICIPALITY = "MUNICIPALITY"
    NGO = "NGO"
    PRIVATE = "PRIVATE"
    INTERNATIONAL = "INTERNATIONAL"
    UNIVERSITY = "UNIVERSITY"


class Department(Model):
    """One of the 22 departments, by INE code."""

    code = fields.CharField(2, primary_key=True)
    iso = fields.CharField(6)
    name = fields.CharField(60)
    capital = fields.CharField(60)

    class Meta:
        table = "departments"


class Municipality(Model):
    """One of the 340 municipalities, by INE code, its first two digits are the department, always."""

    code = fields.CharField(4, primary_key=True)
    department = belongs_to("Department", "municipalities")
    department_id: str
    name = fields.CharField(80)

    class Meta:
        table = "municipalities"
        ordering = ["code"]


class MunicipalityAlias(Model):
    """A spelling found in papers for a municipality or a place in it, one alias may point to two municipalities."""

    id = fields.IntField(primary_key=True)
    alias = fields.CharField(120)
    search = fields.CharField(120, db_index=True)
    municipality = belongs_to("Municipality", "aliases")
    municipality_id: str
    settlement = fields.CharField(80, default="")
    where_seen = fields.CharField(120, default="")
    reason = fields.CharField(40, default="")
    note = fields.TextField(default="")

    class Meta:
        table = "municipality_aliases"
        unique_together = (("alias", "municipality"),)


class DepartmentAlias(Model):
    """A spelling found in papers for a department, without a department when the words name none."""

    id = fields.IntField(primary_key=True)
    alias = fields.CharField(120, unique=True)
    department = belongs_to("Department", "aliases", null=True)
    department_id: str | None
    where_seen = fields.CharField(120, default="")
    reason = fields.CharField(40, default="")
    note = fields.TextField(default="")

    class Meta:
        table = "department_aliases"


class Program(Model):
    """A program of SOSEP, with the direction that runs it."""

    code = one_of(ProgramCode, max_length=20, primary_key=True)
    name = fields.CharField(120)
    direction = fields.CharField(160)

    class Meta:
        table = "programs"


class Institution(Model):
    """A counterpart that is not a municipality, as the office's report names it."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(200, unique=True)
    short_name = fields.CharField(80)
    sector = one_of(Sector, max_length=20)
    note = fields.TextField(default="")
    search = fields.CharField(300, default="")

    class Meta:
        table = "institutions"


class DepartmentalOffice(Model):
    """A sede departamental, dated because offices open and close."""

    id = fields.IntField(primary_key=True)
    department = belongs_to("Department", "offices")
    department_id: str
    name = fields.CharField(120, unique=True)
    address = fields.CharField(200, default="", db_default="")
    phone = fields.CharField(40, default="", db_default="")
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "departmental_offices"


class Gender(StrEnum):
    """How papers agree with a person: alcaldesa, alcalde."""

    F = "F"
    M = "M"


class OfficeHolder(Model):
    """Who signs for a municipality, for an institution, or for SOSEP (neither), and between which dates."""

    id = fields.IntField(primary_key=True)
    municipality = belongs_to("Municipality", "office_holders", null=True)
    municipality_id: str | None
    institution = belongs_to("Institution", "office_holders", null=True)
    institution_id: int | None
    name = fields.CharField(120)
    position = fields.CharField(160)
    gender = fields.CharField(1)
    appointment = fields.TextField(default="")
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)
    source = fields.CharField(10, default="SYSTEM")
    recorded_by = belongs_to("User", "recorded_holders", null=True)
    recorded_by_id: int | None

    class Meta:
        table = "office_holders"
