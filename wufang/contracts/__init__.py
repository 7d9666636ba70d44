"""The contracts: schemas, topics and examples as data; generated from the models, compared with releases."""
