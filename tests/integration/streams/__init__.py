"""The streams on real Kafka and Elasticsearch."""
