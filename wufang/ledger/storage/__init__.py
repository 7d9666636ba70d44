"""Files: a partition's tables in its snapshot, and rows kept for one comparison; it knows nothing of cases."""
