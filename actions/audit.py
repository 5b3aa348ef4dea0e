"""Sending the audit chain's last hash out of the database, where nobody who cuts its tail can reach it."""

from actions.audited import audited
from models.audit import AuditEntry, Verb
from models.people import Role, User
from reads.people import told


async def publish_audit_head(*, actor: User) -> bool:
    """Mail the last sequence and hash to the auditors, once a day; tell whether there was anything to send.

    A chain shows every change inside it, but not that its last entries were cut off: the letter of any day is what it
    can be held against.
    """
    auditors = await told(roles=[Role.AUDITOR])
    last = await AuditEntry.all().order_by("-sequence").first()
    if not auditors or last is None or last.verb == Verb.PUBLISH_AUDIT_HEAD:
        return False
    async with audited(Verb.PUBLISH_AUDIT_HEAD, actor=actor) as entry:
        entry.about(actor, f"Se envió a auditoría la huella de la entrada {last.sequence}.")
        entry.tell(
            auditors,
            key=f"audit-head:{entry.today}",
            subject=f"Huella de la auditoría al {entry.today:%d/%m/%Y}",
            body=(
                f"Última entrada: {last.sequence}\nHuella: {last.hash}\n\n"
                "Guarde este mensaje: si esa entrada deja de tener esta huella, alguien cambió el registro."
            ),
        )
    return True
