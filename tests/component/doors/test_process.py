"""The services as processes: they refuse to start without secrets, and end cleanly with their work done."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import orjson

from deploy.local.stack import free_port
from tests.support.doors import Office, ready, report
from wufang.settings import Settings


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The variables a process needs to have these settings."""
    names = ("kafka", "prefix", "secrets", "api_keys", "elastic_url")
    chosen = {f"WUFANG_{name.upper()}": str(getattr(settings, name)) for name in names}
    return {**os.environ, **chosen, **more}


async def start(channel: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{channel}", env=env, stderr=asyncio.subprocess.PIPE
    )


async def test_without_secrets_it_says_so_and_ends(office: Office, tmp_path: Path) -> None:
    process = await start("grid", environment(office.settings, WUFANG_SECRETS=str(tmp_path / "none.json")))
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert b"WUFANG_SECRETS" in errors
    assert b"Traceback" not in errors


async def test_a_service_takes_reports_until_it_is_told_to_end(office: Office, event_id: str) -> None:
    port = free_port()
    process = await start("petition", environment(office.settings, WUFANG_PORT=str(port)))
    headers = {"authorization": f"Bearer {office.tokens['county']}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
            await reachable(client)
            await ready(client)
            posts = [client.post("/v1/events", json=report(f"{event_id}-{n}", "petition")) for n in range(10)]
            sent = [asyncio.create_task(post) for post in posts]
            await sent[0]
            process.send_signal(signal.SIGTERM)
            answers = await asyncio.gather(*sent, return_exceptions=True)
    finally:
        _, lines = await process.communicate()
    assert process.returncode in (0, -signal.SIGTERM), "uvicorn ends by the signal it was sent, after its work"
    assert b"Application shutdown complete" in lines
    accepted = {
        item["id"]
        for answer in answers
        if isinstance(answer, httpx.Response) and answer.status_code == 202
        for item in answer.json()["items"]
    }
    on_log = {orjson.loads(value or b"")["id"] for _, value in office.records("reports.petition")}
    assert f"{event_id}-0" in accepted <= on_log
    for line in lines.splitlines():
        orjson.loads(line)


async def reachable(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                await client.get("/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.02)
