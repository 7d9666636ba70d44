"""What is personal leaves a report."""
