"""Encrypts what was taken out of a report under a data key of its own; erasing that key erases it for good.

AES-256-GCM throughout; the key id is authenticated with wrapped key and field: neither can be swapped.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wufang.privacy.keyring import KEY_BYTES, KeyRing, RandomBytes

KEY_ID_BYTES = 16
NONCE_BYTES = 12


class CannotDecrypt(ValueError):
    """The field cannot be read: the key was erased, is another one, or something was altered."""


class Encrypted(NamedTuple):
    """`field` goes into the report, as `sealed`; `wrapped` to the data keys under `key_id`, before the report."""

    key_id: str
    wrapped: bytes
    field: dict[str, str]


def encrypt(ring: KeyRing, personal: Mapping[str, str], random_bytes: RandomBytes) -> Encrypted:
    """Encrypt {field: original} under a fresh data key."""
    random = random_bytes(KEY_ID_BYTES + KEY_BYTES + 2 * NONCE_BYTES)
    key_id = random[:16].hex()
    data_key, nonce, wrap_nonce = random[16:48], random[48:60], random[60:72]
    aad = key_id.encode()
    ciphertext = AESGCM(data_key).encrypt(nonce, orjson.dumps(personal), aad)
    wrapped = _cipher(ring.master.key).encrypt(wrap_nonce, data_key, aad)
    stored = orjson.dumps({"master": ring.master.name, "nonce": _b64(wrap_nonce), "key": _b64(wrapped)})
    return Encrypted(key_id, stored, {"key": key_id, "nonce": _b64(nonce), "ciphertext": _b64(ciphertext)})


def decrypt(ring: KeyRing, wrapped: bytes | None, field: Mapping[str, str]) -> dict[str, str]:
    """{field: original} of an encrypted field. Raises CannotDecrypt; `wrapped` is None for an erased key."""
    if not wrapped:
        raise CannotDecrypt("the data key was erased")
    try:
        aad = field["key"].encode()
        data_key = _unwrap(ring, wrapped, aad)
        plain = AESGCM(data_key).decrypt(b64decode(field["nonce"]), b64decode(field["ciphertext"]), aad)
        fields: dict[str, str] = orjson.loads(plain)
    except (InvalidTag, KeyError, ValueError) as error:
        raise CannotDecrypt("the key does not open this field") from error
    return fields


def _unwrap(ring: KeyRing, wrapped: bytes, aad: bytes) -> bytes:
    stored = orjson.loads(wrapped)
    return AESGCM(ring.masters[stored["master"]]).decrypt(b64decode(stored["nonce"]), b64decode(stored["key"]), aad)


@lru_cache(4)
def _cipher(master: bytes) -> AESGCM:
    """The master's key schedule is the same for every report."""
    return AESGCM(master)


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()
