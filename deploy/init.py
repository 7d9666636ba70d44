"""`python -m deploy.init KEYS METRICS`: what a new deployment needs before it starts; run again, it changes nothing."""

import sys
from pathlib import Path
from shutil import copyfile, move

from wufang.adapters.jwt_people import LocalIssuer
from wufang.adapters.kafka_admin import ensure_topics
from wufang.adapters.key_file import ensure_token
from wufang.adapters.secrets_file import create_secrets
from wufang.settings import Settings

PUBLIC_KEYS = "jwks.json"
METRICS_KEY = "metrics.key"  # the bearer token of Prometheus, which is somebody else and must see no other key


def main(folder: Path, metrics: Path) -> None:
    """Secrets, also the discipline office's own, the issuer's keys, the keys of programs, the topics."""
    settings = Settings.from_env()
    folder.mkdir(parents=True, exist_ok=True)
    for secrets in (settings.secrets, settings.discipline_secrets):
        if not secrets.exists():
            create_secrets(secrets)
    _take_apart(folder, settings.jwks)
    LocalIssuer.open(settings)
    if not (folder / PUBLIC_KEYS).exists():  # a place with an identity provider of its own puts its file there
        copyfile(settings.jwks, folder / PUBLIC_KEYS)
    ensure_token(settings.api_keys, metrics / METRICS_KEY, source="prometheus", scope="metrics", mode=0o644)
    ensure_token(settings.api_keys, settings.discipline_key, source="doors", scope="seal")
    ensure_token(settings.api_keys, settings.books_key, source="books", scope="books")
    ensure_token(settings.api_keys, settings.release_key, source="discipline", scope="release")
    made = ensure_topics(settings)
    sys.stdout.write(f"{len(made)} topics made\n")


def _take_apart(folder: Path, jwks: Path) -> None:
    """A deployment from before kept what signs tokens among the keys that every service reads."""
    old = folder / "issuer.pem"
    if old.exists() and jwks.parent != folder:
        copyfile(folder / PUBLIC_KEYS, jwks)
        move(old, jwks.parent / old.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
