"""Kafka in: the Faust apps; thin, they decode nothing and decide nothing themselves."""
