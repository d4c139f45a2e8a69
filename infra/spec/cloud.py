"""Where the platform stands: provider, region, and over how many zones."""

from typing import Annotated

from pydantic import Field

from infra.spec.provider import CloudProvider
from infra.spec.section import Section


class CloudSpec(Section):
    """One cloud, one region."""

    provider: CloudProvider
    """The cloud: `aws` or `gcp`, which is Google Cloud."""
    project: Annotated[str | None, Field(strict=True)]
    """Id of the Google Cloud project; none on AWS, where the credentials name the account."""
    region: str
    """A region that the catalogue knows, for example `us-east-1`."""
    zones: Annotated[int, Field(ge=2, le=3, strict=True)]
    """Availability zones that subnets span. A managed control plane needs two."""
    network_cidr: str
    """IPv4 range of the network, `/16` to `/20`."""
