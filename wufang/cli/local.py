"""The system that runs on this machine, if one does: its addresses, and a key or token of its own for commands."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wufang import ports
from wufang.cli.failure import Failure

if TYPE_CHECKING:
    from deploy.local.system import System
    from wufang.settings import Settings

HOW_TO_START = "可先用 wufang up 启动本机系统"


def pointer() -> Path:
    """A file that names the folder of the demo that runs now."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "wufang" / "running"


def folders() -> list[Path]:
    """Where a local system may be: the one of `wufang up` here, the checkout's own, then a running demo."""
    from deploy.local.keeping import ROOT
    from deploy.local.system import home

    told = [Path(line) for line in pointer().read_text().splitlines()] if pointer().exists() else []
    return [home(), ROOT / "state", *told]


@cache
def running() -> System | None:
    """The first of them that runs."""
    from deploy.local.keeping import KeeperError
    from deploy.local.system import System

    for folder in folders():
        if (folder / "system.json").exists():
            try:
                return System.attach(folder)
            except KeeperError:
                continue
    return None


def address(service: str, given: str | None) -> str:
    """`given`, else the running system's, else the usual port on this machine."""
    if given:
        return given.rstrip("/")
    system = running()
    return system.url(service) if system is not None else f"http://127.0.0.1:{ports.SERVICES[service]}"


def channel_of(name: str) -> str:
    """The channel a person names, also by its Chinese label. Raises Failure."""
    from wufang.domain.report import CHANNEL_LABELS

    labels = {label: channel for channel, label in CHANNEL_LABELS.items()}
    channel = labels.get(name, name.replace("-", "_"))
    if channel not in CHANNEL_LABELS:
        known = "、".join(f"{channel}（{label}）" for label, channel in labels.items())
        raise Failure(f"没有渠道“{name}”，可用 {known}", code=2)
    return channel


def agency_key(channel: str, jurisdiction: str | None, given: str | None) -> str:
    """`given` or WUFANG_API_KEY, else the local system's own key for this channel and county. Raises Failure."""
    if key := given or os.environ.get("WUFANG_API_KEY"):
        return key
    system = running()
    if system is None:
        raise Failure(f"没有机构密钥：请用 --key 或环境变量 WUFANG_API_KEY 给出；{HOW_TO_START}")
    if not jurisdiction:
        raise Failure("没有说明属地：请加 --jurisdiction 六位行政区划代码，或用 --key 给出机构密钥")
    if not (jurisdiction.isdecimal() and len(jurisdiction) == 6):
        raise Failure(f"--jurisdiction 须为六位行政区划代码，例如 430100；现为“{jurisdiction}”")
    from deploy.local.credentials import local_token

    key = local_token(system.folder, channel, jurisdiction)  # type: ignore[arg-type]
    wait_until_known(system.url(channel), key)
    return key


def wait_until_known(url: str, key: str) -> None:
    """A key made this moment is known to the door within a second."""
    import time

    import httpx

    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            headers = {"authorization": f"Bearer {key}"}
            if httpx.get(f"{url}/v1/receipts/none", headers=headers, trust_env=False).status_code != 401:
                return
        except httpx.TransportError:
            return  # said better by the command itself
        time.sleep(0.1)


def settings() -> Settings:
    """The running system's settings, else those of WUFANG_* variables."""
    from wufang.settings import Settings

    system = running()
    return system.settings() if system is not None else Settings.from_env()


def person_token(given: str | None) -> str:
    """`given` or WUFANG_TOKEN, else one the local system's issuer makes for its administrator. Raises Failure."""
    if token := given or os.environ.get("WUFANG_TOKEN"):
        return token
    system = running()
    if system is None:
        raise Failure(f"没有令牌：请用 --token 或环境变量 WUFANG_TOKEN 给出；{HOW_TO_START}")
    return issue(system.settings(), name="本机用户", role="supervisor")


def issue(
    known: Settings, *, name: str, role: str, organisation: str = "", jurisdiction: str = "", hours: float = 8
) -> str:
    """A token of the local issuer."""
    from datetime import UTC, datetime, timedelta

    from wufang.adapters.jwt_people import LocalIssuer, Person

    person = Person(
        subject=f"local-{role}",
        name=name,
        role=role,  # type: ignore[arg-type]
        organisation=organisation,
        jurisdiction=jurisdiction,
    )
    return LocalIssuer.open(known).token(person, datetime.now(UTC), timedelta(hours=hours))
