"""The ledger stream: the one writer of every jurisdiction's cases."""
