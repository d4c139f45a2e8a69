"""What is left in a project of Google Cloud."""
