"""Pieces of PromQL that many rules share. Pure text.

Owns how a series gets the name of its model and how a share is taken. Why no share is ever NaN: it
is divided by what is above zero, so where nothing happened there is no answer and no alert.
"""

from components.observability.targets import MODELS
from infra.spec.models import SHARED_HOST_SUFFIX

WANTED = "tokenworks:model_replicas:wanted"
"""Servers that a model should have now, by its Deployments."""
IN_MODELS = f'namespace="{MODELS}"'
ROUTES = f'envoy_cluster_name=~"httproute/{MODELS}/.+"'
"""Envoy Gateway calls what a route leads to `httproute/NAMESPACE/ROUTE/rule/N`
(tests/real/gateway/test_accepted.py reads it from a real one)."""
MODEL_OF_ROUTE = f"httproute/{MODELS}/([^/]+?)(?:{SHARED_HOST_SUFFIX})?/rule/.+"
"""A model's route has the model's name, and at the shared host an ending that no model's has."""


def by_deployment_model(metric: str, operation: str = "sum") -> str:
    """Return a metric of Deployments by model, which has one or two of them: their sum, or another.

    The inner `max` is for the minute in which two kube-state-metrics answer, one on its way out.
    """
    return (
        f"{operation} by (model) (label_replace("
        f"max by (namespace, deployment) ({metric}{{{IN_MODELS}}})"
        f" * on (namespace, deployment) group_left (label_tokenworks_dev_model)"
        f" max by (namespace, deployment, label_tokenworks_dev_model)"
        f' (kube_deployment_labels{{{IN_MODELS},label_tokenworks_dev_model!=""}}),'
        f' "model", "$1", "label_tokenworks_dev_model", "(.+)"))'
    )


def by_route_model(series: str) -> str:
    """Return the sum of series of the gateway by model: that of the route, whoever answered."""
    return (
        f'sum by (model) (label_replace({series}, "model", "$1",'
        f' "envoy_cluster_name", "{MODEL_OF_ROUTE}"))'
    )


def probed(metric: str, way: str) -> str:
    """Return what the probe says of each model that it asks by a way."""
    return f'max by (model) ({metric}{{job="probe",way="{way}"}})'


def quantile(share: float, histogram: str, by: str = "model") -> str:
    """Return a quantile over 5 minutes; no answer, and not NaN, where nothing was measured."""
    return f"histogram_quantile({share}, sum by ({by}, le) (rate({histogram}_bucket[5m]))) >= 0"


def or_zero(series: str, like: str) -> str:
    """Return a series, and zero for each of `like` that it lacks: a count that never began."""
    return f"{series} or ({like}) * 0"


def ratio(part: str, whole: str) -> str:
    """Return a share; no answer where the whole is zero."""
    return f"({part}) / (({whole}) > 0)"
