"""The streams' parts that need no broker."""
