"""Talks to one channel's door: posts batches until answered, follows receipts; it decides nothing."""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx
import orjson
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from wufang.importing.problems import ImportProblem

MOST_ITEMS = 200
MOST_BYTES = 3_500_000  # the door takes 4 MiB
PATIENCE = 120.0  # seconds a door may stay away before the import gives up; it can be resumed
TIMEOUT = httpx.Timeout(40.0, connect=3.0)
AWAY = (429, 502, 503, 504)
OnWait = Callable[[str, float, float], None]
T = TypeVar("T")
_MEND = {401: "，请用 --key 或环境变量 WUFANG_API_KEY 给出有效的机构密钥", 403: "，请换用登记了本渠道的密钥"}


class Answer(NamedTuple):
    """What the door said to one item: a receipt, or its errors [{field, rule, message}]."""

    receipt: str | None
    errors: list[dict[str, Any]]


class _Away(Exception):
    """Not taken, and nothing promised: to be sent again."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


_backoff = wait_exponential(multiplier=0.25, max=5)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return max(getattr(error, "after", 0.0), _backoff(state))


class DoorClient:
    """Use as an async context manager; `on_wait(why, seconds, left)` hears of every pause and the patience left."""

    def __init__(self, url: str, key: str, *, patience: float = PATIENCE, on_wait: OnWait | None = None) -> None:
        self.url = url
        self._patience = patience
        self._on_wait = on_wait
        headers = {"authorization": f"Bearer {key}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def post(self, lines: Sequence[bytes]) -> list[Answer]:
        """One answer an item; what was not acknowledged is sent again. Raises ImportProblem."""
        answers: dict[int, Answer] = {}

        async def post_rest() -> None:
            left = [place for place in range(len(lines)) if place not in answers]
            items = await self._post_once([lines[place] for place in left])
            answers.update({place: _answer(item) for place, item in zip(left, items, strict=True) if not _away(item)})
            if len(answers) < len(lines):
                raise _Away("未全部得到确认")

        await self._patiently(post_rest)
        return [answers[place] for place in range(len(lines))]

    async def _post_once(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
        content = b"\n".join(lines) + b"\n"
        response = await self._request(
            "POST", "/v1/events", content=content, headers={"content-type": "application/x-ndjson"}
        )
        items = _json(response).get("items")
        if not isinstance(items, list) or len(items) != len(lines):
            raise ImportProblem(self._refused(response))
        return sorted(items, key=lambda item: item["index"])

    async def receipt(self, receipt: str) -> dict[str, Any]:
        """What became of an item. Raises ImportProblem."""

        async def ask() -> httpx.Response:
            return await self._request("GET", f"/v1/receipts/{receipt}")

        response = await self._patiently(ask)
        if not response.is_success:
            raise ImportProblem(self._refused(response))
        return _json(response)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_Away),
            stop=stop_after_delay(self._patience),
            wait=_wait,
            before_sleep=self._told,
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except _Away as error:
            raise ImportProblem(
                f"{self.url} 不可用（{error}），请确认服务已启动（wufang status）后重来，会接着做"
            ) from None

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = await self._client.request(method, path, **options)
        except httpx.ConnectError:
            raise _Away("连不上") from None
        except httpx.TransportError as error:
            raise _Away(f"没有答复，{type(error).__name__}") from None
        if response.status_code in AWAY:
            raise _Away(f"正忙，{response.status_code}", _seconds(response.headers.get("retry-after", "")))
        return response

    def _told(self, state: RetryCallState) -> None:
        if self._on_wait is not None and state.outcome is not None and state.next_action is not None:
            left = max(0.0, self._patience - (state.seconds_since_start or 0.0))
            self._on_wait(f"{self.url} {state.outcome.exception()}", state.next_action.sleep, left)

    def _refused(self, response: httpx.Response) -> str:
        if response.is_success:
            return f"{self.url} 的答复看不懂，请确认地址是本系统的受理服务"
        body = _json(response)
        said = body.get("detail") or body.get("title") or "没有说明"
        return f"{self.url} 拒绝了请求（{response.status_code}）：{said}{_MEND.get(response.status_code, '')}"


def _seconds(text: str) -> float:
    return min(float(text), 60.0) if text.isdecimal() else 1.0


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _away(item: dict[str, Any]) -> bool:
    return item.get("status") in AWAY


def _answer(item: dict[str, Any]) -> Answer:
    if "receipt" in item:
        return Answer(item["receipt"], [])
    problem = item.get("problem", {})
    errors = problem.get("errors") or [{"field": "", "rule": "refused", "message": problem.get("detail", "未被接收")}]
    return Answer(None, errors)
