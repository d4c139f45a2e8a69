"""The gateway's certificate: who signs it, and that it is there and renewed.

Owns the issuer of a platform and the Certificate beside the Gateway. Does not own cert-manager
(`cert_manager`), what these objects say (`certificate_objects`), nor the zone in which it is proved
that the domain is ours: the foundation has it.
Why nothing here is waited for: a certificate from outside comes once a person has delegated the
domain. Until then the gateway answers nobody, and says so.
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef, ZoneRef
from components.kubernetes import certificate_objects as objects
from components.kubernetes import custom_objects
from components.kubernetes.cert_manager import NAMESPACE
from components.kubernetes.certificate_objects import Object
from components.kubernetes.gateway_names import CERTIFICATE_SECRET
from infra.spec.cloud import CloudSpec
from infra.spec.gateway import GatewaySpec


class GatewayCertificate(pulumi.ComponentResource):
    """The certificate for every host below the domain."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: GatewaySpec,
        *,
        cloud: CloudSpec,
        zone: ZoneRef | None,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: issuers have fixed names.

        Args:
            name: name of the component.
            spec: how clients come in; it has a domain.
            cloud: the cloud, with its region or project.
            zone: where it is proved that the domain is ours; None where nobody outside signs.
            namespace: the gateway's.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:GatewayCertificate", name, None, opts)
        self._name = name
        signer = self._lets_encrypt(spec, cloud, zone) if zone else self._authority()
        said = objects.certificate(spec.issuer, domain=str(spec.domain), secret=CERTIFICATE_SECRET)
        self._create("public", objects.CERTIFICATE, CERTIFICATE_SECRET, said, namespace, [signer])
        self.register_outputs({"secret": CERTIFICATE_SECRET})

    def _lets_encrypt(self, spec: GatewaySpec, cloud: CloudSpec, zone: ZoneRef) -> pulumi.Resource:
        said = objects.lets_encrypt(spec.issuer, email=spec.email, zone=zone, cloud=cloud)
        return self._create(
            "issuer", objects.CLUSTER_ISSUER, objects.issuer_name(spec.issuer), said
        )

    def _authority(self) -> pulumi.Resource:
        """Create an authority of the cluster's own, signed by itself."""
        home = NamespaceRef(label=NAMESPACE, name=pulumi.Output.from_input(NAMESPACE))
        issuer = objects.CLUSTER_ISSUER
        first = self._create("self-signer", issuer, objects.SELF_SIGNER, objects.self_signer())
        own = self._create(
            "authority",
            objects.CERTIFICATE,
            objects.AUTHORITY,
            objects.authority_certificate(),
            home,
            [first],
        )
        return self._create("issuer", issuer, objects.AUTHORITY, objects.authority(), after=[own])

    def _create(  # noqa: PLR0913, PLR0917 - the parts of an object
        self,
        suffix: str,
        kind: str,
        label: str,
        spec: Object,
        namespace: NamespaceRef | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> pulumi.Resource:
        return custom_objects.create(
            f"{self._name}-{suffix}",
            (objects.API_VERSION, kind),
            label=label,
            spec=spec,
            namespace=namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
