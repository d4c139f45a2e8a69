"""Everything that the platform of the scene says."""

from tests.support.observability import scene_models, scene_nodes, scene_tenants, scene_ways
from tests.support.observability.recording import Recording


def scene() -> Recording:
    """Return every series of the scene: always the same."""
    recording = Recording()
    for part in (scene_models, scene_nodes, scene_ways, scene_tenants):
        part.record(recording)
    return recording
