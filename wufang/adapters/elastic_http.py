"""Requests to Elasticsearch, answers as dicts; a failure is one of two errors, neither quotes a document."""

from typing import Any

import httpx
import orjson

# An operator can mend 401 (password), 403 (rights, the block of a full disk) and 404 (a lost index).
RETRYABLE = frozenset({401, 403, 404, 408, 429, 500, 502, 503, 504})
JSON_HEADERS = {"content-type": "application/json"}
NDJSON_HEADERS = {"content-type": "application/x-ndjson"}


class ElasticError(Exception):
    """Any failure to get an answer; the message holds no document's words."""


class ElasticUnavailable(ElasticError):
    """Down, overloaded, blocked or not yet set up: the same request may work later."""


class ElasticRefused(ElasticError):
    """The request itself is wrong; `kind` is Elasticsearch's word, `detail` its sentence, never for users."""

    def __init__(self, status: int, kind: str, detail: str = "") -> None:
        super().__init__(f"{status} {kind}")
        self.status = status
        self.kind = kind
        self.detail = detail


class ElasticHttp:
    """One connection pool to one cluster address."""

    def __init__(self, url: str, user: str = "", password: str = "", timeout: float = 60.0) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            auth=httpx.BasicAuth(user, password) if user else None,
            timeout=httpx.Timeout(timeout, connect=5.0),
            # within one network, packing answers costs both sides more than sending them
            headers={"accept": "application/json", "accept-encoding": "identity"},
            trust_env=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def json(self, method: str, path: str, body: Any = None, **params: str) -> dict[str, Any]:
        """The answer to a request with a JSON body. Raises ElasticUnavailable or ElasticRefused."""
        return _decoded(await self.raw(method, path, body, **params))

    async def raw(self, method: str, path: str, body: Any = None, **params: str) -> bytes:
        """The bytes of that answer. Raises as `json` does."""
        content = None if body is None else orjson.dumps(body)
        return await self._answer(method, path, content, JSON_HEADERS, params)

    async def ndjson(self, path: str, content: bytes, **params: str) -> dict[str, Any]:
        """The answer to a POST of lines. Raises as `json` does."""
        return _decoded(await self._answer("POST", path, content, NDJSON_HEADERS, params))

    async def exists(self, path: str) -> bool:
        """Whether a HEAD request finds something. Raises ElasticUnavailable."""
        try:
            return (await self._client.head(path)).status_code == 200
        except httpx.HTTPError as error:
            raise ElasticUnavailable(type(error).__name__) from error

    async def _answer(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], params: dict[str, str]
    ) -> bytes:
        try:
            response = await self._client.request(method, path, content=content, headers=headers, params=params)
        except httpx.HTTPError as error:
            raise ElasticUnavailable(type(error).__name__) from error
        if response.is_success:
            return response.content
        raise _error(response)


def _decoded(content: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(content) if content else {}
    return answer


def _error(response: httpx.Response) -> ElasticError:
    kind, detail = _cause(response.content)
    if response.status_code in RETRYABLE:
        return ElasticUnavailable(f"{response.status_code} {kind}")
    return ElasticRefused(response.status_code, kind, detail)


def _cause(content: bytes) -> tuple[str, str]:
    try:
        error = orjson.loads(content)["error"]
        return str(error["type"]), str(error.get("reason", ""))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "error", ""
