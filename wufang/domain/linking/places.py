"""Place and organisation names in a text by their general form; it must know no name of any real place."""

import re

_NAMED = re.compile(
    r"[一-鿿]{2,6}?(?:小区|社区|花园|家园|公寓|广场|大厦|中学|小学|学校|大学|学院|幼儿园|医院|公司|街道|大道|新村|[苑府城路街村镇])"
)
_LINE = re.compile(r"(?:地铁)?\d{1,2}号线|\d{2,3}路(?:公交)?")


def places(normal: str) -> tuple[str, ...]:
    """The names in the order they first come, at most twelve."""
    return tuple(dict.fromkeys(_NAMED.findall(normal) + _LINE.findall(normal)))[:12]
