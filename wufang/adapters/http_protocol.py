"""uvicorn's protocol with bounds on what comes before and between bodies: httptools keeps whatever is sent.

Without them anybody could fill the memory with one endless header, or hold connections by never ending one.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024  # request line and headers, or trailers, besides what one read brings
HEAD_SECONDS = 15.0


class BoundedProtocol(HttpToolsProtocol):
    """A request's head has `HEAD_BYTES` and `HEAD_SECONDS`; its body is bounded by who reads it."""

    _unused = 0  # bytes that were neither a whole head nor body
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client came; its first head must follow."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Bytes came; too many without an end of the head end the connection."""
        self._unused += len(data)
        if self._patience is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()  # the first bytes of a next request on a connection kept open
        super().data_received(data)
        if self._unused > HEAD_BYTES and not self.transport.is_closing():
            self._end("Request head too large.")

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._unused = 0
        self._no_more_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some body."""
        self._unused = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._unused = 0
        self._no_more_waiting()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client went."""
        self._no_more_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._end, "Request head too slow.")

    def _no_more_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end(self, why: str) -> None:
        self._no_more_waiting()
        answered: Any = self.cycle
        if answered is None or answered.response_complete:
            self.send_400_response(why)
        else:
            self.transport.abort()
