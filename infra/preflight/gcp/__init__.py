"""What a project of Google Cloud, and a network that exists there, must have."""
