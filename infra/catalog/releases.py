"""Charts and images that the platform runs: one line each, pinned, with its update source.

A digest of None means *unresolved*: nobody has asked the registry yet. It is a named state, and not
the same as "any digest will do". A version moves here and nowhere else.
"""

from dataclasses import dataclass


class UnknownReleaseError(ValueError):
    """A chart or an image that the catalogue does not pin."""


@dataclass(frozen=True, kw_only=True)
class ChartRelease:
    """One Helm chart."""

    name: str
    """Name in its repository."""
    version: str
    """Version of the chart."""
    repository: str
    """URL of the repository."""
    source: str
    """Where the version comes from."""
    source_date: str
    """Date of the source, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class ImageRelease:
    """One container image."""

    repository: str
    """Registry and repository, without tag."""
    tag: str
    """Tag of the release."""
    digest: str | None
    """`sha256:…`, or None while unresolved."""
    source: str
    """Where the tag comes from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def reference(self) -> str:
        """What a pod names: with the digest once it is resolved, else by tag."""
        tagged = f"{self.repository}:{self.tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged


_CHARTS = {
    release.name: release
    for release in (
        # renovate: datasource=helm registryUrl=https://nvidia.github.io/k8s-device-plugin
        ChartRelease(
            name="nvidia-device-plugin",
            version="0.20.0",
            repository="https://nvidia.github.io/k8s-device-plugin",
            source="NVIDIA/k8s-device-plugin@1b826acc6 deployments/helm/nvidia-device-plugin",
            source_date="2026-08-19",
        ),
        # renovate: datasource=helm registryUrl=https://nvidia.github.io/dcgm-exporter/helm-charts
        ChartRelease(
            name="dcgm-exporter",
            version="4.8.3",
            repository="https://nvidia.github.io/dcgm-exporter/helm-charts",
            source="mitodl/ol-infrastructure src/bridge/lib/versions.py",
            source_date="2026-08-22",
        ),
    )
}

_IMAGES = {
    # renovate: datasource=docker depName=docker.io/vllm/vllm-openai
    "vllm": ImageRelease(
        repository="docker.io/vllm/vllm-openai",
        tag="v0.32.0",
        digest=None,
        source="flags and metrics were read off a running vLLM 0.32.0",
        source_date="2026-11-20",
    ),
}


def chart(name: str) -> ChartRelease:
    """Return the pinned release of a chart.

    Raises:
        UnknownReleaseError: The catalogue does not pin it.
    """
    if name not in _CHARTS:
        message = f"chart: not pinned, got {name!r}; one of {', '.join(_CHARTS)}"
        raise UnknownReleaseError(message)
    return _CHARTS[name]


def image(name: str) -> ImageRelease:
    """Return the pinned release of an image by the short name of what it runs.

    Raises:
        UnknownReleaseError: The catalogue does not pin it.
    """
    if name not in _IMAGES:
        message = f"image: not pinned, got {name!r}; one of {', '.join(_IMAGES)}"
        raise UnknownReleaseError(message)
    return _IMAGES[name]
