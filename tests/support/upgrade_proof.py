"""`make upgrade-proof`: what an upgrade from the last release that is kept would take away."""

import logging
import sys

from infra.upgrade.proof import losses
from tests.support.releases import STACKS, kept_graph, last_release, present_graph


def main() -> int:
    """Print every loss; return 1 when there is one."""
    release = last_release()
    found = [
        lost
        for stack in STACKS
        for lost in losses(kept_graph(stack, release), present_graph(stack, release))
    ]
    kept = f"an upgrade from {release.name} keeps every cluster, pool, bucket and database"
    sys.stdout.write("\n\n".join(map(str, found)) + "\n" if found else f"{kept}\n")
    return 1 if found else 0


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # what is unresolved, `pulumi preview` says
    sys.exit(main())
