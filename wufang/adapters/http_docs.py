"""What /openapi.json says of the routes that read raw bytes: every content type, answer and error."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from wufang.adapters.door import ChannelSpec
from wufang.adapters.http_body import BATCH, LINES, MOST_BYTES, MOST_ITEMS, SINGLE
from wufang.adapters.http_problems import PROBLEM_JSON

Document = dict[str, Any]
_REF = "#/components/schemas/"


class FieldProblem(BaseModel):
    """需要改正的一处."""

    field: str = Field(title="字段", examples=["data.occurred_at"])
    rule: str = Field(title="规则", examples=["naive_time"])
    message: str = Field(title="说明", examples=["时间须带时区，例如北京时间写 +08:00"])
    example: Any = Field(default=None, title="正确写法示例")


class Problem(BaseModel):
    """RFC 9457 错误说明；不回显所提交的值."""

    type: str = Field(title="错误类别", examples=["urn:wufang:problem:refused"])
    title: str = Field(title="标题")
    status: int = Field(title="状态码")
    detail: str = Field(title="说明")
    errors: list[FieldProblem] | None = Field(default=None, title="逐项说明")


class Item(BaseModel):
    """一件的答复：202 附回执，422 附错误说明，503 未得到确认（请重发，重发只计一次）."""

    index: int = Field(title="序号，从 0 起")
    id: str = Field(title="事件编号")
    status: int = Field(title="状态码", examples=[202, 422, 503])
    receipt: str | None = Field(default=None, title="回执")
    problem: Problem | None = Field(default=None, title="错误说明")


class Answer(BaseModel):
    """逐件答复."""

    items: list[Item]


class ReceiptState(BaseModel):
    """一件的去向."""

    state: str = Field(
        title="去向",
        json_schema_extra={
            "enum": ["pending", "in_case", "duplicate", "conflicted", "refused", "quarantined", "recorded"]
        },
    )
    label: str = Field(title="中文说明")
    case_id: str | None = Field(default=None, title="事项编号")
    reason: str | None = Field(default=None, title="原因")


_SHARED = (Problem, Item, Answer, ReceiptState)


def problem_answer(text: str, *, retry: bool = False) -> Document:
    """One documented error."""
    answer: Document = {
        "description": text,
        "content": {PROBLEM_JSON: {"schema": {"$ref": _REF + "Problem"}}},
    }
    if retry:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "几秒后重发"}}
    return answer


def json_answer(name: str, text: str) -> Document:
    """One documented answer."""
    return {"description": text, "content": {"application/json": {"schema": {"$ref": _REF + name}}}}


AUTH_ANSWERS: Mapping[int | str, Document] = {
    401: problem_answer("没有有效的机构密钥"),
    403: problem_answer("密钥不能用于此渠道或此处"),
}
POST_ANSWERS: Mapping[int | str, Document] = {
    202: json_answer("Answer", "全部收下"),
    207: json_answer("Answer", "部分收下，逐件答复"),
    400: problem_answer("不是合法的 JSON"),
    **AUTH_ANSWERS,
    408: problem_answer("发送太慢"),
    413: problem_answer(f"超过 {MOST_BYTES // 1024 // 1024} MiB 或 {MOST_ITEMS} 件"),
    415: problem_answer("不支持的内容类型"),
    422: problem_answer("单件不符合契约，或请求不成形；批量中全部不符合时为逐件答复 207"),
    429: problem_answer("本密钥发送太频繁：未读取，什么也不承诺", retry=True),
    503: problem_answer("消息未得到确认：什么也不承诺，重发只计一次", retry=True),
}
RECEIPT_ANSWERS: Mapping[int | str, Document] = {
    200: json_answer("ReceiptState", "去向"),
    **AUTH_ANSWERS,
    404: problem_answer("不是本来源的回执"),
    503: problem_answer("查询暂不可用", retry=True),
}


def post_body(spec: ChannelSpec) -> Document:
    """The request body of POST /v1/events in all its media types."""
    refs = [{"$ref": _REF + model.__name__} for model in spec.events.values()]
    event: Document = {
        "oneOf": refs,
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: _REF + model.__name__ for name, model in spec.events.items()},
        },
    }
    batch = {"type": "array", "items": event, "minItems": 1, "maxItems": MOST_ITEMS}
    content: Document = {media: {"schema": event} for media in SINGLE}
    content[SINGLE[1]] = {"schema": {"anyOf": [event, batch]}}
    content[BATCH] = {"schema": batch}
    lines = f"每行一件，最多 {MOST_ITEMS} 行"
    content[LINES] = {"schema": {"type": "string", "description": lines}}
    return {"required": True, "content": content}


def with_components(openapi: Document, spec: ChannelSpec) -> Document:
    """The generated document with the schemas that raw routes refer to."""
    models = [(model, "validation") for model in (*spec.events.values(), *_SHARED)]
    _, definitions = models_json_schema(models, ref_template=_REF + "{model}")  # type: ignore[arg-type]
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(definitions["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return openapi
