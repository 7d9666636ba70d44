"""The local stack's pure parts."""
