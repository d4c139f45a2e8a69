"""Traces: which share of requests is followed through the platform, and how long that is kept.

Owns the words.
"""

from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch

MOST_DAYS = 90
"""A trace says why one request was slow: nobody asks that of a request of last season."""


class TracesSpec(Section):
    """Tempo, and who sends it spans."""

    enabled: Switch
    """Whether requests are followed at all."""
    sample_percent: Annotated[float, Field(ge=0.01, le=100, strict=True)]
    """Share of requests that are, in percent. The gateway draws it, and servers follow; a request
    that comes to a server another way is drawn there."""
    retention_days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    """Days that traces are kept."""
    cpu: Annotated[float, Field(ge=0.1, le=8, strict=True)]
    """Cores that Tempo asks for."""
    memory_gib: Annotated[float, Field(ge=0.5, le=64, strict=True)]
    """Memory of it. It grows with the spans of half an hour, and with what is searched."""

    @property
    def sample_share(self) -> float:
        """Share of requests that are followed, 0 to 1."""
        return round(self.sample_percent / 100, 6)
