"""Copies one revision of a model from a hub into a bucket, checked, and once."""

VERSION = "0.1.0"
"""The image's tag (`infra/catalog/releases.lock.yaml`, section `own`)."""
