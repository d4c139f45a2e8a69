"""How long a model server may take to start: the default of `startupTimeoutSeconds`. Pure.

Owns the arithmetic. It must cover the slower of two ways, whichever a server takes on the day:
weights are streamed from the bucket, or are downloaded from the hub to the node's disk and read
from there. The hub is slower, and a server that starts from the bucket may have to take it.
Sources:
- Engine: Llama-3.1-8B on an L40S, vLLM with empty caches: imports and engine 94 s, bytecode
  transformation 10 s, compilation 42 s, graph capture 54 s (tensorfuse.io, "Reducing GPU cold
  start", 2025-09-01).
- Hub: the same page, 61 s for 15 GiB, is faster than a node's root disk writes: an EBS gp3 volume
  does 125 MiB/s unless more is bought (Amazon EBS user guide, "General Purpose SSD volumes", 2026).
  The weights pass through it twice, and the page cache is not counted on.
- Bucket: 15 GB in 28 s with 4 readers and 5 s with 32 (run-ai/runai-model-streamer@f73a19a
  docs/src/benchmarks.md, g5.12xlarge); never the slower way.
"""

import math

ENGINE_START_SECONDS = 200
DISK_MIB_PER_SECOND = 125
DISK_PASSES = 2
MARGIN = 1.5
"""A start that is given up too early begins again, on a GPU that is paid for meanwhile."""
_MIB_PER_GIB = 1024
_STEP_SECONDS = 60


def startup_timeout_seconds(weights_gib: float) -> int:
    """Return how long the start of a server with such weights may take, in whole minutes."""
    transfer = weights_gib * _MIB_PER_GIB / DISK_MIB_PER_SECOND * DISK_PASSES
    seconds = (ENGINE_START_SECONDS + transfer) * MARGIN
    return math.ceil(seconds / _STEP_SECONDS) * _STEP_SECONDS
