"""Bytes to and from domain objects."""
