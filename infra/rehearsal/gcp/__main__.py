"""`python -m infra.rehearsal.gcp`: the simulated Google Cloud as a daemon of one rehearsal."""

import sys

from infra.rehearsal.cloud.process import Start, run
from infra.rehearsal.gcp.api.container.state import GKE
from infra.rehearsal.gcp.server import SimulatedCloud


def _start(given: Start) -> SimulatedCloud:
    return SimulatedCloud(
        given.plane,
        project=given.project,
        region=given.region,
        ports=given.ports,
        files=given.files,
    )


if __name__ == "__main__":
    sys.exit(run("infra.rehearsal.gcp", GKE, _start))
