"""What an account of AWS, and a network that exists there, must have."""
