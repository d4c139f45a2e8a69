"""Compute Engine in the simulated project: one module for each group of collections."""
