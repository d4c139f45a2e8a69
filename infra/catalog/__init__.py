"""Dated facts: GPUs, machines, regions, versions, releases. Each row has a source; no decisions."""
