"""How many posts one key may send a second, in one process; what is over is refused at once, before it is read.

`Held` bounds what is in hand at one time; this bounds a sender that fires post after post at others' cost.
"""

import math
import time
from collections.abc import Callable

from wufang.adapters.http_problems import Refusal

BURST_SECONDS = 5.0  # a key that was silent may send so many seconds' posts at once: what waited while a line was down


class Rates:
    """A token bucket a key (as GCRA: of each key only the time when its bucket is full again).

    There are as many keys as the file of keys has, so none is ever forgotten.
    """

    def __init__(self, posts_a_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._each = 1 / posts_a_second
        self._room = max(BURST_SECONDS, self._each)  # one post at least
        self._monotonic = monotonic
        self._full: dict[str, float] = {}

    def take(self, key: str) -> None:
        """Count one post. Raises Refusal when the key has sent too many; a refused post is not counted."""
        now = self._monotonic()
        full = max(self._full.get(key, now), now) + self._each
        over = full - now - self._room
        if over > 1e-9:  # sums of floats
            wait = str(math.ceil(over))
            raise Refusal("too_many", f"本密钥发送太频繁，请 {wait} 秒后重发；可把多件合成一批", Retry_After=wait)
        self._full[key] = full
