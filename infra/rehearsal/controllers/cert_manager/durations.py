"""Lengths of time as Go writes them, `2160h0m0s`."""

import re
from datetime import timedelta

_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
DEFAULT = timedelta(hours=2160)
"""Of a certificate (cert-manager v1.21.2, DefaultCertificateDuration)."""


def duration(said: str) -> timedelta:
    """Return a length of time; without a word of it that of a certificate by default."""
    if not said:
        return DEFAULT
    return timedelta(
        seconds=sum(float(many) * _SECONDS[unit] for many, unit in _PART.findall(said))
    )
