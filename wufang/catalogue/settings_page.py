"""The settings and the commands as pages, made from the code itself so that they cannot drift."""

from typing import Any

from pydantic_core import PydanticUndefined

from wufang.settings import Settings


def settings_page() -> str:
    """Every WUFANG_* variable, its default and what it is."""
    head = "# Settings\n\nGenerated from `wufang/settings.py`. Every process reads them once, when it starts.\n\n"
    rows = ["| variable | default | what |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `WUFANG_{name.upper()}` | {_default(field.default)} | {field.description} |")
    return head + "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    return "" if value in ("", PydanticUndefined) else f"`{value}`"
