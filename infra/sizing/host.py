"""Host memory and `/dev/shm` of one model server.

Owns the arithmetic; whether the node has that much is the scheduler's to say.
"""

from dataclasses import dataclass

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.estimate import Estimate

_SERVER_GIB = 2.0
"""API server and scheduler: Python, tokenizer, request queues."""
_WORKER_GIB = 3.5
"""Each GPU's process: PyTorch with its libraries, the CUDA context, compiled kernels. An estimate:
no figure of vLLM's own was found (2026-11-26)."""
_READ_AHEAD_GIB = 4.0
"""Weights pass through the page cache and a pinned buffer for each process that reads; one
safetensors shard is at most 5 GB (huggingface_hub's `max_shard_size`)."""
_QUEUE_MIB = 240
"""A message queue between the processes of a server: 10 chunks of 24 MiB
(vllm/distributed/device_communicators/shm_broadcast.py, VLLM_MQ_MAX_CHUNK_BYTES_MB; 0.33.0)."""
_NCCL_MIB_PER_RANK = 64
"""NCCL's buffers between GPUs without a direct way (NCCL_BUFFSIZE, 4 MiB for each of up to 16
channels)."""
_LEAST_SHARED_MIB = 64
"""What a container has by itself."""


@dataclass(frozen=True, kw_only=True)
class HostNeed:
    """What one server needs of its node."""

    memory_gib: float
    """With `/dev/shm`, which counts towards a pod's memory."""
    shared_memory_gib: float


def host_need(found: Estimate) -> HostNeed:
    """Return what a server needs at least."""
    gpus = found.settings.split.gpus
    shared_mib = _LEAST_SHARED_MIB
    if gpus > 1:
        shared_mib += 2 * _QUEUE_MIB + _NCCL_MIB_PER_RANK * gpus
    shared_gib = shared_mib / 1024
    read_ahead = min(_READ_AHEAD_GIB, found.weights_bytes / BYTES_PER_GIB) * gpus
    memory_gib = _SERVER_GIB + _WORKER_GIB * gpus + read_ahead + shared_gib
    return HostNeed(memory_gib=memory_gib, shared_memory_gib=shared_gib)
