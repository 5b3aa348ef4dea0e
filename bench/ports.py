"""Free ports on loopback."""

import random
import socket
from contextlib import ExitStack


def free_ports(number: int) -> list[int]:
    """Return ports in a row that were free a moment ago; the demo takes three: API, Prefect, mail."""
    for _ in range(200):
        first = random.randrange(20_000, 60_000)
        row = list(range(first, first + number))
        with ExitStack() as held:
            try:
                for port in row:
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return row
    raise RuntimeError("no free ports on loopback")
