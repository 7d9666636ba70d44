"""`python -m streams.indexer`: one worker of the indexer stream."""

from streams.common.run import run
from streams.indexer.app import create

if __name__ == "__main__":
    run(create)
