"""The content code of what was received: equal for equal JSON, useless without the key."""

import hmac
from typing import Any

import orjson

from wufang.privacy.keyring import NamedKey


def content_mac(key: NamedKey, data: Any) -> str:
    """`<key name>:<hex HMAC-SHA256>` of the canonical JSON (sorted keys, compact, UTF-8)."""
    canonical = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    return f"{key.name}:{hmac.digest(key.key, canonical, 'sha256').hex()}"
