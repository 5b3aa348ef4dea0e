"""The nightly look at the archive: whether every file is there and intact, and the words of papers that lack them."""

from prefect import flow

from actions.archive import check_archive
from actions.files import in_store, storage
from actions.paper_texts import keep_missing_words
from actions.people import system_user
from models.clock import instant
from models.flows import FlowName
from workflows.flow_states import noted


@flow(name="archive", flow_run_name="archive", persist_result=False)
@noted(FlowName.ARCHIVE)
async def archive() -> str:
    """Check every content, keep the words of older papers, and remove what writers that died left half-written."""
    checked = await check_archive(actor=await system_user())
    words = await keep_missing_words()
    await in_store(storage().clear_leftovers, instant().timestamp())
    return checked.words() + (f" Indexó {words} documentos." if words else "")
