"""The stream workers; each folder is one process."""
