"""The doors against real servers."""
