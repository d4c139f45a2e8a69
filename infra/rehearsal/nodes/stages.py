"""Where kwok's stages are: the file to start kwok with."""

from pathlib import Path

STAGES = Path(__file__).with_name("stages.yaml")
"""`kwok --manage-all-nodes=true --config STAGES`."""
