"""Asks the ledger service's API as a person; an answer that is none becomes one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import httpx
import typer

from wufang.cli import local
from wufang.cli.failure import Failure

# What an answer calls a field, as an official reads it; of a list's item the list is named.
_FIELDS = {"reason": "理由", "reports": "诉求件", "area": "行政区划代码", "tags": "标签", "code": "分类代码"}
Parameters = Sequence[tuple[str, str]]
Url = Annotated[str | None, typer.Option(help="查询服务地址，默认本机")]
Token = Annotated[str | None, typer.Option(help="人员令牌，默认 WUFANG_TOKEN 或本机签发")]
Cursor = Annotated[str | None, typer.Option(help="上一页给出的游标，看下一页")]
_MEND = {401: "（--token 或 WUFANG_TOKEN；本机可由 wufang token 签发）", 403: "，请换用有权限的令牌"}


def get(path: str, parameters: Parameters, url: str | None, token: str | None) -> dict[str, Any]:
    """The JSON of one GET. Raises Failure."""
    return _asked("GET", path, url, token, params=httpx.QueryParams(list(parameters)))


def post(path: str, body: dict[str, Any], url: str | None, token: str | None) -> dict[str, Any]:
    """The JSON that answers one POST. Raises Failure."""
    return _asked("POST", path, url, token, json=body)


def _asked(method: str, path: str, url: str | None, token: str | None, **sent: Any) -> dict[str, Any]:
    base = local.address("ledger-service", url)
    headers = {"authorization": f"Bearer {local.person_token(token)}"}
    try:
        response = httpx.request(method, f"{base}{path}", headers=headers, timeout=20, trust_env=False, **sent)
    except httpx.TransportError as error:
        raise Failure(
            f"连不上查询服务 {base}（{type(error).__name__}）；{local.how_to_mend('ledger-service')}"
        ) from None
    body = _object(response)
    if response.is_success:
        return body
    said = body.get("detail") or body.get("title") or "没有说明"
    listed = "；".join(f"{_named(error['field'])}：{error['message']}" for error in body.get("errors", []))
    mend = f"；{local.how_to_mend('elasticsearch')}" if response.status_code == 503 else ""
    where = f"查询服务 {base}（{response.status_code}）"
    raise Failure(f"{where}：{said}{'；' + listed if listed else ''}{_MEND.get(response.status_code, mend)}")


def _named(field: str) -> str:
    return _FIELDS.get(field.split(".")[0], field)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    raise Failure(f"{response.url} 的答复看不懂（{response.status_code}），请确认地址是本系统的查询服务")
