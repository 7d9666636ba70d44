"""The whole system from outside: commands, doors, streams, index."""
