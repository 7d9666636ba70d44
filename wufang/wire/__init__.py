"""Bytes on the log to and from domain objects; pure, and the only place that knows the formats."""
