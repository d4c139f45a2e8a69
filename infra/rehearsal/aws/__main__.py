"""`python -m infra.rehearsal.aws`: the simulated AWS as a daemon of one rehearsal."""

import sys

from infra.preflight.facts import FactsError, load_facts
from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.aws.server import SimulatedCloud
from infra.rehearsal.cloud.process import Start, StartError, run
from infra.spec.cloud import CloudProvider


def _start(given: Start) -> SimulatedCloud:
    try:
        facts = load_facts(given.facts, CloudProvider.AWS)
    except FactsError as error:
        raise StartError(str(error)) from error
    return SimulatedCloud(
        given.plane, facts, region=given.region, ports=given.ports, files=given.files
    )


if __name__ == "__main__":
    sys.exit(run("infra.rehearsal.aws", EKS, _start))
