"""`python -m demo` is `wufang demo`."""

import sys

from wufang.cli import app

if __name__ == "__main__":
    app(["demo", *sys.argv[1:]], prog_name="python -m")
