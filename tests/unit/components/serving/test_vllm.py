"""How vLLM is called, warmed up and stopped."""

from hypothesis import given
from hypothesis import strategies as st

from components.serving import vllm
from infra.spec.models import ModelSpec, ReplicaRange
from tests.unit.components.examples import MODEL


def _model(**changes: object) -> ModelSpec:
    return MODEL.model_copy(update=changes)


models = st.builds(
    _model,
    drain_seconds=st.integers(1, 3600),
    startup_timeout_seconds=st.integers(60, 7200),
    replicas=st.integers(0, 20).map(lambda count: ReplicaRange(min=count, max=count, on_demand=0)),
)


@given(model=models)
def test_a_server_is_killed_only_after_sleep_and_drain_had_their_time(model: ModelSpec) -> None:
    times = vllm.timing(model, model.drain_seconds)

    assert times.grace_seconds > vllm.PRE_STOP_SECONDS + times.drain_seconds
    assert f"--shutdown-timeout={times.drain_seconds}" in vllm.vllm_arguments(
        model, times.drain_seconds
    )


@given(model=models)
def test_startup_checks_span_the_whole_startup_timeout(model: ModelSpec) -> None:
    span = vllm.timing(model, model.drain_seconds).startup_checks * vllm.STARTUP_PERIOD_SECONDS

    assert 0 <= span - model.startup_timeout_seconds < vllm.STARTUP_PERIOD_SECONDS


@given(model=models)
def test_kubernetes_gives_up_before_the_engine_does(model: ModelSpec) -> None:
    times = vllm.timing(model, model.drain_seconds)

    assert times.progress_seconds > model.startup_timeout_seconds + times.grace_seconds
    assert times.create_seconds > times.progress_seconds
    assert times.update_seconds >= times.create_seconds
    assert times.delete_seconds > times.grace_seconds


def test_a_rollout_of_many_servers_has_time_to_replace_them_one_by_one() -> None:
    one, ten = (
        vllm.timing(_model(replicas=ReplicaRange(min=count, max=count, on_demand=0)), 90)
        for count in (1, 10)
    )

    assert ten.update_seconds - vllm.MARGIN_SECONDS == 10 * one.progress_seconds


@given(model=models, notice=st.integers(60, 600))
def test_a_drain_is_as_long_as_asked_for_unless_the_node_goes_sooner(
    model: ModelSpec, notice: int
) -> None:
    drain = vllm.drain_seconds(model, notice)

    assert vllm.drain_seconds(model, None) == model.drain_seconds
    assert vllm.timing(model, drain).grace_seconds <= notice or drain == model.drain_seconds
    assert drain == model.drain_seconds or vllm.timing(model, drain).grace_seconds == notice


def test_the_arguments_say_what_the_model_says() -> None:
    arguments = vllm.vllm_arguments(MODEL, 90)

    assert arguments == [
        "--served-model-name=qwen2.5-7b",
        "--port=8000",
        "--dtype=auto",
        "--max-model-len=32768",
        "--tensor-parallel-size=1",
        "--gpu-memory-utilization=0.9",
        "--max-num-seqs=64",
        "--max-num-queued-reqs=164",
        "--shutdown-timeout=90",
        "--sse-keep-alive-interval=15",
        "--disable-access-log-for-endpoints=/health,/metrics",
    ]


def test_every_cache_is_on_the_mounted_home() -> None:
    paths = {
        key: value
        for key, value in vllm.vllm_environment().items()
        if key.endswith(("HOME", "DIR"))
    }

    assert len(paths) == 5
    assert all(value.startswith("/home/vllm") for value in paths.values())


def test_a_canary_answers_to_the_name_that_it_stands_in_for() -> None:
    """Several names stand behind one flag, and vLLM repeats the first in its answers."""
    arguments = vllm.vllm_arguments(MODEL.model_copy(update={"also_serves": ("blue",)}), 90)

    assert arguments[:3] == ["--served-model-name", MODEL.name, "blue"]
    assert arguments[3].startswith("--")
