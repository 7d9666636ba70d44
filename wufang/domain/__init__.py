"""The pure core: events, cases, decisions, linking. It must not read a clock, a file, a socket or the environment."""
