"""`python -m wufang.catalogue generate|check|release`: writes generated files or says what would change."""

import sys
from collections.abc import Callable

from wufang.catalogue.generate import drift, generated, release, write

_COMMANDS: dict[str, Callable[[], list[str]]] = {
    "generate": lambda: write(generated()),
    "check": lambda: drift(generated()),
    "release": release,
}


def main(arguments: list[str]) -> int:
    """0 when done; 1 when `check` found drift; 2 for a wrong call."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        sys.stderr.write(f"usage: python -m wufang.catalogue {'|'.join(_COMMANDS)}\n")
        return 2
    lines = _COMMANDS[arguments[0]]()
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(arguments[0] == "check" and bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
