"""Workflows as data, their shell steps as programs, and stand-ins for whom they call."""
