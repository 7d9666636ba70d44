"""What must balance: every input has its fate in the ledger, and the index holds what the ledger folds to."""
