"""Models by their name: a row of the catalogue, read as a user's config.json is."""

from infra.catalog.model_shapes import model_shape
from infra.sizing.architecture import Architecture
from infra.sizing.hf_config import architecture


def known_model(name: str) -> Architecture | None:
    """Return a model of the catalogue, by any of its repositories; None where there is none.

    Raises:
        MistakesError: The catalogue has it, and no rule for its layers.
    """
    shape = model_shape(name)
    return None if shape is None else architecture(shape.config, shape.name)
