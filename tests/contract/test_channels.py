"""Every place that lists the channels lists all of them: CONTRIBUTING's recipe, held."""

import re
import tomllib
from pathlib import Path

import pytest

from deploy.local.programs import LABELS
from wufang import ports
from wufang.catalogue.channels import channel_specs
from wufang.cli.words import COLOURS
from wufang.domain.report import CHANNEL_LABELS, CHANNELS

ROOT = Path(__file__).parents[2]
STYLES = (ROOT / "services/ledger/console/static/console.css").read_text()


def test_the_channels_are_the_folders_under_services() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/report.py")} - {"channel"}
    assert folders == set(CHANNELS)


def test_a_specification_is_named_and_labelled_as_the_domain_says() -> None:
    assert {spec.name: spec.label for spec in channel_specs()} == CHANNEL_LABELS


def test_every_channel_has_a_port_of_its_own_a_label_and_a_colour() -> None:
    assert set(ports.SERVICES) == {*CHANNELS, "ledger-service", "discipline"}
    assert len(set(ports.SERVICES.values())) == len(ports.SERVICES)
    assert set(CHANNELS) - LABELS.keys() == set()
    assert set(COLOURS) == set(CHANNELS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_stands_in_containers_console_and_contracts(channel: str) -> None:
    port = ports.SERVICES[channel]
    assert f'ports: ["127.0.0.1:{port}:{port}"]' in (ROOT / "docker-compose.yml").read_text()
    assert f'"{channel}:{port}"' in (ROOT / "deploy/prometheus/prometheus.yml").read_text()
    assert re.search(rf"--{channel}: #", STYLES)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (services,) = [contract for contract in contracts if contract["id"] == "services"]
    assert f"services.{channel}" in services["modules"]
