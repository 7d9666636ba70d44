"""`python -m wufang.cli` is `wufang`."""

from wufang.cli import app

if __name__ == "__main__":
    app(prog_name="wufang")
