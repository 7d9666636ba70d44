"""What the linker asks for: the cases a report may belong to, and the cases that may have come apart."""
