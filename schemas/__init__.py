"""The contracts as data: JSON Schemas, topic files and examples."""
