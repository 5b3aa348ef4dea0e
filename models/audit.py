"""The audit chain: every deed, who did it, what changed, each entry sealed by the hash of the one before."""

import hashlib
from enum import StrEnum
from typing import Any

import orjson
from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class Verb(StrEnum):
    """Every deed that changes a record, the same phrase names the action, the mutation and the test."""

    SIGN_IN = "SIGN_IN"
    SIGN_OUT = "SIGN_OUT"
    ADD_PERSON = "ADD_PERSON"
    CREATE_TOKEN = "CREATE_TOKEN"
    LOAD_CATALOGS = "LOAD_CATALOGS"
    LOAD_2024 = "LOAD_2024"
    UPLOAD_FILE = "UPLOAD_FILE"
    FORGET_FILES = "FORGET_FILES"
    REQUEST_RENEWAL = "REQUEST_RENEWAL"
    SUBMIT_REQUIREMENT = "SUBMIT_REQUIREMENT"
    SUBMIT_FOR_REVIEW = "SUBMIT_FOR_REVIEW"
    ADMIT_REVIEW = "ADMIT_REVIEW"
    ASSIGN_REVIEW = "ASSIGN_REVIEW"
    RETURN_REVIEW = "RETURN_REVIEW"
    ISSUE_DICTAMEN = "ISSUE_DICTAMEN"
    PREPARE_AGREEMENT = "PREPARE_AGREEMENT"
    RECORD_COUNCIL_MINUTE = "RECORD_COUNCIL_MINUTE"
    RECORD_SIGNATURE = "RECORD_SIGNATURE"
    CLOSE_REVIEW = "CLOSE_REVIEW"
    WITHDRAW_REVIEW = "WITHDRAW_REVIEW"
    REMIND = "REMIND"
    PUBLISH_AUDIT_HEAD = "PUBLISH_AUDIT_HEAD"
    ISSUE_DOCUMENT = "ISSUE_DOCUMENT"
    ISSUE_LEASE_PAPER = "ISSUE_LEASE_PAPER"
    VOID_DOCUMENT = "VOID_DOCUMENT"
    SET_SERIES_PATTERN = "SET_SERIES_PATTERN"
    SAVE_DRAFT = "SAVE_DRAFT"
    SUBMIT_DRAFT = "SUBMIT_DRAFT"
    DECIDE_DRAFT = "DECIDE_DRAFT"
    MEET_CONDITION = "MEET_CONDITION"
    DEFER_CONDITION = "DEFER_CONDITION"
    REGISTER_REVIEW = "REGISTER_REVIEW"
    CONCLUDE_REVIEW = "CONCLUDE_REVIEW"
    ESCALATE = "ESCALATE"
    REQUEST_LEASE = "REQUEST_LEASE"
    CHANGE_LEASE = "CHANGE_LEASE"
    CONFIRM_LEASE_FORM = "CONFIRM_LEASE_FORM"
    RENEW_LEASE = "RENEW_LEASE"
    TERMINATE_LEASE = "TERMINATE_LEASE"
    RECORD_DELEGATION = "RECORD_DELEGATION"
    REQUEST_LICENSE = "REQUEST_LICENSE"
    RECORD_LICENSE = "RECORD_LICENSE"
    REQUEST_CONVENTION = "REQUEST_CONVENTION"
    AMEND_CONVENTION = "AMEND_CONVENTION"
    TERMINATE_CONVENTION = "TERMINATE_CONVENTION"
    ADD_COMMITMENT = "ADD_COMMITMENT"
    FULFILL_COMMITMENT = "FULFILL_COMMITMENT"
    RECORD_OFFICE_HOLDER = "RECORD_OFFICE_HOLDER"
    ADD_INSTITUTION = "ADD_INSTITUTION"
    SAVE_REQUIREMENT = "SAVE_REQUIREMENT"
    RETIRE_REQUIREMENT = "RETIRE_REQUIREMENT"
    CONFIRM_REQUIREMENT = "CONFIRM_REQUIREMENT"
    SAVE_HOLIDAY = "SAVE_HOLIDAY"
    WITHDRAW_HOLIDAY = "WITHDRAW_HOLIDAY"
    SET_PARAMETER = "SET_PARAMETER"
    CONFIRM_PARAMETER = "CONFIRM_PARAMETER"
    SAVE_OFFICE = "SAVE_OFFICE"
    REGISTER_COURT_FILE = "REGISTER_COURT_FILE"
    CHANGE_COURT_FILE = "CHANGE_COURT_FILE"
    ADD_COURT_DATE = "ADD_COURT_DATE"
    SETTLE_COURT_DATE = "SETTLE_COURT_DATE"
    REGISTER_COURT_NOTICE = "REGISTER_COURT_NOTICE"
    ANSWER_COURT_NOTICE = "ANSWER_COURT_NOTICE"
    ADD_COURT_PAPER = "ADD_COURT_PAPER"
    IMPORT_COURT_FILES = "IMPORT_COURT_FILES"
    LAPSE_REVIEW = "LAPSE_REVIEW"
    START_BATCH = "START_BATCH"
    STOP_BATCH = "STOP_BATCH"
    RETRY_BATCH = "RETRY_BATCH"
    SAVE_RUNG = "SAVE_RUNG"
    RETIRE_RUNG = "RETIRE_RUNG"
    RESEND_NOTICE = "RESEND_NOTICE"
    SET_PREFERENCE = "SET_PREFERENCE"
    SAVE_CONTACT = "SAVE_CONTACT"
    STOP_CONTACT = "STOP_CONTACT"
    RECORD_BOUNCE = "RECORD_BOUNCE"
    CLEAR_BOUNCE = "CLEAR_BOUNCE"
    COMPOSE_DIGESTS = "COMPOSE_DIGESTS"
    ADD_WEBHOOK = "ADD_WEBHOOK"
    CHANGE_WEBHOOK = "CHANGE_WEBHOOK"
    RESEND_DELIVERY = "RESEND_DELIVERY"
    PAUSE_FLOW = "PAUSE_FLOW"
    RESUME_FLOW = "RESUME_FLOW"
    REPORT_FAILURE = "REPORT_FAILURE"
    UPLOAD_TEMPLATE = "UPLOAD_TEMPLATE"
    APPROVE_TEMPLATE = "APPROVE_TEMPLATE"
    RETIRE_TEMPLATE = "RETIRE_TEMPLATE"
    ATTACH_SIGNED_COPY = "ATTACH_SIGNED_COPY"
    WITHDRAW_SIGNED_COPY = "WITHDRAW_SIGNED_COPY"
    SIGN_PAPER = "SIGN_PAPER"
    START_IMPORT = "START_IMPORT"
    CONFIRM_IMPORT = "CONFIRM_IMPORT"
    DISCARD_IMPORT = "DISCARD_IMPORT"
    IMPORT_SHEET = "IMPORT_SHEET"
    OPEN_CENTER = "OPEN_CENTER"
    RECORD_CENTER_EVENT = "RECORD_CENTER_EVENT"
    ANNUL_CENTER_EVENT = "ANNUL_CENTER_EVENT"
    RECORD_ATTENDANCE = "RECORD_ATTENDANCE"
    CORRECT_ATTENDANCE = "CORRECT_ATTENDANCE"
    RECORD_VISIT = "RECORD_VISIT"
    FOLLOW_UP_FINDING = "FOLLOW_UP_FINDING"
    SAVE_CONTRIBUTION = "SAVE_CONTRIBUTION"
    END_CONTRIBUTION = "END_CONTRIBUTION"
    SAVE_ALLOWANCE = "SAVE_ALLOWANCE"
    SILENCE_ALARM = "SILENCE_ALARM"
    LIFT_SILENCE = "LIFT_SILENCE"
    CHECK_ALARMS = "CHECK_ALARMS"
    CREATE_FEED = "CREATE_FEED"
    REVOKE_FEED = "REVOKE_FEED"
    ISSUE_REPORT = "ISSUE_REPORT"
    PUBLISH_LISTING = "PUBLISH_LISTING"


