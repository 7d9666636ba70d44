"""What is personal leaves a report here; pure functions, keys and randomness are passed in."""
