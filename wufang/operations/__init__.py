"""What operators do with the books: reconcile, rebuild, quarantine, erase; steps over the adapters, no decisions."""
