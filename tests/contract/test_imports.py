"""What may import what: every contract of pyproject.toml is seen to fire, and the core's outside world is a list.

What tests share is no test.
"""

import ast
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.application.use_cases import read_user_options
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).parents[2]
configure()
OPTIONS = read_user_options(str(ROOT / "pyproject.toml"))
PACKAGES = OPTIONS.session_options["root_packages"]
CONTRACTS = {contract["id"]: contract for contract in OPTIONS.contracts_options}
CLASSES: dict[str, Callable[..., Any]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
}
ROOMS = ("domain", "wire", "readmodel", "ledger", "privacy")

# What the core may import from outside. `datetime` only to calculate: the linter bans its clocks (test_core.py).
CALCULATES = frozenset(
    "abc base64 binascii bisect collections dataclasses datetime enum functools hashlib heapq hmac itertools json math"
    " operator re string struct typing unicodedata borax msgspec orjson rjieba".split()
)
ALLOWED = {
    **dict.fromkeys(("domain", "wire", "readmodel"), CALCULATES),
    "ledger": CALCULATES | {"pathlib", "sqlite3"},  # snapshots
    "privacy": CALCULATES | {"cryptography"},  # encryption; chance is passed in
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    made = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    for name in sys.stdlib_module_names - made.modules:
        made.add_module(name, is_squashed=True)
    return made


def kept(graph: grimp.ImportGraph, contract: Mapping[str, Any]) -> bool:
    """Whether the imports hold to one contract."""
    make = CLASSES[contract["type"]]
    made = make(name=contract["name"], session_options=OPTIONS.session_options, contract_options=dict(contract))
    return bool(made.check(graph, verbose=False).kept)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_kept(graph: grimp.ImportGraph, name: str) -> None:
    assert kept(deepcopy(graph), CONTRACTS[name])


@pytest.mark.parametrize(
    ("name", "importer", "imported"),
    [
        ("layers", "wufang.domain.case", "wufang.wire.record"),
        ("layers", "wufang.adapters.door", "wufang.cli.words"),
        ("layers", "wufang.cli.words", "wufang.catalogue.pages"),
        ("rooms", "wufang.ledger.storage.tables", "wufang.ledger.folding.members"),
        ("rooms", "wufang.ledger.folding.fold", "wufang.ledger.proofs.books"),
        ("rooms", "wufang.ledger.watching.watch", "wufang.ledger.folding.fold"),
        ("rooms", "wufang.ledger.trials.relink", "wufang.ledger.candidates.link_index"),
        ("rooms", "wufang.ledger.proofs.rebuild", "wufang.ledger.state"),
        ("rooms", "wufang.ledger.state", "wufang.ledger.writer"),
        ("library", "wufang.operations.reconcile", "services.channel.report"),
        ("library", "wufang.wire.record", "bench.corpus"),
        ("programs", "services.channel.report", "streams.common.app"),
        ("programs", "services.channel.spec", "bench.corpus"),
        ("programs", "services.hotline.report", "deploy.local.stack"),
        ("programs", "services.ledger.app", "demo.day"),
        ("programs", "services.grid.report", "wufang.cli.words"),
        ("programs", "streams.common.app", "services.channel.report"),
        ("programs", "streams.common.app", "deploy.local.stack"),
        ("programs", "streams.ledger.worker", "wufang.cli.words"),
        ("programs", "streams.indexer.worker", "wufang.catalogue.pages"),
        ("programs", "wufang.adapters.door", "services.channel.spec"),
        ("programs", "wufang.domain.case", "wufang.cli.words"),
        ("programs", "wufang.cli.words", "bench.corpus"),
        ("programs", "deploy.local.stack", "demo.day"),
        ("programs", "deploy.local.stack", "wufang.catalogue.pages"),
        ("programs", "bench.corpus", "demo.day"),
        ("core", "wufang.domain.case", "random"),
        ("core", "wufang.readmodel.document", "pathlib"),
        ("ledger", "wufang.privacy.encryption", "secrets"),
        ("ledger", "wufang.ledger.writer", "time"),
        ("services", "services.hotline.report", "services.grid.report"),
        ("services", "streams.ledger.worker", "streams.indexer.worker"),
    ],
)
def test_a_contract_fires(graph: grimp.ImportGraph, name: str, importer: str, imported: str) -> None:
    touched = deepcopy(graph)
    assert {importer, imported} <= touched.modules
    touched.add_import(importer=importer, imported=imported)
    assert not kept(touched, CONTRACTS[name])


@pytest.mark.parametrize(("name", "module"), [("layers", "wufang.new"), ("rooms", "wufang.ledger.new")])
def test_a_module_without_a_room_is_found(graph: grimp.ImportGraph, name: str, module: str) -> None:
    touched = deepcopy(graph)
    touched.add_module(module)
    assert not kept(touched, CONTRACTS[name])


def test_every_contract_is_seen_to_fire() -> None:
    (mark,) = test_a_contract_fires.pytestmark  # type: ignore[attr-defined]
    assert {name for name, _, _ in mark.args[1]} == set(CONTRACTS)


def outside(source: str) -> set[str]:
    """The packages a module imports from outside the library, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Name) and node.id == "__import__":
            found.add(node.id)
    return found - {"wufang"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_core_imports_only_what_is_listed(room: str) -> None:
    files = sorted((ROOT / "wufang" / room).rglob("*.py"))
    assert files
    found = {str(file.relative_to(ROOT)): outside(file.read_text()) - ALLOWED[room] for file in files}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "import os.path as p",
        "from importlib import import_module",
        "def late():\n    from subprocess import run",
        "__import__('time')",
        "from services.channel import ChannelSpec",
    ],
)
@pytest.mark.parametrize("room", ROOMS)
def test_anything_else_is_found(room: str, source: str) -> None:
    assert outside(source) - ALLOWED[room]


def astray(importer: str, source: str) -> list[str]:
    """What a module of the tests imports that is another test, or another folder's and not in tests/support."""
    found = [node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    other = [name for name in found if name.startswith("tests.") and name != "tests.golden"]
    own = importer.rpartition(".")[0]
    return [name for name in other if ".test_" in name or name.rpartition(".")[0] not in ("tests.support", own)]


def test_what_tests_share_is_no_test_and_stands_beside_them_or_in_support() -> None:
    files = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in (ROOT / "tests").rglob("*.py")}
    found = {name: astray(name, file.read_text()) for name, file in files.items()}
    assert {name: modules for name, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from tests.unit.ledger.test_state import Desk", ["tests.unit.ledger.test_state"]),
        ("def late():\n    from tests.e2e.telling import event", ["tests.e2e.telling"]),
        ("from tests.support.desk import Desk\nfrom tests.unit.ledger.made import TREE", []),
    ],
)
def test_a_helper_taken_from_a_test_or_from_afar_is_found(source: str, found: list[str]) -> None:
    assert astray("tests.unit.ledger.test_fold", source) == found
