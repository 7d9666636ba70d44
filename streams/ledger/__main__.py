"""`python -m streams.ledger`: one worker of the ledger stream."""

import gc

from streams.common.run import run
from streams.ledger.app import create

# The caches are hundreds of thousands of objects without cycles; looking through them again and again for some took a
# fifth of the time (986 µs a report with Python's own thresholds, 784 with these).
gc.set_threshold(50_000, 20, 100)

if __name__ == "__main__":
    run(create)
