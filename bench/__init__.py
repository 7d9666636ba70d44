"""Benchmarks; they measure the running system and change nothing in it."""
