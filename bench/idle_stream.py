"""`python -m bench.idle_stream`: a Faust worker whose agent does nothing but ack; the baseline of the streams.

It says of each batch the moment it came (seconds of a steady clock) and how many records that makes.
"""

import time
from typing import Any

from bench.baselines import TOPIC
from streams.common.app import WufangApp, ack, make_app, raw_topic
from streams.common.batches import batches
from streams.common.run import run
from wufang.settings import Settings


def create(settings: Settings) -> WufangApp:
    """The same app, consumer and batches as the real streams."""
    app = make_app(settings, "bench-idle")

    @app.agent(raw_topic(app, settings.topic(TOPIC)), name="idle")
    async def idle(stream: Any) -> None:
        total = 0
        async for batch in batches(stream, settings.batch, settings.linger):
            total += len(batch)
            print(time.monotonic(), total, flush=True)
            ack(app, batch, set())

    return app


if __name__ == "__main__":
    run(create)
