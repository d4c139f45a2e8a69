"""`python -m infra.rehearsal.gcp`: the simulated Google Cloud as a daemon of one rehearsal."""

import sys

from infra.preflight.facts import FactsError, load_facts
from infra.rehearsal.cloud.process import Start, StartError, run
from infra.rehearsal.gcp.api.container.state import GKE
from infra.rehearsal.gcp.server import SimulatedCloud
from infra.spec.cloud import CloudProvider


def _start(given: Start) -> SimulatedCloud:
    try:
        facts = load_facts(given.facts, CloudProvider.GCP)
    except FactsError as error:
        raise StartError(str(error)) from error
    return SimulatedCloud(
        given.plane,
        facts.quotas,
        offerings=facts.offerings,
        project=given.project,
        region=given.region,
        ports=given.ports,
        files=given.files,
    )


if __name__ == "__main__":
    sys.exit(run("infra.rehearsal.gcp", GKE, _start))
