"""What is wrong with a request, as problem+json in Chinese; the values sent are never repeated."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from wufang.adapters.http_problems import FieldError, Refusal, add_refusals, problem_response

MOST_ERRORS = 20


def add_problems(app: FastAPI) -> None:
    """Every way a request can fail answers with a problem."""
    add_refusals(app)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class only
    return problem_response(invalid([dict(item) for item in error.errors()], 1))


def invalid(found: list[Mapping[str, Any]] | list[dict[str, Any]], skipped: int = 0) -> Refusal:
    """The refusal of a request whose fields are wrong; a field the contract does not know is not named."""
    return Refusal("refused", "请求不符合契约", [_wrong(item, skipped) for item in found[:MOST_ERRORS]])


def _wrong(item: Mapping[str, Any], skipped: int) -> FieldError:
    known = item["type"] != "extra_forbidden"
    name = ".".join(str(part) for part in item["loc"][skipped:]) if known else "（未知字段）"
    return FieldError(name, item["type"], "格式、长度或取值不对" if known else "没有这个字段")
