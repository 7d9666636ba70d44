"""The indexer stream: the ledger's view in Elasticsearch, never ahead of what Elasticsearch took."""
