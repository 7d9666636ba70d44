"""The only doors outward: Kafka, Elasticsearch, HTTP, files, clocks."""
