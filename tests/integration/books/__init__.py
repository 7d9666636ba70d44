"""What operators do with the books, on real servers, the workers driven in this process."""
