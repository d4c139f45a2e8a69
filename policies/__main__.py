"""What the engine starts: `pulumi preview --policy-pack policies`. Blocks until it is ended."""

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack

from policies.pack import NAME, policies

# `runpy` names the folder of the pack as it was asked for, before links are followed.
PROJECT = Path(sys.argv[0]).absolute().parent
PolicyPack(NAME, [*policies(PROJECT)], EnforcementLevel.MANDATORY)
