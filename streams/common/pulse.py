"""A worker's sign of life: beaten by work done, by rest without work, and by waits that are somebody else's fault."""

from time import monotonic


class Pulse:
    """Seconds since the last beat, on the machine's monotonic clock; for the watchdog, never for decisions."""

    def __init__(self) -> None:
        self._last = monotonic()

    def beat(self) -> None:
        """Something went on, nothing was to be done, or a server that is away is waited for."""
        self._last = monotonic()

    def silent(self) -> float:
        """Seconds without a beat."""
        return monotonic() - self._last
