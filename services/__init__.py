"""The HTTP services; each folder is one process."""
