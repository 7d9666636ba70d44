"""The container deployment says what the code says: processes, settings, metrics, pinned images."""

import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy import init
from wufang.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/operations.json").read_text())
METRIC_SOURCES = [ROOT / "wufang/adapters/http_metrics.py", *(ROOT / "streams").rglob("metrics.py")]


def _declared_metrics() -> set[str]:
    return {name for file in METRIC_SOURCES for name in re.findall(r'"(wufang_\w+)"', file.read_text())}


def _shown_metrics() -> set[str]:
    shown = " ".join(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])
    return {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"wufang_\w+", shown)}


def test_every_command_names_a_module_that_exists() -> None:
    modules = re.findall(r'"-m", "([\w.]+)"', COMPOSE)
    assert len(modules) > 8
    assert [name for name in modules if find_spec(name) is None] == []


def test_every_variable_is_a_setting() -> None:
    names = set(re.findall(r"(WUFANG_[A-Z_]+):", COMPOSE))
    assert names - {f"WUFANG_{name.upper()}" for name in Settings.model_fields} == set()


def test_images_are_pinned_and_name_no_registry() -> None:
    images = re.findall(r"image: (\S+)", COMPOSE)
    assert [image for image in images if not re.fullmatch(r"[\w-]+(/[\w-]+)?:(v?\d[\w.]*|local)", image)] == []


def test_no_password_stands_in_the_repository() -> None:
    values = re.findall(r"PASSWORD: (.+)", COMPOSE)
    assert values
    assert [value for value in values if not (value.startswith("${") and ":?" in value)] == []
    assert re.findall(r"^\w+=(.+)$", (ROOT / "deploy/compose.env.example").read_text(), re.M) == []


