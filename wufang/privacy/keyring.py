"""The named keys of one deployment, from a JSON document; without every one of them nothing starts."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

RandomBytes = Callable[[int], bytes]
KEY_BYTES = 32
PURPOSES = ("master", "pseudonym", "content", "receipt")
_NAME = re.compile(r"[a-z0-9-]{1,32}")


class KeysMissing(RuntimeError):
    """The secrets cannot be used; the message says what to do and quotes nothing of them."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """One 256-bit key and the name that ciphertexts and codes made with it carry."""

    name: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys wrap data keys, older ones stay for unwrapping; the others are one each, for ever."""

    master: NamedKey
    pseudonym: NamedKey
    content: NamedKey
    receipt: NamedKey
    masters: Mapping[str, bytes] = field(repr=False)


def make_secrets(random_bytes: RandomBytes) -> dict[str, Any]:
    """A fresh secrets document, to be written once and kept safe: losing it loses every encrypted field."""
    return {
        purpose: {"current": f"{purpose}-1", "keys": {f"{purpose}-1": _encode(random_bytes)}} for purpose in PURPOSES
    }


def _encode(random_bytes: RandomBytes) -> str:
    return base64.b64encode(random_bytes(KEY_BYTES)).decode()


def read_secrets(document: object) -> KeyRing:
    """The key ring of a secrets document. Raises KeysMissing."""
    if not isinstance(document, Mapping):
        raise KeysMissing("the secrets are not a JSON object of master, pseudonym, content and receipt keys")
    keys = {purpose: _keys(document, purpose) for purpose in PURPOSES}
    current = {purpose: _current(document, purpose, keys[purpose]) for purpose in PURPOSES}
    if len({named.key for named in current.values()}) < len(PURPOSES):
        raise KeysMissing("the secrets use one key for two purposes; every purpose needs its own")
    return KeyRing(**current, masters=keys["master"])


def _keys(document: Mapping[str, Any], purpose: str) -> dict[str, bytes]:
    entry = document.get(purpose)
    keys = entry.get("keys") if isinstance(entry, Mapping) else None
    if not isinstance(keys, Mapping) or not keys:
        raise KeysMissing(f"the secrets hold no {purpose} key; make them with `wufang keys secrets`")
    return {name: _decode(name, key, purpose) for name, key in keys.items()}


def _decode(name: object, key: object, purpose: str) -> bytes:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise KeysMissing(f"a {purpose} key has a bad name: lower case letters, digits and dashes only")
    try:
        raw = base64.b64decode(str(key), validate=True)
    except binascii.Error:
        raise KeysMissing(f"the {purpose} key {name} is not base64") from None
    if len(raw) != KEY_BYTES:
        raise KeysMissing(f"the {purpose} key {name} has {len(raw)} bytes, {KEY_BYTES} are needed")
    return raw


def _current(document: Mapping[str, Any], purpose: str, keys: Mapping[str, bytes]) -> NamedKey:
    name = document[purpose].get("current")
    if name not in keys:
        raise KeysMissing(f"the current {purpose} key is not among the {purpose} keys")
    return NamedKey(name, keys[name])
