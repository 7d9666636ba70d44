"""The keys of a local system, made once for its folder; a real deployment brings its own."""

from __future__ import annotations

import json
from pathlib import Path

from deploy.local.artifacts import file_lock
from wufang.adapters.jwt_people import LocalIssuer
from wufang.adapters.key_file import create_key, ensure_token
from wufang.adapters.secrets_file import create_secrets
from wufang.domain.report import Channel
from wufang.settings import Settings


def env(folder: Path) -> dict[str, str]:
    return {
        "WUFANG_API_KEYS": str(folder / "api-keys.json"),
        "WUFANG_SECRETS": str(folder / "secrets.json"),
        "WUFANG_JWKS": str(folder / "jwks.json"),
        "WUFANG_DISCIPLINE_KEY": str(folder / "discipline.key"),
        "WUFANG_BOOKS_KEY": str(folder / "books.key"),
        "WUFANG_RELEASE_KEY": str(folder / "release.key"),
        "WUFANG_DISCIPLINE_SECRETS": str(folder / "discipline" / "secrets.json"),
        "WUFANG_DISCIPLINE_STORE": str(folder / "discipline" / "sealed.db"),
    }


def ensure(settings: Settings) -> None:
    """Make what is missing; what is there stays, for the log can be read with no other keys."""
    for secrets in (settings.secrets, settings.discipline_secrets):
        if not secrets.exists():
            create_secrets(secrets)
    ensure_token(settings.api_keys, settings.discipline_key, source="doors", scope="seal")
    ensure_token(settings.api_keys, settings.books_key, source="books", scope="books")
    ensure_token(settings.api_keys, settings.release_key, source="discipline", scope="release")
    LocalIssuer.open(settings)


def local_source(channel: str, jurisdiction: str) -> str:
    """The source under which commands on this machine hand in reports of one channel and county."""
    return f"local-{channel}-{jurisdiction}"


def local_tokens(folder: Path) -> dict[str, str]:
    """The keys that commands on this machine have, by source."""
    file = folder / "local-tokens.json"
    found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return found


def local_token(folder: Path, channel: Channel, jurisdiction: str, source: str | None = None) -> str:
    """The API key with which commands on this machine hand in reports; made at its first use.

    The same channel and jurisdiction always get the same source, so that handing in twice counts once.
    """
    source = source or local_source(channel, jurisdiction)
    file = folder / "local-tokens.json"
    with file_lock(folder / "local-tokens.lock"):
        tokens = local_tokens(folder)
        if source not in tokens:
            tokens[source], _key = create_key(
                folder / "api-keys.json", source=source, channels=[channel], jurisdiction=jurisdiction
            )
            file.touch(mode=0o600)
            file.write_text(json.dumps(tokens, indent=1))
    return tokens[source]
