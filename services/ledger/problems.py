"""What is wrong with a request, as problem+json in Chinese; the values sent are never repeated."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.ledger.console.pages import error_page
from services.ledger.cursors import BadCursor, ForeignCursor
from wufang.adapters.elastic_index import ElasticRefused, ElasticUnavailable
from wufang.adapters.http_problems import RETRY_SECONDS, FieldError, Refusal, problem_response, refusal_of
from wufang.telemetry import log

MOST_ERRORS = 20
_MESSAGES = {
    "extra_forbidden": "没有这个参数",
    "literal_error": "只能是列出的值之一",
    "string_too_long": "太长",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不对",
    "int_parsing": "应为整数",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "too_long": "值太多",
    "timezone_aware": "时间须带时区，例如 +08:00",
    "datetime_from_date_parsing": "应为带时区的时间",
}


def add_problems(app: FastAPI) -> None:
    """Every way a request can fail answers with a problem, never with a server's own words."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BadCursor, _bad_cursor)
    app.add_exception_handler(ElasticUnavailable, _away)
    app.add_exception_handler(ElasticRefused, _refused_by_elastic)


def _answer(request: Request, refusal: Refusal) -> Response:
    """A page for the console's visitors, a problem for programs."""
    if request.url.path.startswith("/console"):
        return error_page(refusal, getattr(request.state, "person", None))
    return problem_response(refusal)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  # registered for this class only
    return _answer(request, error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    return _answer(request, refusal_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class only
    listed = [_parameter(item) for item in error.errors()[:MOST_ERRORS]]
    return _answer(request, Refusal("refused", "请求参数有误", listed))


def _parameter(item: Mapping[str, Any]) -> FieldError:
    known = item["type"] != "extra_forbidden"
    name = ".".join(str(part) for part in item["loc"][1:]) if known else "（未知参数）"
    return FieldError(name, item["type"], _message(item))


def _message(item: Mapping[str, Any]) -> str:
    """One sign where two are asked for is not nothing: the bound is said."""
    least = item.get("ctx", {}).get("min_length", 1)
    if item["type"] == "string_too_short" and least > 1:
        return f"太短，至少 {least} 个字"
    return _MESSAGES.get(item["type"], "格式不对")


async def _bad_cursor(request: Request, error: Exception) -> Response:
    if isinstance(error, ForeignCursor):
        return _answer(request, Refusal("forbidden", "这个翻页游标不是您的"))
    return _answer(request, Refusal("bad_request", "翻页游标无效，请从第一页重新查起"))


async def _away(request: Request, error: Exception) -> Response:
    log("ledger").warning("Elasticsearch does not answer", cause=str(error))
    return _answer(request, search_away())


def search_away() -> Refusal:
    """The view is away; nothing is guessed in its place."""
    return Refusal("search_away", "台账暂时无法查询，收件不受影响", Retry_After=str(RETRY_SECONDS))


async def _refused_by_elastic(request: Request, error: Exception) -> Response:
    log("ledger").error("Elasticsearch refused a query", cause=str(error))
    return _answer(request, Refusal("server_error", "查询未能完成，请告诉管理员"))
