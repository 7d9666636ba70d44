"""What the pages say of the tree is true: paths, links, rooms, records and commands; each check is seen to fire."""

import re
from pathlib import Path

import pytest

from wufang.cli import COMMANDS
from wufang.domain.report import CHANNELS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
DECISIONS = ROOT / "docs/decisions"
ROOMS = ("wufang", "wufang/ledger")  # what is in them has a row in the page on the architecture
TOP = ("wufang", "schemas", "profiles", "services", "streams", "deploy", "bench", "demo", "tests", "docs")

_PATH = re.compile(rf"`((?:{'|'.join(TOP)})/[\w<>./-]*)`")
_PAGE = re.compile(r"(?<![\w/}])([A-Za-z][\w/-]*\.md)\b")
_RECORD = re.compile(r"docs/decisions/(\d{4})")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_COMMAND = re.compile(r"^(?:    )?wufang ([a-z-]+)|`wufang ([a-z-]+)", re.MULTILINE)


def missing_paths(text: str, root: Path = ROOT) -> list[str]:
    """Paths of the tree that a page names and the tree lacks; `<channel>` stands for each channel."""
    named = {path for found in _PATH.findall(text) for path in _each(found)}
    return sorted(path for path in named if not (root / path).exists())


def _each(path: str) -> list[str]:
    return [path.replace("<channel>", channel) for channel in CHANNELS] if "<channel>" in path else [path]


def missing_pages(code: str) -> list[str]:
    """Pages and decision records that comments name and the tree lacks: a reader has nothing else."""
    records = {number for number in _RECORD.findall(code) if not list(DECISIONS.glob(f"{number}-*.md"))}
    return sorted(records | {page for page in _PAGE.findall(code) if not (ROOT / page).exists()})


def dead_links(text: str, folder: Path) -> list[str]:
    """Relative links that lead nowhere."""
    return sorted(link for link in _LINK.findall(text) if not (folder / link).exists())


def unknown_commands(text: str) -> list[str]:
    """Commands of `wufang` that a page names and the command line lacks."""
    named = {first or second for first, second in _COMMAND.findall(text)}
    return sorted(named - COMMANDS.keys())


def without_a_room(text: str, rooms: set[str]) -> list[str]:
    """Packages that the table of rooms does not name."""
    named = set(re.findall(r"`([\w/.]+?)/?`", text))
    return sorted(rooms - named)


def unlisted(index: str, records: set[str]) -> list[str]:
    """Decision records and lines of their index that have no counterpart."""
    return sorted(set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index)) ^ records)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_what_there_is(page: Path) -> None:
    text = page.read_text()
    assert (missing_paths(text), dead_links(text, page.parent), unknown_commands(text)) == ([], [], [])


def test_code_names_only_pages_there_are() -> None:
    sources = [path for folder in TOP if folder not in ("tests", "docs") for path in (ROOT / folder).rglob("*.py")]
    missing = {str(path.relative_to(ROOT)): missing_pages(path.read_text()) for path in sources}
    assert {path: pages for path, pages in missing.items() if pages} == {}


def test_every_package_has_its_room() -> None:
    rooms = {str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).iterdir() if _is_module(path)}
    entrances = {"services", "streams", "deploy", "bench", "demo"}
    assert without_a_room((ROOT / "docs/architecture.md").read_text(), rooms | entrances) == []


def _is_module(path: Path) -> bool:
    return (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()


def test_every_decision_is_listed() -> None:
    records = {path.name for path in DECISIONS.glob("[0-9]*.md")}
    assert unlisted((DECISIONS / "README.md").read_text(), records) == []


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda record: record.stem[:4])
def test_a_decision_has_its_number_a_date_and_a_status(record: Path) -> None:
    title, _, dated = record.read_text().splitlines()[:3]
    assert title.startswith(f"# {record.stem[:4]} ")
    assert re.match(r"20\d\d-\d\d-\d\d · (accepted|superseded|withdrawn)", dated)


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_has_the_same_files(name: str) -> None:
    assert _modules(ROOT / "services" / name) == {"__init__", "__main__", "checks", "report"}


@pytest.mark.parametrize("name", ["ledger", "indexer"])
def test_every_stream_has_the_same_files(name: str) -> None:
    assert _modules(ROOT / "streams" / name) >= {"__init__", "__main__", "agents", "app", "metrics", "worker"}


def _modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")}


def test_the_checks_fire() -> None:
    assert missing_paths("`wufang/domain/gone.py` and `services/<channel>/report.py`") == ["wufang/domain/gone.py"]
    assert missing_paths("`services/<channel>/gone.py`")[0] == "services/grid/gone.py"
    assert missing_pages("(GONE.md, line 1), docs/decisions/9999, docs/domain.md") == ["9999", "GONE.md"]
    assert dead_links("[a](docs/gone.md) [b](https://example.org/x) [c](README.md#top)", ROOT) == ["docs/gone.md"]
    assert unknown_commands("`wufang vanish`\n    wufang up\nwufang fly away\n") == ["fly", "vanish"]
    assert without_a_room("| `wufang/cli`, `deploy/` | thin |", {"wufang/cli", "deploy", "wufang/new"}) == [
        "wufang/new"
    ]
    assert unlisted("[1](0001-a.md) [2](0002-gone.md)", {"0001-a.md", "0003-b.md"}) == ["0002-gone.md", "0003-b.md"]
