"""What is personal leaves a report here: pure functions, randomness and keys are passed in, nothing is read or sent."""
