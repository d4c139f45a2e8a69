"""Guards for every test: no cloud account within reach, and Pulumi's silent mistakes made loud."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "KUBECONFIG",
    "PULUMI_ACCESS_TOKEN",
)

# A busy machine is no failure: what is timed is timed in `benchmarks`.
settings.register_profile("tokenworks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", settings.get_profile("tokenworks"), max_examples=20)
settings.load_profile("tokenworks")


def pytest_configure(config: pytest.Config) -> None:
    """Let the SDKs have their habits, which no program can change; every other warning is an error.

    The SDKs are some hundred thousand objects that stay: the collector need not look at them often.

    pulumi-aws 7.51.1 warns about its own deprecated classes when a module is first loaded. A
    program that fails leaves Outputs whose coroutines nobody awaits (pulumi 3.272.0, output.py).
    """
    gc.set_threshold(50_000, 20, 100)
    for habit in (
        r"ignore:.* has been deprecated in favor of:DeprecationWarning:pulumi_(aws|gcp)\.",
        r"ignore:coroutine 'Output\.\w+' was never awaited:RuntimeWarning",
    ):
        config.addinivalue_line("filterwarnings", habit)


@pytest.fixture(scope="session", autouse=True)
def _no_cloud_within_reach(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take away every way to reach an account, for this process and the programs it starts."""
    state = tmp_path_factory.mktemp("pulumi-state")
    empty = tmp_path_factory.mktemp("no-credentials") / "none"
    for name in _CREDENTIALS:
        os.environ.pop(name, None)
    os.environ |= {
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_CONFIG": str(empty),
        "NO_GCE_CHECK": "true",  # google-auth asks no metadata server
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_ERROR_OUTPUT_STRING": "1",  # an Output inside an f-string raises
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
