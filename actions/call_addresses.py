"""Which addresses other systems may be called at: theirs, never this machine's inside nor a cloud's."""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from settings import settings

Address = IPv4Address | IPv6Address

LONGEST = 300
"""Characters of an address."""

PRIVATE = tuple(ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
"""Networks of an institution's own, where http without TLS will do."""

NEVER = frozenset({ip_address("fd00:ec2::254")})
"""Where a cloud tells a machine its secrets, within a network that would do otherwise."""

WORLD = ip_network("2000::/3")
"""All IPv6 addresses that are given out for the whole world."""

EMBEDDING = ip_network("64:ff9b::/96")
"""IPv6 addresses that carry an IPv4 one to the other side of a NAT."""

OWN_SUFFIXES = (".local", ".internal", ".lan", ".intranet", ".home.arpa")
"""Endings of names that nobody outside an institution has."""

_SHAPE = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::([0-9]{1,5}))?(?:[/?][!-~]*)?", re.I
)
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.I)

MEANT = "Escriba una dirección como https://sistema.ejemplo.gob.gt/avisos, sin espacios ni tildes."


def refused_address(url: str) -> str:
    """Say in Spanish why an address may not be called, as far as its text tells; empty when it may."""
    if len(url) > LONGEST:
        return f"La dirección: use {LONGEST} caracteres o menos."
    if "#" in url:
        return "Quite de la dirección lo que sigue a «#»: a un servidor no le llega."
    if "@" in url.partition("//")[2].partition("/")[0]:
        return "Quite el usuario y la contraseña de la dirección: las llamadas se firman."
    shape = _SHAPE.fullmatch(url)
    if shape is None or "\\" in url:
        return MEANT
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if shape[2] and not 1 <= int(shape[2]) <= 65535:
        return "El puerto va de 1 a 65535."
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if (host, port) in own_addresses():
        return "Esa es la dirección de este mismo sistema: escriba la del otro."
    address = _literal(host)
    if address is None:
        if _NUMERIC.fullmatch(host.rpartition(".")[2]):
            return "Escriba completa la dirección IP, como 192.168.10.5, o el nombre del servidor."
        if host == "localhost" or host.endswith(".localhost"):
            return refused_peer(IPv4Address("127.0.0.1"), parts.scheme, port)
        own = "." not in host or host.endswith(OWN_SUFFIXES)
        secure = own or parts.scheme == "https"
        return "" if secure else "Use https: sin cifrar solo se llama a direcciones de la red de la institución."
    return refused_peer(address, parts.scheme, port)


def refused_peer(address: Address, scheme: str, port: int) -> str:
    """Say why a machine may not be called at this very address, whatever its name; empty when it may."""
    address = _unwrapped(address)
    if address.is_loopback:
        if not settings().demo:
            return "No se llama a esta misma máquina: escriba la dirección del otro sistema."
        return "Esa es la dirección de este mismo sistema: escriba la del otro." if port in own_ports() else ""
    if any(address in net for net in PRIVATE) and address not in NEVER:
        return ""
    # Not shared, documentation, multicast nor link-local ones, among which a cloud's own service is.
    elsewhere = address.is_global and not address.is_multicast and (address.version == 4 or address in WORLD)
    if not elsewhere or address in NEVER:
        return "Esa dirección IP no es de ningún sistema al que se pueda llamar."
    return "" if scheme == "https" else "Use https: sin cifrar solo se llama a direcciones de la red de la institución."


def refused_peers(addresses: Collection[Address], scheme: str, port: int) -> str:
    """Say why a name may not be called that leads to these addresses: one that may not be is enough."""
    return next((why for address in addresses if (why := refused_peer(address, scheme, port))), "")


def own_ports() -> frozenset[int]:
    """Return the ports on which this program's own parts listen on their machine."""
    inner = urlsplit(settings().prefect_address()).port or 0
    return frozenset({settings().port, inner, settings().port + 2})


def own_addresses() -> frozenset[tuple[str, int]]:
    """Return name and port under which this program is reached."""
    public = urlsplit(settings().address())
    port = public.port or (443 if public.scheme == "https" else 80)
    return frozenset({((public.hostname or "").rstrip("."), port), (settings().host, settings().port)})


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in EMBEDDING:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
