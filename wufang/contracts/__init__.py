"""The contracts: schemas, topics and examples as data; read here, generated from the models, compared with releases."""
