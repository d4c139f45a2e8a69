"""Which cloud's packages are installed: an installation may have those of one cloud alone.

Owns which packages a cloud needs, and the report where a stack's cloud has none. Does not own the
list that installs them: that is in `pyproject.toml`, as an extra with the cloud's name.
"""

from collections.abc import Mapping
from importlib.util import find_spec

from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec

PACKAGES: Mapping[str, Mapping[str, str]] = {
    "aws": {"boto3": "boto3", "moto": "moto", "pulumi-aws": "pulumi_aws"},
    "gcp": {
        "google-api-python-client": "googleapiclient",
        "google-auth": "google.auth",
        "pulumi-gcp": "pulumi_gcp",
    },
}
"""What each extra brings (a test compares with `pyproject.toml`), and how it is imported."""


def require_extra(spec: StackSpec) -> None:
    """Refuse a stack whose cloud's packages are not installed.

    Raises:
        SpecError: they are not; it says how to install them.
    """
    cloud = str(spec.cloud.provider)
    if missing := missing_packages(cloud):
        raise SpecError(spec.name, (_mistake(cloud, missing),))


def missing_packages(cloud: str) -> list[str]:
    """Return what is not installed of a cloud's packages; nothing is imported."""
    return [name for name, module in PACKAGES[cloud].items() if not _is_installed(module)]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is not there either
        return False


def _mistake(cloud: str, missing: list[str]) -> Mistake:
    installed = [other for other in PACKAGES if not missing_packages(other)]
    return Mistake(
        setting="cloud.provider",
        problem=f"its packages are not installed: {', '.join(missing)}",
        got=cloud,
        allowed=", ".join(installed) or "no cloud: this installation has the packages of none",
        next_step=f"`uv sync --inexact --extra {cloud}` adds them to what is installed; "
        "`make setup` installs those of both clouds",
    )
