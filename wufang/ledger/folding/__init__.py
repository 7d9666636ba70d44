"""The chain folded to cases: who stands where, what people put together or kept apart, which warnings there are."""
