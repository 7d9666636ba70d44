"""Tests of the demo's story and accounts."""
