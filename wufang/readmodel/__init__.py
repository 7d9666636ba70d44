"""What Elasticsearch holds: documents, mappings, index names and queries; dicts in, dicts out, no I/O."""