class AuditEntry(Model):
    """One deed. Nobody can change or delete an entry: triggers refuse it on both databases."""

    sequence = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField()
    actor = belongs_to("User", "deeds")
    actor_id: int
    verb = one_of(Verb, max_length=32)
    subject_type = fields.CharField(40)
    subject_id = fields.CharField(20)
    summary = fields.TextField()
    changes: list = fields.JSONField(default=list)
    request_id = fields.CharField(40, default="")
    previous_hash = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "audit_entries"
        indexes = (("subject_type", "subject_id", "sequence"),)


class AuditHead(Model):
    """The last sequence and hash, taking the next sequence is the first statement of every write."""

    id = fields.IntField(primary_key=True, generated=False)
    sequence = fields.BigIntField()
    hash = fields.CharField(64)

    class Meta:
        table = "audit_head"


class MutationAnswer(Model):
    """What a clientMutationId was answered the first time, so that repeating it does nothing twice."""

    id = fields.IntField(primary_key=True)
    actor = belongs_to("User", "answers")
    actor_id: int
    client_mutation_id = fields.CharField(120)
    verb = one_of(Verb, max_length=32)
    subject_type = fields.CharField(40)
    subject_id = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "mutation_answers"
        unique_together = (("actor", "client_mutation_id"),)


def seal(sequence: int, previous_hash: str, body: dict[str, Any]) -> str:
    """Return the hash of an entry: sha256 over sequence, previous hash and the canonical JSON of its content."""
    canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(f"{sequence}|{previous_hash}|".encode() + canonical).hexdigest()
