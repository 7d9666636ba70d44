"""The contracts: schemas, topics and examples as data; read, held closed, compared with releases."""
