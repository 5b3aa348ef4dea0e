"""Which addresses are called: none of this machine's inside, by whatever name or spelling, and none of a cloud's."""

import asyncio
import socket
import ssl
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest

from actions.call_addresses import refused_address, refused_peers
from models.clock import now
from models.webhooks import DeliveryState, WebhookDelivery, WebhookEvent
from settings import settings
from tests.conftest import FreshDatabase
from tests.receivers import Receiver, system
from workflows import webhooks
from workflows.webhooks import call_system

FINE = (
    "https://sistema.example/avisos",
    "https://sistema.example:8443/avisos?clave=1",
    "HTTPS://Sistema.Example",
    "https://8.8.8.8/avisos",
    "http://10.1.2.3:8080/avisos",
    "https://192.168.10.5/",
    "http://172.31.255.254/",
    "http://[fd12:3456::1]:8080/",
    "http://erp/avisos",
    "http://erp.sosep.local/avisos",
    "https://xn--peafiel-7za.example/",
)
REFUSED = (
    "",
    "sistema.example/avisos",
    "ftp://sistema.example/",
    "file:///etc/passwd",
    "gopher://10.0.0.1:6379/_INFO",
    "javascript:alert(1)",
    "https://",
    "https:///avisos",
    "//sistema.example/",
    "http://sistema.example/avisos",
    "http://8.8.8.8/",
    "https://ana:clave@sistema.example/",
    "https://sistema.example@10.0.0.1/",
    "https://sistema.example\\@127.0.0.1/",
    "https://sistema.example/#aviso",
    "https://sistema.example/con espacio",
    "https://sistema.example/\n",
    "https://sistema.example/\r\nHost: otro",
    "https://peña.example/",
    "https://sistema.example:0/",
    "https://sistema.example:65536/",
    "https://sistema.example:99999999/",
    "https://sistema.example:-1/",
    "https://sistema.example:x/",
    "https://-sistema.example/",
    "https://" + "a" * 300 + ".example/",
    "http://localhost:8080/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://algo.localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1.:8080/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[fd00:ec2::254]/",
    "https://[::]/",
    "https://[ff02::1]/",
    "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://192.0.2.1/",
    "https://convenios.example/graphql",
    "https://CONVENIOS.example:443/graphql",
)


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> None:
    """Say how people reach this program."""
    monkeypatch.setenv("CONVENIOS_PUBLIC_URL", "https://convenios.example")
    settings.cache_clear()


@pytest.mark.parametrize("url", FINE)
def test_others_systems_may_be_called(url: str) -> None:
    assert refused_address(url) == ""


@pytest.mark.parametrize("url", REFUSED)
def test_what_may_not_be_called_is_refused_with_a_sentence(url: str) -> None:
    said = refused_address(url)
    assert said.endswith((".", "«#»."))
    assert len(said) < 140


def test_the_demo_calls_its_own_machine_but_not_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    monkeypatch.setenv("CONVENIOS_PORT", "8000")
    settings.cache_clear()
    assert refused_address("http://localhost:9000/") == ""
    assert refused_address("http://[::1]:9000/") == ""
    for port in (8000, 8001, 8002):
        for host in ("localhost", "127.0.0.1", "127.0.0.9", "[::1]"):
            assert "este mismo sistema" in refused_address(f"http://{host}:{port}/"), (host, port)
    assert refused_address("https://169.254.169.254/")


def test_one_bad_address_of_a_name_is_enough() -> None:
    good, bad, own = ip_address("8.8.8.8"), ip_address("169.254.169.254"), ip_address("10.0.0.7")
    assert refused_peers([good], "https", 443) == ""
    assert refused_peers([good, bad], "https", 443)
    assert refused_peers([own], "http", 80) == ""
    assert "https" in refused_peers([good], "http", 80)


async def owed(url: str) -> WebhookDelivery:
    """Owe a call to an address that passed when it was registered, or that somebody wrote into the table."""
    target = await system(url)
    return await WebhookDelivery.create(
        webhook=target, event=WebhookEvent.PING, key=f"k{target.id}", payload="{}", created_at=now(), due_at=now()
    )


async def outcome(one: WebhookDelivery) -> tuple[DeliveryState, str]:
    await call_system(one.webhook_id)
    kept = await WebhookDelivery.get(id=one.id)
    return kept.state, kept.error


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let names lead to these addresses; what no name is needed for is looked up as ever."""
    asked: list[str] = []

    def told(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        family = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [(kind, socket.SOCK_STREAM, 6, "", (one, port)) for kind, one in zip(family, addresses, strict=True)]

    monkeypatch.setattr(webhooks.socket, "getaddrinfo", told)
    return asked


@pytest.mark.parametrize("leads", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1"])
async def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch, leads: str
) -> None:
    with Receiver() as receiver:
        asked = leads_to(monkeypatch, "10.255.255.1", leads)
        made = await owed(f"http://sistema.local:{receiver.port}/")
        state, error = await outcome(made)
    assert asked == ["sistema.local"]
    assert state == DeliveryState.QUEUED
    assert "No se llama a esta misma máquina" in error or "de ningún sistema" in error
    assert receiver.requests == []


async def test_a_public_name_is_not_called_without_tls_even_if_it_looked_private(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "8.8.8.8")
    assert "Use https" in (await outcome(await owed("http://sistema.local/")))[1]


async def test_the_connection_goes_to_the_address_that_was_checked(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    with Receiver() as receiver:
        asked = leads_to(monkeypatch, "127.0.0.1")
        made = await owed(f"http://sistema.local:{receiver.port}/")
        assert (await outcome(made))[0] == DeliveryState.SENT
    assert asked == ["sistema.local"], "a second look might be told another address"
    assert receiver.requests[0].headers["host"] == f"sistema.local:{receiver.port}"


async def test_an_address_that_is_no_more_allowed_is_not_called(db: FreshDatabase) -> None:
    with Receiver() as receiver:
        state, error = await outcome(await owed(receiver.url))
    assert (state, receiver.requests) == (DeliveryState.QUEUED, [])
    assert "esta misma máquina" in error


def certificate(folder: Path, name: str) -> Path:
    """Make a certificate for a name, signed by itself; key and certificate in one file."""
    path = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", path, "-out", folder / "one.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + (folder / "one.crt").read_text())
    return path


async def test_tls_is_checked_by_the_name_and_not_by_the_address(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    known = await asyncio.to_thread(certificate, tmp_path, "sistema.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(known)
    with Receiver(tls=context) as receiver:
        leads_to(monkeypatch, "127.0.0.1")
        webhooks.trusted.cache_clear()
        made = await owed(f"https://sistema.example:{receiver.port}/")
        assert "certificado no es válido" in (await outcome(made))[1]
        # An institution's own authority, added to the machine's.
        monkeypatch.setenv("SSL_CERT_FILE", str(known))
        webhooks.trusted.cache_clear()
        await WebhookDelivery.filter(id=made.id).update(tries=0)
        assert (await outcome(made))[0] == DeliveryState.SENT
        other = await owed(f"https://otro.example:{receiver.port}/")
        assert "certificado no es válido" in (await outcome(other))[1]
    webhooks.trusted.cache_clear()
    assert len(receiver.requests) == 1
