"""What people's decisions taught of categories, for suggestions to come."""
