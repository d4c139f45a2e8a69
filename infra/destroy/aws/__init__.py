"""What is left in an AWS account."""
