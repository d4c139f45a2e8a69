"""Bootstrap of a Google Cloud project."""
