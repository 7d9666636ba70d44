"""Refusals as RFC 9457 problems: Chinese for people, fixed words for machines, never a value sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5  # what Retry-After says, of whatever was away for a moment
_TYPE = "urn:wufang:problem:"
_TITLES = {
    "bad_json": (400, "无法解析的 JSON"),
    "bad_request": (400, "请求有误"),
    "unauthenticated": (401, "未通过身份验证"),
    "forbidden": (403, "无权访问"),
    "not_found": (404, "没有找到"),
    "method_not_allowed": (405, "不支持的请求方法"),
    "conflicted": (409, "与先前的不一致"),
    "timeout": (408, "请求发送太慢"),
    "too_large": (413, "请求太大"),
    "media_type": (415, "不支持的内容类型"),
    "refused": (422, "内容不符合契约"),
    "too_many": (429, "发送太频繁，请稍后重发"),
    "server_error": (500, "服务内部错误"),
    "busy": (503, "正忙，请稍后重发"),
    "not_acknowledged": (503, "消息未得到确认，请稍后重发"),
    "search_away": (503, "查询暂不可用，请稍后再试"),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to put right: where, by which rule, in Chinese, with an example of the right form."""

    field: str
    rule: str
    message: str
    example: Any = None


class Refusal(Exception):
    """A request is refused as a whole."""

    def __init__(self, kind: str, detail: str, errors: Iterable[FieldError] = (), /, **headers: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def status(self) -> int:
        return _TITLES[self.kind][0]


def refusal_of(error: HTTPException) -> Refusal:
    """Starlette's own 404 and 405, in our form."""
    if error.status_code == 405:
        return Refusal("method_not_allowed", "此地址不支持这种请求", **dict(error.headers or {}))
    return Refusal("not_found", "没有这个地址")


def problem(kind: str, detail: str, errors: Iterable[FieldError] = ()) -> dict[str, Any]:
    """The body of one problem."""
    status, title = _TITLES[kind]
    body: dict[str, Any] = {"type": _TYPE + kind, "title": title, "status": status, "detail": detail}
    listed = [field_error(error) for error in errors]
    return {**body, "errors": listed} if listed else body


def field_error(error: FieldError) -> dict[str, Any]:
    """Field, rule, message and, where there is one, an example of the right form."""
    shown = {"field": error.field, "rule": error.rule, "message": error.message}
    return shown if error.example is None else {**shown, "example": error.example}


def problem_response(refusal: Refusal) -> Response:
    """The answer to a refused request."""
    return json_response(
        problem(refusal.kind, refusal.detail, refusal.errors), refusal.status, refusal.headers, PROBLEM_JSON
    )


def add_refusals(app: Starlette) -> None:
    """What is refused, and Starlette's own refusals, are answered with a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_error)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  # registered for this class only
    return problem_response(error)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    return problem_response(refusal_of(error))


def json_response(
    body: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """orjson bytes as they are."""
    return Response(orjson.dumps(body, default=str), status, dict(headers or {}), media_type)
