"""纪检封存: the discipline office's own store of what the doors sealed; nothing of it enters log or index.

A place with a system of its own plugs it in behind the same contract (docs/catalogue/openapi/discipline.json).
"""
