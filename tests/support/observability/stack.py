"""The stack whose dashboards are drawn."""

from infra.spec.cache import CachePlace
from infra.spec.files import load_stack_file
from infra.spec.stack import StackSpec
from infra.spec.vector_store import VectorStoreMode


def everything() -> StackSpec:
    """Return production on AWS with cache and vector store inside the cluster: every dashboard."""
    spec = load_stack_file("aws-prod")
    vectors = spec.vector_store.model_copy(update={"mode": VectorStoreMode.CLUSTER})
    cache = spec.cache.model_copy(update={"place": CachePlace.IN_CLUSTER})
    return spec.model_copy(update={"vector_store": vectors, "cache": cache})
