"""What is wrong with a submission, in words for its sender; values are never repeated."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from services.channel.fields import DAY_EXAMPLE, DAY_PATTERN, TIME_EXAMPLE, TIME_PATTERN
from wufang.adapters.http_problems import FieldError

MOST_ERRORS = 20
_SAFE_KEY = re.compile(r"(?!.*[0-9]{5})[A-Za-z_][A-Za-z0-9_-]{0,40}")
HIDDEN_KEY = "（未知字段）"


def safe_key(key: object) -> str:
    """A field name that may be repeated: a plain identifier, never the name or number of a person."""
    return key if isinstance(key, str) and _SAFE_KEY.fullmatch(key) else HIDDEN_KEY


def explain(model: type[BaseModel], error: ValidationError, at: str = "") -> tuple[FieldError, ...]:
    """The errors of one validation of `model`, whose place in the submission is `at`."""
    found = error.errors(include_url=False, include_input=True, include_context=True)
    return tuple(_field_error(model, item, at) for item in found[:MOST_ERRORS])


def _field_error(model: type[BaseModel], item: Mapping[str, Any], at: str) -> FieldError:
    kind: str = item["type"]
    path = [part for part in item["loc"] if not _is_tag(part)]
    example = _example(model, path)
    if kind == "extra_forbidden":
        return _unknown_field(model, path, at)
    if kind == "string_pattern_mismatch":
        kind, example = _pattern_kind(item, example)
    message = _MESSAGES.get(kind, "格式不对").format_map(_Limits(item.get("ctx", {})))
    return FieldError(_joined(at, path), kind, message, example)


def _is_tag(part: object) -> bool:
    """pydantic puts the chosen event type into the path of a tagged union."""
    return isinstance(part, str) and part.startswith("wufang.")


def _joined(at: str, path: list[Any]) -> str:
    names = [str(part) if isinstance(part, int) else safe_key(part) for part in path]
    return ".".join([at, *names] if at else names)


def _unknown_field(model: type[BaseModel], path: list[Any], at: str) -> FieldError:
    known = sorted(_fields_at(model, path[:-1]))
    near = get_close_matches(str(path[-1])[:60], known, n=1, cutoff=0.75)
    hint = f"，是否应为 {near[0]}" if near else ""
    return FieldError(_joined(at, path), "unknown_field", f"未登记的字段，契约不接收{hint}", near[0] if near else None)


def _pattern_kind(item: Mapping[str, Any], example: Any) -> tuple[str, Any]:
    pattern = item.get("ctx", {}).get("pattern")
    if pattern == TIME_PATTERN:
        naive = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+", str(item.get("input", "")))
        return ("naive_time" if naive else "time_format"), TIME_EXAMPLE
    if pattern == DAY_PATTERN:
        return "day_format", DAY_EXAMPLE
    return "pattern", example


class _Limits(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


_MESSAGES = {
    "missing": "缺少必填字段",
    "naive_time": "时间须带时区，例如北京时间写 +08:00",
    "time_format": "时间须为 RFC 3339 格式并带时区",
    "day_format": "日期须为 年-月-日",
    "pattern": "格式不符合规定",
    "timezone_aware": "时间须带时区，例如北京时间写 +08:00",
    "datetime_from_date_parsing": "日期或时间不存在",
    "datetime_parsing": "日期或时间不存在",
    "date_from_datetime_parsing": "日期不存在",
    "date_parsing": "日期不存在",
    "string_type": "须为文字",
    "string_too_short": "不能为空，至少 {min_length} 个字",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_unicode": "文字编码不对",
    "too_long": "项数太多，最多 {max_length} 项",
    "too_short": "项数太少，至少 {min_length} 项",
    "bool_type": "须为 true 或 false",
    "int_type": "须为整数",
    "int_from_float": "须为整数",
    "float_type": "须为数字",
    "finite_number": "须为有限的数字",
    "greater_than_equal": "太小，不得小于 {ge}",
    "less_than_equal": "太大，不得大于 {le}",
    "enum": "不在可选值之内，可选：{expected}",
    "literal_error": "取值不对，应为 {expected}",
    "tuple_type": "须为列表",
    "dict_type": "须为对象",
    "model_type": "须为对象",
    "model_attributes_type": "须为对象",
    "union_tag_not_found": "缺少事件类型 type",
    "union_tag_invalid": "本渠道没有这种事件类型，可用：{expected_tags}",
    "author_link": "链接指向作者主页或带有作者标识，只接收不含作者的原文链接",
    "link_format": "须为 http 或 https 开头的原文链接",
}


def _example(model: type[BaseModel], path: list[Any]) -> Any:
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return None
    field = _fields_at(model, names[:-1]).get(names[-1])
    return field.examples[0] if field is not None and field.examples else None


def _fields_at(model: type[BaseModel], path: list[Any]) -> dict[str, Any]:
    """The fields of every model that can stand at `path` (a tagged union has several)."""
    models = [model]
    for name in (part for part in path if isinstance(part, str)):
        models = [m for parent in models for m in models_of(parent).get(name, ())]
    return {name: field for m in models for name, field in m.model_fields.items()}


@cache
def models_of(model: type[BaseModel]) -> dict[str, tuple[type[BaseModel], ...]]:
    """Field name to the models that can stand in it."""
    return {name: tuple(_models_in(field.annotation)) for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, list) or hasattr(annotation, "__metadata__"):
        for argument in get_args(annotation):
            yield from _models_in(argument)
