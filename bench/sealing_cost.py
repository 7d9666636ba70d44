"""What a sealed part costs the door's client and the discipline office's store: one put for each, or one for a post.

python -m bench.sealing_cost [--parts 14] [--posts 15] [--rounds 3]

A store of its own in a process of its own, on the disk of the temporary folder; both ways take turns. Processor time of
both processes a part, and seconds passed a post. Fourteen are the sealed parts in 200 of bench.corpus's reports.
"""

import argparse
import asyncio
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx
import psutil
import uvicorn

from bench.corpus import COUNTIES
from deploy.local.stack import free_port
from services.discipline.app import create_app
from wufang.adapters.jwt_people import LocalIssuer
from wufang.adapters.key_file import create_key
from wufang.adapters.sealing_store import Put, SealingStore
from wufang.adapters.secrets_file import create_secrets
from wufang.privacy.keyring import NamedKey
from wufang.settings import Settings

CONTENT = NamedKey("bench", b"k" * 32)
TEXT = "某局某某收了施工队的好处费，把工程批给亲戚。"


def serve(settings: Settings, port: int) -> None:
    """The store, until it is ended."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # the process's own
    uvicorn.run(create_app(settings), port=port, log_config=None, access_log=False)


@contextmanager
def store() -> Iterator[tuple[Settings, psutil.Process]]:
    """A store that runs, with the settings of a door that may put, and its process."""
    with tempfile.TemporaryDirectory(prefix="wufang-sealing-") as name:
        folder, port = Path(name), free_port()
        files = {
            "discipline_key": "key",
            "discipline_secrets": "own/secrets.json",
            "discipline_store": "store/sealed.db",
        }
        files |= {"jwks": "jwks.json", "api_keys": "keys.json", "secrets": "secrets.json"}
        paths: dict[str, Any] = {field: folder / file for field, file in files.items()}
        settings = Settings.model_validate({**paths, "discipline_url": f"http://127.0.0.1:{port}"})
        create_secrets(settings.discipline_secrets)
        LocalIssuer.open(settings)
        token, _ = create_key(settings.api_keys, source="bench", channels=[], jurisdiction="00", scopes=["seal"])
        settings.discipline_key.write_text(token)
        process = get_context("spawn").Process(target=serve, args=(settings, port), daemon=True)
        process.start()
        try:
            _wait(f"{settings.discipline_url}/readyz")
            yield settings, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.join()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the store did not start")


def entries(name: str, count: int) -> list[Put]:
    """Parts nobody put before."""
    said = {"jurisdiction": COUNTIES[0], "channel": "hotline", "source": "bench", "up": False, "rules": "bench"}
    parts = [{"field": "text", "start": 12, "text": TEXT}]
    names = [f"{name}-{number}" for number in range(count)]
    return [
        (hashlib.sha256(one.encode()).hexdigest(), {**said, "number": one, "content": one, "parts": parts})
        for one in names
    ]


async def _singly(client: SealingStore, share: Sequence[Put]) -> list[str]:
    return list(await asyncio.gather(*(client.put(cause, entry, CONTENT) for cause, entry in share)))


async def measure(parts: int, posts: int, rounds: int) -> None:
    """Print a line for each way and round."""
    with store() as (settings, process):
        async with SealingStore(settings) as client:
            await _singly(client, entries("first", parts))
            for number in range(rounds):
                for way, put in (("part", _singly), ("post", SealingStore.put_each)):
                    shares = [entries(f"{way}-{number}-{post}", parts) for post in range(posts)]
                    own, theirs, passed = time.process_time(), sum(process.cpu_times()[:2]), time.perf_counter()
                    for share in shares:
                        if not all(await put(client, share)):
                            raise SystemExit("the store gave no receipt")
                    spent = (time.process_time() - own, sum(process.cpu_times()[:2]) - theirs)
                    client_us, store_us = (seconds / posts / parts * 1e6 for seconds in spent)
                    passed = (time.perf_counter() - passed) / posts * 1e3
                    told = f"{client_us:.0f} µs a part at the door, {store_us:.0f} at the store, {passed:.0f} ms a post"
                    sys.stdout.write(f"one put for each {way}: {told}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=int, default=14, help="of one post")
    parser.add_argument("--posts", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(measure(options.parts, options.posts, options.rounds))


if __name__ == "__main__":
    main()
