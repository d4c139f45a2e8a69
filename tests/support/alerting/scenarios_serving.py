"""What goes wrong with models: requests, servers, promises."""

from tests.support.alerting.healthy import (
    CANARY,
    MODEL,
    SHARED,
    Series,
    deployment,
    engine,
    healthy,
    pod,
    probe,
    requests,
    route,
    server,
)
from tests.support.alerting.lines import FOR_EVER, Line, Phase, between, counter, gone, level
from tests.support.alerting.scenario import Scenario, instead

USUAL = healthy()
A, B, C = "qwen2-5-7b-a", "qwen2-5-7b-on-demand-b", "qwen2-5-7b-next-c"
OF_MODEL, OF_CANARY = {"model": MODEL}, {"model": CANARY}
AT_GATEWAY = {"source": "gateway"}


def errors_at_gateway(model: str, per_second: float, last: int) -> Series:
    """Return answers of the gateway that failed."""
    failed = route("upstream_rq_xx", model, envoy_response_code_class="5")
    return instead({failed: counter(per_second)}, USUAL, last)


def ready(deployment_name: str, last: int) -> Series:
    """Return a Deployment of a model that has no server that is ready."""
    name = deployment("kube_deployment_status_replicas_available", "models", deployment_name)
    return instead({name: level(0)}, USUAL, last)


def fast(histogram: str, bound: str, per_second: float, last: int) -> Series:
    """Return how many of the canary's observations are within a bound."""
    return instead({engine(f"{histogram}_bucket", C, le=bound): counter(per_second)}, USUAL, last)


