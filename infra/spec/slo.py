"""What a platform promises its users: service level objectives of every model.

Owns the words. Which values go together is in `checks_slo`; what is done with them is in
`components.observability`.
"""

from typing import Annotated

from pydantic import Field

from infra.spec.section import Section


class SloSpec(Section):
    """Service level objectives, the same for every model of a platform."""

    ttft_milliseconds: Annotated[int, Field(ge=1, strict=True)]
    """Time to first token, in ms: so soon an answer begins; a bound of vLLM's histogram."""
    itl_milliseconds: Annotated[int, Field(ge=1, strict=True)]
    """Inter-token latency, in ms: so long one token waits for the next; a bound, too."""
    latency_percent: Annotated[float, Field(ge=94, le=99.9, strict=True)]
    """Share of requests, and of tokens, that must be that fast, in percent."""
    probe_milliseconds: Annotated[int, Field(ge=100, le=60_000, strict=True)]
    """End to end, in ms: what 99 % of probes must take at most. Only a probe's length is known."""
    error_percent: Annotated[float, Field(gt=0, le=50, strict=True)]
    """Share of requests that may fail within minutes before somebody hears of it, in percent."""
    availability_percent: Annotated[float, Field(ge=94, le=99.99, strict=True)]
    """Share of requests that must be answered over 30 days, in percent."""

    @property
    def latency_budget(self) -> float:
        """Share of requests that may be slow, 0 to 1."""
        return _budget(self.latency_percent)

    @property
    def error_budget(self) -> float:
        """Share of requests that may fail over 30 days, 0 to 1."""
        return _budget(self.availability_percent)


def _budget(percent: float) -> float:
    return round(1 - percent / 100, 6)
