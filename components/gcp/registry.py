"""Where images come from: a repository for our own, and caches of public registries.

Owns the repositories, their clean-up, and who may read them: the nodes, and nobody else.
Does not own what is pushed, nor which image a workload names (the releases do).
Why one repository of our own where AWS has one for each image: in Artifact Registry a repository
holds many images. Why caches: a public registry that limits or drops us must not stop a node from
joining. Docker Hub is among them, as Artifact Registry needs no account of ours for it.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import AccountRef
from components.gcp.policies import PULL_IMAGES, account_member, checked_role
from components.gcp.tags import labels
from components.handles import PlatformRef
from components.names import ARTIFACT_REPOSITORY, fit

IMAGES = ("model-server", "weights-loader")
"""Images that this project builds."""
OWN = "images"
DOCKER_HUB = "docker-hub"
CACHED = {
    "kubernetes": "https://registry.k8s.io",
    "quay": "https://quay.io",
    "ecr-public": "https://public.ecr.aws",
}
"""Short name to registry, beside Docker Hub, which Artifact Registry knows by name."""
UNTAGGED_DAYS = 14
"""Images that lost their tag, for as long as somebody may still roll back to a digest of theirs."""

_SECONDS_PER_DAY = 86400
_remote = gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgs
_docker = gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs
_custom = gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryCustomRepositoryArgs


class Registry(pulumi.ComponentResource):
    """A repository with immutable tags, and caches of public registries."""

    repository_urls: dict[str, pulumi.Output[str]]
    """Image to the address that it is pushed to."""
    readable: tuple[pulumi.Resource, ...]
    """What must be there before a node pulls an image."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        platform: PlatformRef,
        project: ProjectRef,
        nodes: AccountRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create repositories and caches; where protected, our own images stay."""
        super().__init__("tokenworks:gcp:Registry", name, None, opts)
        self._name, self._platform, self._nodes = name, platform, nodes
        own = self._create_own(protected=protected)
        caches = {
            DOCKER_HUB: self._create_cache(DOCKER_HUB, _docker(public_repository="DOCKER_HUB")),
            **{
                cache: self._create_cache(cache, _docker(custom_repository=_custom(uri=upstream)))
                for cache, upstream in CACHED.items()
            },
        }
        self.readable = tuple(
            self._let_nodes_read(kind, repository)
            for kind, repository in {OWN: own, **caches}.items()
        )
        host = f"{platform.region}-docker.pkg.dev/{project.id}"
        self.repository_urls = {
            image: pulumi.Output.concat(f"{host}/", own.repository_id, f"/{image}")
            for image in IMAGES
        }
        self.register_outputs({"repositoryUrls": self.repository_urls})

    def _create_own(self, *, protected: bool) -> gcp.artifactregistry.Repository:
        policy = gcp.artifactregistry.RepositoryCleanupPolicyArgs
        return gcp.artifactregistry.Repository(
            f"{self._name}-{OWN}",
            # Fixed: whoever builds an image names it before and after this stack is up.
            repository_id=self._id(OWN),
            location=self._platform.region,
            format="DOCKER",
            description=f"Images of {self._platform.cluster_name}",
            docker_config=gcp.artifactregistry.RepositoryDockerConfigArgs(immutable_tags=True),
            cleanup_policies=[
                policy(
                    id="untagged",
                    action="DELETE",
                    condition=gcp.artifactregistry.RepositoryCleanupPolicyConditionArgs(
                        tag_state="UNTAGGED", older_than=f"{UNTAGGED_DAYS * _SECONDS_PER_DAY}s"
                    ),
                )
            ],
            vulnerability_scanning_config=_scanning(),
            labels=labels(self._platform),
            # Google deletes a repository with all that is in it.
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )

    def _create_cache(
        self,
        cache: str,
        upstream: gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs,
    ) -> gcp.artifactregistry.Repository:
        return gcp.artifactregistry.Repository(
            f"{self._name}-{cache}",
            repository_id=self._id(cache),
            location=self._platform.region,
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            description=f"Cache of a public registry for {self._platform.cluster_name}",
            remote_repository_config=_remote(docker_repository=upstream),
            vulnerability_scanning_config=_scanning(),
            labels=labels(self._platform),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _let_nodes_read(
        self, kind: str, repository: gcp.artifactregistry.Repository
    ) -> gcp.artifactregistry.RepositoryIamMember:
        return gcp.artifactregistry.RepositoryIamMember(
            f"{self._name}-{kind}-nodes",
            location=repository.location,
            repository=repository.name,
            role=checked_role(PULL_IMAGES),
            member=account_member(self._nodes.email),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _id(self, kind: str) -> str:
        return fit(f"{self._platform.cluster_name}-{kind}", ARTIFACT_REPOSITORY)


def _scanning() -> gcp.artifactregistry.RepositoryVulnerabilityScanningConfigArgs:
    """Scan where the project has switched the scanning API on: each image scanned is billed."""
    return gcp.artifactregistry.RepositoryVulnerabilityScanningConfigArgs(
        enablement_config="INHERITED"
    )
