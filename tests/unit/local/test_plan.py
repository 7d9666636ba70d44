"""A folder keeps the plan it was started with, and learns of services that came later."""

import json
from dataclasses import asdict
from pathlib import Path

from deploy.local.system import System


def test_a_folder_from_before_a_service_was_added_gets_its_port_and_keeps_the_others(tmp_path: Path) -> None:
    old = asdict(System(tmp_path).plan)
    del old["ports"]["discipline"]
    (tmp_path / "system.json").write_text(json.dumps(old))
    system = System(tmp_path)
    system._settle_plan()
    kept = {name: port for name, port in system.plan.ports.items() if name != "discipline"}
    assert kept == old["ports"]
    assert system.url("discipline").rpartition(":")[2] == str(system.plan.ports["discipline"])
