"""Checkpoints that stacks serve, and how large their weights are.

Owns what the files of a checkpoint weigh. Does not own whether a model fits a GPU. A checkpoint
that is missing here is not "small": a stack that serves it must write its size.
"""

from dataclasses import dataclass

_BYTES_PER_GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """One checkpoint of the hub."""

    name: str
    """Repository, `organization/name`."""
    weights_bytes: int
    """Size of its safetensors files, in bytes."""
    source: str
    """Where the figure comes from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def weights_gib(self) -> float:
        """Size of its safetensors files, in GiB, rounded up to hundredths."""
        return -(-self.weights_bytes * 100 // _BYTES_PER_GIB) / 100


_CHECKPOINTS = {
    checkpoint.name: checkpoint
    for checkpoint in (
        Checkpoint(
            name="Qwen/Qwen2.5-7B-Instruct",
            weights_bytes=7_615_616_512 * 2,
            source="7,615,616,512 parameters of its config.json, in bfloat16",
            source_date="2026-11-20",
        ),
    )
}


def checkpoint(name: str) -> Checkpoint | None:
    """Return a checkpoint by its repository, or None when the catalogue does not have it."""
    return _CHECKPOINTS.get(name)
