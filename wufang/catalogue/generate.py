"""Makes every generated file (schemas, log examples, catalogue, AsyncAPI, OpenAPI), or finds what drifted."""

from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from services.discipline.app import create_app as create_discipline_app
from wufang.adapters.http_app import create_app
from wufang.catalogue.asyncapi import asyncapi
from wufang.catalogue.channels import channel_specs
from wufang.catalogue.log_examples import example_secrets, log_examples, pretty
from wufang.catalogue.pages import events_page, topics_page
from wufang.catalogue.schemas import all_schemas
from wufang.catalogue.settings_page import settings_page
from wufang.contracts.registry import SCHEMA_SUFFIX
from wufang.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = "docs/catalogue"
# Folders in which nothing but generated files may stand.
OWNED = (
    *(f"schemas/{kind}" for kind in ("submissions", "events", "ledger", "data_keys")),
    *(f"schemas/examples/{kind}" for kind in ("events", "ledger", "data_keys")),
    CATALOGUE,
)
Files = dict[str, bytes]


def generated() -> Files:
    """Path in the repository to bytes."""
    schemas = all_schemas()
    made = {f"schemas/{path}": pretty(schema) for path, schema in schemas.items()}
    made |= {f"schemas/examples/{path}": value for path, value in log_examples().items()}
    made[f"{CATALOGUE}/topics.md"] = topics_page().encode()
    made[f"{CATALOGUE}/events.md"] = events_page(schemas).encode()
    made[f"{CATALOGUE}/settings.md"] = settings_page().encode()
    made[f"{CATALOGUE}/asyncapi.json"] = pretty(asyncapi(schemas))
    return made | {f"{CATALOGUE}/openapi/{name}.json": pretty(page) for name, page in openapi().items()}


def openapi() -> dict[str, Any]:
    """The OpenAPI document of each service, as the app itself gives it."""
    with TemporaryDirectory() as folder:
        settings = _example_settings(Path(folder))
        doors = {spec.name: create_app(spec, settings).openapi() for spec in channel_specs()}
        doors["discipline"] = create_discipline_app(settings).openapi()
        # The console's framework keeps global state of the app it was given: it gets a process of its own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return doors | {"ledger": process.submit(_ledger_openapi, settings).result()}


def _example_settings(folder: Path) -> Settings:
    secrets = folder / "secrets.json"
    secrets.write_bytes(orjson.dumps(example_secrets()))
    files = {"SECRETS": secrets, "API_KEYS": folder / "keys.json", "DISCIPLINE_SECRETS": secrets}
    files["DISCIPLINE_STORE"] = folder / "sealed.db"
    return Settings.from_env({f"WUFANG_{name}": str(path) for name, path in files.items()})


def _ledger_openapi(settings: Settings) -> dict[str, Any]:
    from services.ledger.app import create_app as create_ledger_app

    return create_ledger_app(settings).openapi()


def drift(files: Files, root: Path = ROOT) -> list[str]:
    """What of the generated files is missing, changed or left over in the tree."""
    found = [f"{path}: missing" for path in files if not (root / path).exists()]
    found += [f"{p}: changed" for p, b in files.items() if (root / p).exists() and (root / p).read_bytes() != b]
    return found + [f"{path}: left over" for path in _owned(root) if path not in files]


def _owned(root: Path) -> list[str]:
    files = [path for folder in OWNED for path in (root / folder).rglob("*") if path.is_file()]
    return sorted(str(path.relative_to(root)) for path in files)


def write(files: Files, root: Path = ROOT) -> list[str]:
    """Bring the tree in line; what was changed."""
    changes = drift(files, root)
    for path in _owned(root):
        if path not in files:
            (root / path).unlink()
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return changes


def release(root: Path = ROOT) -> list[str]:
    """Freeze today's schemas as released, and what stands on the topics beside those of every release before.

    From then on a breaking change of a schema needs a new major version, and every later version reads these examples.
    """
    examples = f"examples/{version('wufang')}"
    files = {path: pretty(schema) for path, schema in all_schemas().items()}
    files |= {f"{examples}/{path}": value for path, value in log_examples().items()}
    for path, content in files.items():
        target = root / "schemas/released" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [path.removesuffix(SCHEMA_SUFFIX) for path in files]
