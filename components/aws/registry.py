"""Where images come from: repositories for our own, and caches of public registries.

Owns the repositories, their lifecycle, and the pull-through cache rules.
Does not own what is pushed, which image a workload names (the releases do), nor the repositories
that ECR makes for cached images: those stay when the rules go.
Why caches: a public registry that limits or drops us must not stop a node from joining, and its
images then come through the private endpoints. Only registries that need no credentials: a rule
for Docker Hub needs a secret with an account.
"""

import json

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import ECR_CACHE_PREFIX, ECR_REPOSITORY, digest, fit

IMAGES = ("model-server", "weights-loader")
"""Images that this project builds."""
CACHED = {
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
    "ecr-public": "public.ecr.aws",
}
"""Short name to registry (ECR user guide, "Creating a pull through cache rule", 2026)."""
UNTAGGED_DAYS = 14
"""Images that lost their tag, for as long as somebody may still roll back to a digest of theirs."""

_LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": f"untagged for {UNTAGGED_DAYS} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        }
    ]
}


def cache_root(platform: PlatformRef) -> str:
    """Return the first part of the name of every repository that caches for this platform.

    The account has one registry for all platforms, and ECR gives 30 characters, which the name of a
    stack may use up alone: a digest of it keeps two platforms apart.
    """
    return f"cache-{digest(platform.name)}"


class Registry(pulumi.ComponentResource):
    """Repositories with immutable tags, and caches of public registries."""

    repository_urls: dict[str, pulumi.Output[str]]
    """Image to the URL of its repository."""

    def __init__(
        self,
        name: str,
        *,
        platform: PlatformRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create repositories and caches; where protected, a repository with images stays."""
        super().__init__("tokenworks:aws:Registry", name, None, opts)
        self._name = name
        self._platform = platform
        self.repository_urls = {
            image: self._create_repository(image, protected=protected).repository_url
            for image in IMAGES
        }
        for short_name, upstream in CACHED.items():
            aws.ecr.PullThroughCacheRule(
                f"{name}-{short_name}",
                ecr_repository_prefix=fit(f"{cache_root(platform)}/{short_name}", ECR_CACHE_PREFIX),
                upstream_registry_url=upstream,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"repositoryUrls": self.repository_urls})

    def _create_repository(self, image: str, *, protected: bool) -> aws.ecr.Repository:
        name = f"{self._name}-{image}"
        repository = aws.ecr.Repository(
            name,
            # Fixed: whoever builds the image names it before and after this stack is up.
            name=fit(f"{self._platform.cluster_name}/{image}", ECR_REPOSITORY),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                scan_on_push=True
            ),
            force_delete=not protected,
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=json.dumps(_LIFECYCLE),
            # A changed policy replaces this, and a repository has one: deleted after its successor
            # came, it would take the successor along.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return repository
