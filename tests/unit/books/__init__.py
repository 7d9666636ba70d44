"""The books as sums."""
