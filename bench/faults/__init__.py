"""Kills what can be killed under load and proves by the books that nothing accepted was lost and nothing doubled."""
