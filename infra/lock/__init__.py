"""Asking registries, chart repositories and EKS what the lock file leaves open, and writing it."""
