"""Free ports on loopback."""

import random
import socket
from contextlib import ExitStack


def free_ports(number: int) -> list[int]:
    """Return ports in a row that were free a moment ago; the demo takes three: API, Prefect, mail.

    Below the range from which the system gives ports to everybody who asks for any: what is killed finds its own again.
    """
    for _ in range(200):
        first = random.randrange(20_000, 32_000)
        row = list(range(first, first + number))
        with ExitStack() as held:
            try:
                for port in row:
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return row
    raise RuntimeError("no free ports on loopback")
