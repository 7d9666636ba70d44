"""Names of indices and aliases: what is built can be parsed back, and only these names are ever asked for."""

import re
from typing import NamedTuple, get_args

from wufang.readmodel.document import Kind

DOCUMENTS = 11  # raised with every change of what a document holds: such an upgrade ends with `wufang rebuild`
KINDS: tuple[Kind, ...] = get_args(Kind)
_NAME = re.compile(rf"(?P<prefix>[a-z0-9-]*?)(?P<kind>{'|'.join(KINDS)})-g(?P<generation>[1-9][0-9]*)")


class IndexName(NamedTuple):
    """What an index name says."""

    prefix: str
    kind: Kind
    generation: int


def index_prefix(settings_prefix: str) -> str:
    """The deployment's prefix as index names may carry it: `demo.` becomes `demo-`."""
    return settings_prefix.replace(".", "-")


def build_index_name(name: IndexName) -> str:
    """`demo-cases-g3`. Raises ValueError for what could not be parsed back."""
    built = f"{name.prefix}{name.kind}-g{name.generation}"
    if parse_index_name(built) != name:
        raise ValueError(f"not an index name: {built!r}")
    return built


def parse_index_name(text: str) -> IndexName | None:
    """The inverse of build_index_name, None for any other index."""
    found = _NAME.fullmatch(text)
    if found is None or (found["prefix"] and not found["prefix"].endswith("-")):
        return None
    return IndexName(found["prefix"], found["kind"], int(found["generation"]))  # type: ignore[arg-type]


def serving_alias(prefix: str, kind: Kind) -> str:
    """The alias readers use; flipped when a new generation is verified."""
    return prefix + kind


def writing_alias(name: IndexName) -> str:
    """The alias one generation is written through: with `require_alias` no write makes a lost index anew."""
    return build_index_name(name) + "-write"
