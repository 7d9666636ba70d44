"""What is generated: schemas, log examples, catalogue, AsyncAPI, OpenAPI; nothing at run time needs it."""
