"""The Pulumi program: the stack's spec, built."""

from infra.config import running_spec
from infra.layers import build
from infra.unresolved import require_resolved

spec = running_spec()
require_resolved(spec)
build(spec)
