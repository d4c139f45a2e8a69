"""Bootstrap of an AWS account."""
