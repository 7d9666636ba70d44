"""`python -m streams.ledger`: one worker of the ledger stream."""

from streams.common.run import run
from streams.ledger.app import create

if __name__ == "__main__":
    run(create)
