"""The Pulumi program: the stack's spec, built."""

from infra.config import running_spec
from infra.layers import build

build(running_spec())
