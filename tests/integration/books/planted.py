"""Words that must not be seen, sent through a door, and all that topics and index hold."""

from typing import Any

import httpx
import orjson

from tests.integration.books.office import Office
from tests.support.doors import report
from tests.support.sealing import HOPE, LAMP
from wufang.readmodel.indices import KINDS
from wufang.wire import topics

COUNTY = "990101"
NAME = "欧阳鸾翔"  # stands nowhere but in the sealed parts
CONDUCT = f"县住建局局长{NAME}收了施工队的好处费，把工程批给亲戚。"
REPLY = f"经核实，{NAME}局长收受好处费属实，已移送。"


def planted(event_id: str) -> list[dict[str, Any]]:
    details = {"expectation": f"严肃处理{NAME}", "request_type": "tip_off"}
    told = {"title": "青石巷路灯不亮", "text": f"{LAMP}{CONDUCT}{HOPE}", "accused": NAME, "category": f"反映{NAME}"}
    outcome = {"report": event_id, "result": "explained", "concluded_at": "2026-03-09T17:20:00+08:00"}
    return [
        report(event_id, **told, details=details),
        {
            **report(f"{event_id}-o"),
            "type": "wufang.hotline.outcome.v1",
            "data": {**outcome, "reply": f"路灯已修好。{REPLY}"},
        },
    ]


async def indexed(office: Office, generation: int) -> str:
    await office.index.refresh(generation)
    found = [item.document for kind in KINDS async for item in office.index.scan(kind, generation)]
    assert found
    return orjson.dumps(found).decode()


async def on_all_topics(office: Office) -> str:
    """Keys, values and headers of every record."""
    parts: list[bytes] = []
    for topic in (*topics.INPUTS, topics.LEDGER, topics.QUARANTINE, topics.DATA_KEYS):
        for message in await office.messages(topic):
            parts += [message.key or b"", message.value or b"", repr(message.headers).encode()]
    return b"\n".join(parts).decode()


async def post(door: httpx.AsyncClient, *events: dict[str, Any]) -> int:
    headers = {"content-type": "application/cloudevents-batch+json"}
    return (await door.post("/v1/events", content=orjson.dumps(list(events)), headers=headers)).status_code
