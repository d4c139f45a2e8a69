"""Environments and layers: what a stack promises, and which part of the platform it builds."""

from enum import StrEnum


class Environment(StrEnum):
    """How careful the defaults are. Production is protected; development is cheap to drop."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Layer(StrEnum):
    """A part of the platform with its own rate of change, in order of creation."""

    FOUNDATION = "foundation"
    PLATFORM = "platform"
    MODELS = "models"
