"""What is done each night: the audit chain's last hash goes out, unused uploads and Prefect's leftovers go away."""

import time
from pathlib import Path

from prefect import flow

from actions.audit import publish_audit_head
from actions.files import forget_files
from actions.people import system_user
from models.flows import FlowName
from workflows.flow_states import noted
from workflows.prefect_home import STORAGE_DAYS, storage


@flow(name="housekeeping", flow_run_name="housekeeping", persist_result=False)
@noted(FlowName.HOUSEKEEPING)
async def housekeeping() -> str:
    """Publish the last hash; forget the uploads that no record named, and the arguments of hand-overs long done."""
    system = await system_user()
    await publish_audit_head(actor=system)
    files = 0
    while forgotten := await forget_files(actor=system):
        files += forgotten
    _forget_older(storage(), STORAGE_DAYS * 86_400)
    return f"Publicó la última huella de la auditoría y olvidó {files} archivos sin uso."


def _forget_older(folder: Path, seconds: float) -> None:
    limit = time.time() - seconds
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