def test_nothing_of_a_checkout_enters_the_image_but_what_it_runs() -> None:
    """A folder that ran `wufang up` holds keys in state/, a deployment its passwords in .env."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert let_in == {
        "README.md",
        "bench",
        "demo",
        "deploy",
        "profiles",
        "pyproject.toml",
        "requirements.lock",
        "schemas",
        "services",
        "streams",
        "wufang",
    }


def test_the_dashboard_shows_only_metrics_that_exist_and_every_stream_metric() -> None:
    assert _shown_metrics() - _declared_metrics() == set()
    stream_metrics = {name for name in _declared_metrics() if not name.startswith("wufang_door")}
    assert stream_metrics - _shown_metrics() <= {"wufang_indexer_records", "wufang_indexer_redelivered"}


def test_prometheus_has_its_own_key_and_no_other() -> None:
    """The keys' volume holds the master key and the key that signs people's tokens."""
    service = COMPOSE[COMPOSE.index("  prometheus:") : COMPOSE.index("  grafana:")]
    assert "keys:" not in service
    assert "metrics:/metrics:ro" in service
    assert "/metrics/metrics.key" in (ROOT / "deploy/prometheus/prometheus.yml").read_text()
    assert '"deploy.init", "/keys", "/metrics"]' in COMPOSE


def test_what_init_makes_is_readable_to_whom_it_is_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEYS", "SECRETS", "JWKS", "DISCIPLINE_KEY", "BOOKS_KEY", "RELEASE_KEY", "DISCIPLINE_SECRETS"):
        monkeypatch.setenv(f"WUFANG_{name}", str(tmp_path / "keys" / f"{name.lower()}.json"))
    monkeypatch.setattr(init, "ensure_topics", lambda _settings: [])
    (tmp_path / "metrics").mkdir()
    init.main(tmp_path / "keys", tmp_path / "metrics")
    init.main(tmp_path / "keys", tmp_path / "metrics")
    token = tmp_path / "metrics" / init.METRICS_KEY
    assert token.read_text().startswith("wf_")
    assert token.stat().st_mode & 0o777 == 0o644
    private = ("discipline_key.json", "books_key.json", "release_key.json", "discipline_secrets.json")
    for secret in ("secrets.json", "api_keys.json", "issuer.pem", *private):
        assert (tmp_path / "keys" / secret).stat().st_mode & 0o077 == 0


def test_what_signs_tokens_is_kept_apart_from_what_checks_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, apart, metrics = (tmp_path / name for name in ("keys", "issuer", "metrics"))
    apart.mkdir()
    metrics.mkdir()
    monkeypatch.setattr(init, "ensure_topics", lambda _settings: [])
    for name, folder in (
        ("API_KEYS", keys),
        ("SECRETS", keys),
        ("JWKS", keys),
        ("DISCIPLINE_KEY", keys),
        ("BOOKS_KEY", keys),
        ("RELEASE_KEY", keys),
        ("DISCIPLINE_SECRETS", keys),
    ):  # as it was in a deployment from before
        monkeypatch.setenv(f"WUFANG_{name}", str(folder / f"{name.lower()}.json"))
    init.main(keys, metrics)
    signing = (keys / "issuer.pem").read_bytes()
    monkeypatch.setenv("WUFANG_JWKS", str(apart / "jwks.json"))
    for _ in range(2):
        init.main(keys, metrics)
        assert not (keys / "issuer.pem").exists()
        assert (apart / "issuer.pem").read_bytes() == signing
        assert (apart / "issuer.pem").stat().st_mode & 0o077 == 0
        assert (keys / "jwks.json").read_bytes() == (apart / "jwks.json").read_bytes()


def _services() -> dict[str, str]:
    """What the file says of each service, by name."""
    listed = COMPOSE[COMPOSE.index("\nservices:") : COMPOSE.index("\nnetworks:")]
    named = re.split(r"\n  ([\w-]+):(?: +#.*)?\n", listed)
    return dict(zip(named[1::2], named[2::2], strict=True))


def _merged(name: str) -> str:
    """A service with the lines of the anchors it is made of."""
    text = _services()[name]
    while found := re.search(r"<<: \*(wufang|door|confined)\n", text):
        made_of = re.search(rf"x-{found[1]}: &{found[1]}\n((?:  .*\n)+)", COMPOSE)
        assert made_of is not None
        text = text.replace(found[0], made_of[1])
    return text


@pytest.mark.parametrize("name", sorted(_services()))
def test_every_container_has_no_more_rights_than_it_needs(name: str) -> None:
    said = _merged(name)
    assert "cap_drop: [ALL]" in said
    assert '"no-new-privileges:true"' in said
    assert ("read_only: true" in said) is (name not in ("kafka", "elasticsearch")), (
        "those two write into their own image"
    )
    if name in ("init", "tools"):
        assert "issuer:/issuer" in said
    else:
        assert "issuer:" not in said
        assert '"keys:/keys"' not in _services()[name], "read-only"


@pytest.mark.parametrize("volume", ["discipline", "discipline-keys"])
def test_what_the_discipline_office_keeps_no_other_service_has(volume: str) -> None:
    having = {name for name in _services() if f'"{volume}:/' in _merged(name)}
    assert having == {"discipline"} | ({"init"} if volume == "discipline-keys" else set())
    assert '"discipline-keys:/discipline-keys:ro"' in _merged("discipline")


def test_who_watches_does_not_reach_the_data() -> None:
    networks = {name: re.findall(r"networks: (.*)", _merged(name))[-1] for name in _services()}
    assert {name for name, joined in networks.items() if joined == "[watch]"} == {"prometheus", "grafana"}
    assert networks["kafka"] == networks["elasticsearch"] == "[data]"
    assert "data: {internal: true}" in COMPOSE


def test_no_password_is_an_argument_of_a_program() -> None:
    check = _services()["elasticsearch"].partition("healthcheck:")[2]
    assert "curl" in check
    assert "PASSWORD" not in check.partition("curl")[2]
    assert not re.search(r"curl[^|]* -\w*u", check)


def test_prometheus_scrapes_every_process() -> None:
    scraped = (ROOT / "deploy/prometheus/prometheus.yml").read_text()
    for name in (
        "hotline",
        "grid",
        "sentiment",
        "petition",
        "party_building",
        "ledger-service",
        "discipline",
        "stream-ledger",
    ):
        assert f'"{name}:' in scraped


def test_compose_itself_accepts_the_file() -> None:
    command = shutil.which("docker-compose")
    if command is None:
        pytest.skip("docker-compose is not installed (Debian package docker-compose)")
    environment = {"ELASTIC_PASSWORD": "x", "GRAFANA_PASSWORD": "x", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([command, "config", "-q"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
