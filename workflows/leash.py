"""Keeps a child from outliving its parent: `python -m workflows.leash MODULE …` runs MODULE, and stops with the parent.

The parent holds the other end of the child's standard input, so even a parent killed at once closes it.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 15.0
"""Seconds that a child has to stop in order before it is ended."""


def watch_parent() -> None:
    """Stop this process when its standard input closes, in order first, by force after `GRACE` seconds."""
    threading.Thread(target=_wait_for_parent, name="leash", daemon=True).start()


def _wait_for_parent() -> None:
    try:
        # Read past Python's own buffer: its lock would be held while the interpreter goes down.
        while os.read(0, 64):
            pass
    except OSError:
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


if __name__ == "__main__":
    watch_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
