"""`python -m streams.indexer`: one worker of the indexer stream."""

import gc

from streams.common.run import run
from streams.indexer.app import create

# As the ledger's: many cases are remembered, none of them in a cycle.
gc.set_threshold(50_000, 20, 100)

if __name__ == "__main__":
    run(create)
