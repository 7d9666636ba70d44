"""Tests; folders are named by level."""
