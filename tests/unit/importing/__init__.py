"""Tests of the import, on files and rows."""
