"""The calls to other systems: signed, in order, each system on its own, repeated until they are taken or given up."""

import asyncio
import base64
import hashlib
import hmac
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address

import httpx
import structlog

from actions.call_addresses import Address, refused_address, refused_peers
from actions.calling import Call, claim_call, mark_called, mark_uncalled, systems_to_call
from actions.webhooks import TOLD_AFTER, report_silence
from models.clock import instant
from models.flows import FlowName
from workflows.flow_states import resting
from workflows.incidents import failed

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks at what is owed."""

PATIENCE = 10.0
"""Seconds that a call may take from the name to the answer's first lines."""

ENOUGH = 4096
"""Bytes of an answer's body that are read, so that its sender sees no broken connection; they are not looked at."""

MOST_ADDRESSES = 4
"""Addresses of one name that are tried."""

LAST_CALLS_SECONDS = 4.0
"""How long a stopping engine lets the calls in flight end."""


class Uncalled(Exception):
    """A system did not take a call; the sentence says why, without the address, which may hold a key."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return the header webhook-signature of a call, after the Standard Webhooks specification."""
    signed = b".".join((key.encode(), str(timestamp).encode(), body))
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


@lru_cache(maxsize=1)
def _resolvers() -> ThreadPoolExecutor:
    # Of their own: names that no server answers for would otherwise keep the engine's threads busy.
    return ThreadPoolExecutor(8, thread_name_prefix="resolver")


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Return whom we believe: the machine's own certificates, to which an institution adds its own; read once."""
    return ssl.create_default_context()


async def resolved(host: str, port: int) -> list[Address]:
    """Return the addresses of a name, the first the system's favorite; raises Uncalled when it has none."""
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            _resolvers(), lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError) as error:
        raise Uncalled("No se encontró el servidor por su nombre.") from error
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))


async def make_call(call: Call) -> int:
    """Send a call to the address that its name leads to now, and return the answer's status when it was taken.

    Raises Uncalled. A redirect is not followed, and the connection goes to the very address that was checked.
    """
    why = refused_address(call.url)
    if why:
        raise Uncalled(why)
    url = httpx.URL(call.url)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        async with asyncio.timeout(PATIENCE):
            addresses = await resolved(url.host, port)
            why = refused_peers(addresses, url.scheme, port)
            if why:
                raise Uncalled(why)
            status = await _post(call, url, addresses[:MOST_ADDRESSES])
    except (TimeoutError, httpx.TimeoutException) as late:
        raise Uncalled(f"No respondió en {PATIENCE:.0f} segundos.") from late
    except httpx.ConnectError as error:
        raise Uncalled(_unreached(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise Uncalled(f"La conexión se cortó sin respuesta ({type(error).__name__}).") from error
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise Uncalled(f"Respondió {status}: remite a otra dirección. No se sigue; corrija la dirección.", status)
    raise Uncalled(f"Respondió {status}.", status)


async def _post(call: Call, url: httpx.URL, addresses: list[Address]) -> int:
    # No proxy: it would look the name up by itself.
    patience = httpx.Timeout(PATIENCE, connect=PATIENCE / max(len(addresses), 1))
    client = httpx.AsyncClient(verify=trusted(), trust_env=False, timeout=patience)
    body = call.payload.encode()
    at = int(instant().timestamp())
    headers = {
        "host": url.netloc.decode(),
        "content-type": "application/json",
        "user-agent": "Convenios/1",
        "webhook-id": call.key,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(call.secret, call.key, at, body),
    }
    async with client:
        for number, address in enumerate(addresses, 1):
            request = client.build_request(
                "POST",
                url.copy_with(host=str(address)),
                content=body,
                headers=headers,
                extensions={"sni_hostname": url.host},
            )
            try:
                answer = await client.send(request, stream=True, follow_redirects=False)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
                continue
            try:
                await _read_a_little(answer)
            finally:
                await answer.aclose()
            return answer.status_code
    raise Uncalled("No se encontró el servidor por su nombre.")


async def _read_a_little(answer: httpx.Response) -> None:
    read = 0
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(1):
            async for part in answer.aiter_raw():
                read += len(part)
                if read >= ENOUGH:
                    return


def _unreached(error: httpx.ConnectError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "Su certificado no es válido para ese nombre, o lo firma una autoridad que esta máquina no conoce."
    if "SSL" in str(error):
        return "No se pudo establecer la conexión cifrada."
    return "No se pudo conectar."


async def call_system(webhook_id: int, stopping: asyncio.Event | None = None) -> int:
    """Make what is owed to one system, oldest first, until nothing is due or a call fails; return how many it took."""
    taken, last = 0, 0
    while not (stopping and stopping.is_set()) and not await resting(FlowName.WEBHOOKS):
        call = await claim_call(webhook_id, after=last)
        if call is None:
            break
        try:
            status = await make_call(call)
        except Uncalled as why:
            given_up = await mark_uncalled(call, str(why), why.status)
            log.warning("call not taken", webhook=webhook_id, key=call.key, tries=call.tries, why=str(why))
            if call.tries >= TOLD_AFTER:
                await report_silence(webhook_id, str(why))
            if not given_up:
                break
        else:
            await mark_called(call, status)
            taken += 1
        last = call.id
    return taken


async def keep_calling() -> None:
    """Look every second for systems whose calls are due, and call each on its own, as long as the process lives."""
    calling: dict[int, asyncio.Task[int]] = {}
    stopping = asyncio.Event()
    try:
        while True:
            for webhook_id in [key for key, task in calling.items() if task.done()]:
                fault = calling.pop(webhook_id).exception()
                if fault:
                    failed("webhooks", fault, webhook=webhook_id)
            for webhook_id in [] if await resting(FlowName.WEBHOOKS) else await systems_to_call():
                if webhook_id not in calling:
                    calling[webhook_id] = asyncio.create_task(call_system(webhook_id, stopping))
            await asyncio.sleep(EVERY)
    finally:
        stopping.set()
        if calling:
            _, late = await asyncio.wait(calling.values(), timeout=LAST_CALLS_SECONDS)
            for task in late:
                task.cancel()
