"""What a stack file may say one day, and nothing builds yet: refused as `not built`, never ignored.

A line goes from here when the thing that it names is built.
"""

from collections.abc import Mapping

NOT_BUILT = "not built"
"""What the problem is called, everywhere."""

SECTIONS: Mapping[str, str] = {
    "autoscaling": "give each model the replicas that it needs, `replicas: {min: 2, max: 2}`",
    "data": "the cache is the section cache, the vector store the section vectorStore",
    "dns": "point a wildcard record at the address of the gateway",
    "jobs": "run batch jobs with `kubectl` against a model's Service",
    "registry": "images come from their public registries",
    "secrets": "models that need no token are served; keep tokens out of stack files",
}
"""Sections, and what works today instead."""

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "cluster": {
        "autoMode": "managed node groups carry every pool",
        "karpenter": "managed node groups carry every pool",
    },
    "gpuPools": {
        "mig": "a model gets whole GPUs",
        "timeSlicing": "a model gets whole GPUs",
    },
    "models": {
        "adapters": "serve a merged checkpoint",
        "nodes": "a model fits one node: tensorParallel up to gpusPerNode of its pool",
        "quantization": "name a checkpoint that is quantized; vLLM reads it from its config",
        "routes": "reach the model by its Service",
    },
}
"""Settings inside a section, and what works today instead."""

VALUES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("models", "engine"): dict.fromkeys(("sglang", "tensorrt-llm", "tgi", "llama.cpp"), "vllm"),
}
"""Values of a setting, and the value that works today."""
