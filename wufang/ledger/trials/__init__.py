"""What other rules would have done with the reports of the log; nothing of it changes the ledger."""
