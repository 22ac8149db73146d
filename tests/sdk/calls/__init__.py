"""What is called, by subject."""
