"""Lets so many through in a while and makes the rest wait. It counts in this process alone and forgets by itself."""

import time
from collections import deque
from collections.abc import Hashable

MOST_KEYS = 10_000
"""Keys that are counted at once; of more, the ones seen longest ago are forgotten."""


class Turnstile:
    """Counts what passes, by key: an address, a paper."""

    def __init__(self, most: int, seconds: float) -> None:
        """Let `most` of a key pass in any `seconds`."""
        self.most = most
        self.seconds = seconds
        self._passed: dict[Hashable, deque[float]] = {}

    def wait(self, key: Hashable) -> int:
        """Let one more of this key pass and return 0, or return after how many whole seconds it may come again."""
        moment = time.monotonic()
        passed = self._passed.pop(key, None) or deque()
        while passed and passed[0] <= moment - self.seconds:
            passed.popleft()
        self._passed[key] = passed
        if len(self._passed) > MOST_KEYS:
            del self._passed[next(iter(self._passed))]
        if len(passed) >= self.most:
            return int(passed[0] + self.seconds - moment) + 1
        passed.append(moment)
        return 0

    def forget(self) -> None:
        """Begin to count anew."""
        self._passed.clear()
