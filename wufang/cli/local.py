"""The system that runs on this machine, if one does: its addresses, and a key or token of its own for commands."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wufang import ports
from wufang.cli.failure import Failure

if TYPE_CHECKING:
    from deploy.local.system import System
    from wufang.settings import Settings

NewKey = Callable[[str, list[str]], None]
HOW_TO_START = "可先用 wufang up 启动本机系统"
SERVERS = {"WUFANG_KAFKA": "kafka", "WUFANG_ELASTIC_URL": "elasticsearch"}  # the variable that names each elsewhere
KEY_FILES = ("WUFANG_JWKS",)  # a deployment that signs tokens names its key file


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


def how_to_mend(name: str) -> str:
    """What to do when `name` (a process of `wufang status`) does not answer: start the system, or look why."""
    if running() is not None:
        return f"本机系统已启动，请看 wufang status 与 wufang logs {name}"
    variable = next((variable for variable, server in SERVERS.items() if server == name), "")
    return f"请核对环境变量 {variable} 指的地址" if os.environ.get(variable) else HOW_TO_START


def address(service: str, given: str | None) -> str:
    """`given`, else the running system's, else the usual port on this machine. Raises Failure for what is no URL."""
    if given:
        return _whole_url(given)
    system = running()
    return system.url(service) if system is not None else f"http://127.0.0.1:{ports.SERVICES[service]}"


def _whole_url(given: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(given)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is none
        whole = False
    if not whole:
        raise Failure(f"--url 须以 http:// 或 https:// 开头，例如 http://127.0.0.1:8101；现为“{given}”", code=2)
    return given.rstrip("/")


def channel_of(name: str) -> str:
    """The channel a person names, also by its Chinese label. Raises Failure."""
    from wufang.domain.report import CHANNEL_LABELS

    labels = {label: channel for channel, label in CHANNEL_LABELS.items()}
    channel = labels.get(name, name.replace("-", "_"))
    if channel not in CHANNEL_LABELS:
        known = "、".join(f"{channel}（{label}）" for label, channel in labels.items())
        raise Failure(f"没有渠道“{name}”，可用 {known}", code=2)
    return channel


def told(source: str, others: list[str]) -> None:
    """One line on standard error: a permanent key is made, and whether its county is a further one."""
    from wufang.cli.output import err

    err.print(new_key_line(source, others), markup=False, soft_wrap=True)


def new_key_line(source: str, others: list[str]) -> str:
    """The key's name, how to end it, and the counties there are when this one is new beside them."""
    county = f"新县区 {source.rsplit('-', 1)[1]}（已有 {'、'.join(others)}）" if others else "本机报送"
    return f"{county}：新建长期有效的机构密钥，来源 {source}（wufang keys list 可查，keys revoke 可停用）"


def agency_key(channel: str, jurisdiction: str | None, given: str | None, new: NewKey = told) -> str:
    """`given` or WUFANG_API_KEY, else the local system's own key for this channel and county. Raises Failure.

    `new(source, counties)` is asked before a key is made: the source it will stand under, and the counties the system
    knew before when this one is not among them. It may raise.
    """
    if key := given or os.environ.get("WUFANG_API_KEY"):
        return key
    system = running()
    if system is None:
        raise Failure(f"没有机构密钥：请用 --key 或环境变量 WUFANG_API_KEY 给出；{HOW_TO_START}")
    if not jurisdiction:
        raise Failure("没有说明属地：请加 --jurisdiction 六位行政区划代码，或用 --key 给出机构密钥")
    if not (jurisdiction.isdecimal() and len(jurisdiction) == 6):
        raise Failure(f"--jurisdiction 须为六位行政区划代码，例如 430100；现为“{jurisdiction}”")
    from deploy.local.credentials import local_source, local_token, local_tokens

    source = local_source(channel, jurisdiction)
    if source not in local_tokens(system.folder):
        new(source, other_counties(system.settings().api_keys, jurisdiction))
    key = local_token(system.folder, channel, jurisdiction)  # type: ignore[arg-type]
    wait_until_known(system.url(channel), key)
    return key


def other_counties(keys: Path, jurisdiction: str) -> list[str]:
    """The areas of all agencies' keys, when none of them holds this county; else nothing."""
    from wufang.adapters.key_file import read_keys

    areas = sorted({key.jurisdiction for key in read_keys(keys) if "events" in key.scopes})
    return [] if any(jurisdiction.startswith(area) for area in areas) else areas


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


def settings(*named: str) -> Settings:
    """The running system's settings, else those of WUFANG_* variables.

    Raises Failure when no system runs and none of the variables `named` is set: on the usual ports may listen anything.
    """
    from wufang.settings import Settings

    system = running()
    if system is None and named and not any(os.environ.get(name) for name in named):
        raise Failure(nothing_runs(named))
    return system.settings() if system is not None else Settings.from_env()


def nothing_runs(named: tuple[str, ...]) -> str:
    """Where a system was looked for, and the variables that name one elsewhere."""
    from deploy.local.system import home

    return f"本机系统没有运行（目录 {home()}），也没有设环境变量 {' 或 '.join(named)}；{HOW_TO_START}，或用变量指明系统"


def person_token(given: str | None) -> str:
    """`given` or WUFANG_TOKEN, else one the local system's issuer makes for its administrator. Raises Failure."""
    if token := given or os.environ.get("WUFANG_TOKEN"):
        return token
    system = running()
    if system is None:
        raise Failure(f"没有令牌：请用 --token 或环境变量 WUFANG_TOKEN 给出；{HOW_TO_START}")
    return issue(system.settings(), name="本机用户", role="supervisor")


def issue(
    known: Settings,
    *,
    name: str,
    role: str,
    organisation: str = "",
    jurisdiction: str = "",
    hours: float = 8,
    subject: str = "",
) -> str:
    """A token of the local issuer; the role's own `subject` where no person is named."""
    from datetime import UTC, datetime, timedelta

    from wufang.adapters.jwt_people import LocalIssuer, Person

    person = Person(
        subject=subject or f"local-{role}",
        name=name,
        role=role,  # type: ignore[arg-type]
        organisation=organisation,
        jurisdiction=jurisdiction,
    )
    return LocalIssuer.open(known).token(person, datetime.now(UTC), timedelta(hours=hours))
