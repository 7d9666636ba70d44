"""The secrets file of a deployment: written once, readable by its owner alone, never printed."""

import json
import os
from pathlib import Path

import orjson

from wufang.privacy.keyring import KeyRing, KeysMissing, RandomBytes, make_secrets, read_secrets


def load_key_ring(path: Path) -> KeyRing:
    """The key ring in `path`. Raises KeysMissing with one clear sentence; nothing may start without it."""
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise KeysMissing(f"no secrets file at {path} (WUFANG_SECRETS); make one with `wufang keys secrets`") from None
    except OSError as error:
        raise KeysMissing(f"the secrets file {path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise KeysMissing(f"the secrets file {path} is not JSON") from None
    return read_secrets(document)


def create_secrets(path: Path, random_bytes: RandomBytes = os.urandom) -> KeyRing:
    """Write fresh secrets. Raises FileExistsError: keys that are in use are never overwritten."""
    document = make_secrets(random_bytes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return read_secrets(document)