REQUESTS = (
    Scenario(
        alert="ModelErrors",
        changes=errors_at_gateway(MODEL, 0.06, 75),
        fires=67,
        resolves=80,
        why="2.8 % fail from 60 on; the sums of five minutes are over 1 % in 64, for 3 minutes",
        labels={**OF_MODEL, **AT_GATEWAY},
    ),
    Scenario(
        alert="ModelTimeouts",
        changes=instead({route("upstream_rq_timeout", SHARED): counter(0.2)}, USUAL, 80),
        fires=71,
        resolves=85,
        why="at the shared host 9 % of the model's, all hosts counted, from 60 on; of ten minutes "
        "5 % in 66, for 5 minutes",
        labels=OF_MODEL,
    ),
    Scenario(
        alert="TrafficDropped",
        changes={
            name: Line(
                (
                    Phase(1500, None, line.phases[0].per_second),
                    Phase(1560, per_second=0),
                    Phase(FOR_EVER, None, line.phases[0].per_second),
                ),
                line.start,
            )
            for name, line in USUAL.items()
            if name
            in {
                requests(A, "2xx"),
                requests(B, "2xx"),
                *(route("upstream_rq_xx", MODEL, envoy_response_code_class=of) for of in "24"),
            }
        },
        fires=1522,
        resolves=1562,
        why="nothing from 1500 on: rates of 5 minutes, on average of 10, are under 10 % in 1512, "
        "for 10 minutes",
        labels=OF_MODEL,
        step_minutes=2,
    ),
    Scenario(
        alert="WayInFails",
        changes=instead({probe("success", CANARY, "gateway"): level(0)}, USUAL, 75),
        fires=69,
        resolves=75,
        why="the first fails in 60, all of five minutes in 64, for 5 minutes",
        labels=OF_CANARY,
    ),
    Scenario(
        alert="RequestsQueueing",
        changes=instead(
            {engine("num_requests_waiting", one): level(45) for one in (A, B)}, USUAL, 90
        ),
        fires=72,
        resolves=92,
        why="45 wait at each from 60 on; on average of five minutes over 20 in 62, for 10 minutes",
        labels=OF_MODEL,
    ),
    Scenario(
        alert="KvCachePressure",
        changes=instead(
            {
                engine("kv_cache_usage_perc", A): level(0.97),
                engine("num_preemptions_total", A): counter(0.1),
            },
            {**USUAL, engine("num_preemptions_total", A): counter(0)},
            90,
        ),
        fires=78,
        resolves=91,
        why="97 % from 60 on, on average of ten minutes over 90 % in 68, for 10 minutes",
        labels={**OF_MODEL, "pod": A},
    ),
)
SERVERS = (
    Scenario(
        alert="ModelDown",
        changes=ready("qwen2-5-7b-next", 75),
        fires=63,
        resolves=75,
        why="none is ready from 60 on, for 3 minutes",
        labels=OF_CANARY,
    ),
    Scenario(
        alert="ModelMissing",
        changes={
            name: between(60, 70, gone(), line)
            for name, line in USUAL.items()
            if name.startswith("kube_deployment_") and 'deployment="qwen2-5-7b-next"' in name
        },
        fires=65,
        resolves=70,
        why="the Deployment is gone from 60 on, for 5 minutes",
        labels=OF_CANARY,
    ),
    Scenario(
        alert="ModelDegraded",
        changes=ready("qwen2-5-7b-on-demand", 95),
        fires=90,
        resolves=95,
        why="one of two from 60 on, for 30 minutes",
        labels=OF_MODEL,
    ),
    Scenario(
        alert="ReadyButSilent",
        changes=instead(
            {
                engine(f"{kind}_tokens_total", one): counter(0)
                for kind in ("prompt", "generation")
                for one in (A, B)
            },
            USUAL,
            75,
        ),
        fires=66,
        resolves=76,
        why="no token from 60 on: none in five minutes in 64, for 2 minutes",
        labels=OF_MODEL,
    ),
    Scenario(
        alert="ProbeFails",
        changes=instead({probe("success", CANARY, "service"): level(0)}, USUAL, 75),
        fires=67,
        resolves=75,
        why="the first fails in 60, all of five minutes in 64, for 3 minutes",
        labels=OF_CANARY,
    ),
    Scenario(
        alert="ModelServerRestarts",
        changes={
            pod("kube_pod_container_status_restarts_total", A, container="vllm"): Line(
                (
                    Phase(60, per_second=0),
                    Phase(70, per_second=1 / 120),
                    Phase(FOR_EVER, per_second=0),
                ),
                start=1,
            )
        },
        fires=66,
        resolves=124,
        why="a restart every two minutes from 60 on: three in 66",
        labels={"pod": A},
    ),
    Scenario(
        alert="ModelServerMemoryLeak",
        changes={
            pod("container_memory_rss", A, container="vllm"): Line(
                (
                    Phase(30, per_second=0),
                    Phase(310, per_second=1.5e6),
                    Phase(FOR_EVER, level=20e9),
                ),
                start=20e9,
            )
        },
        fires=300,
        resolves=310,
        why="it grows from 30 on; four hours are known in 240, for an hour",
        labels={"pod": A},
        step_minutes=2,
    ),
    Scenario(
        alert="ModelServerNotScraped",
        changes=instead({server("up", C): gone()}, USUAL, 80),
        fires=70,
        resolves=80,
        why="no scrape from 60 on, for 10 minutes",
        labels={"pod": C},
    ),
)
PROMISES = (
    Scenario(
        alert="AvailabilityBurnFast",
        changes=errors_at_gateway(CANARY, 0.05, 130),
        fires=83,
        resolves=155,
        why="2.4 % fail from 60 on: over 0.6 % of all that is known of six hours in 81, for 2",
        burns=True,
        after=("AvailabilityBurnSlow",),
        labels={**OF_CANARY, **AT_GATEWAY},
        also=("AvailabilityBurnSlow", "ModelErrors"),
    ),
    Scenario(
        alert="AvailabilityBurnSlow",
        changes=errors_at_gateway(CANARY, 0.0082, 110),
        fires=93,
        resolves=239,
        why="0.4 % fail from 60 on: over 0.1 % of all that is known of three days in 78, for 15",
        burns=True,
        labels={**OF_CANARY, **AT_GATEWAY},
    ),
    Scenario(
        alert="TtftBurnFast",
        changes=fast("time_to_first_token_seconds", "0.5", 0.2, 150),
        fires=99,
        resolves=171,
        why="80 % begin late from 60 on: over 30 % of all that is known of six hours in 97, for 2",
        burns=True,
        also=("TtftBurnSlow",),
        after=("TtftBurnSlow",),
        labels=OF_CANARY,
    ),
    Scenario(
        alert="TtftBurnSlow",
        changes=fast("time_to_first_token_seconds", "0.5", 0.9, 150),
        fires=125,
        resolves=205,
        why="10 % begin late from 60 on: over 5 % of all that is known of three days in 110, "
        "for 15",
        burns=True,
        labels=OF_CANARY,
    ),
    Scenario(
        alert="ItlBurn",
        changes=fast("inter_token_latency_seconds", "0.05", 50, 80),
        fires=77,
        resolves=247,
        why="half of the tokens are late from 60 on: over 5 % of all that is known in 67, for 10",
        burns=True,
        labels=OF_CANARY,
    ),
    Scenario(
        alert="EndToEndBurn",
        changes=instead(
            {probe("duration_seconds", CANARY, "service"): level(3)},
            USUAL,
            76,
        ),
        fires=80,
        resolves=432,
        why="all probes are late from 60 on: with a round each two minutes three are counted in "
        "70, over 1 % of all that is known, for 10 minutes",
        burns=True,
        step_minutes=2,
        labels=OF_CANARY,
    ),
)
SERVING = (*REQUESTS, *SERVERS, *PROMISES)
