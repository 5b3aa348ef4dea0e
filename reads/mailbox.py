"""Messages that the demo's own mail server caught."""

from models.outbox import DemoMail
from reads.paging import Row


async def messages(*, recipient: str = "", limit: int) -> list[Row]:
    """Return caught messages, the newest first; to one address when it is given."""
    rows = DemoMail.filter(recipient=recipient) if recipient else DemoMail.all()
    columns = ("id", "received_at", "sender", "recipient", "subject", "body")
    return await rows.order_by("-id").limit(limit).values(*columns)
