"""What a platform needs of a cloud, one concept a row: how each gives it, and what differs.

Owns the rows of `docs/clouds.md`. Does not own the proof that they are complete and true: `clouds`
holds them against the recorded graphs.
"""

from infra.graph.clouds_concepts_data import CACHE, DATA, WAY_IN
from infra.graph.concept import Concept

_WHERE = (
    Concept(
        "account",
        ("providers.aws", "fn index.getCallerIdentity"),
        ("providers.gcp", "fn organizations.getProject"),
        "AWS's account is that of the credentials; a project is named in the stack file.",
    ),
    Concept(
        "zones",
        ("fn index.getAvailabilityZones", "fn ec2.getInstanceTypeOfferings"),
        (),
        "A zone of Google Cloud has one name for everybody: the catalogue knows which sells what. "
        "On AWS the letter of a zone means another one in each account, which must be asked.",
    ),
    Concept("network", ("ec2.Vpc",), ("compute.Network",)),
    Concept(
        "subnets",
        ("ec2.Subnet",),
        ("compute.Subnetwork",),
        "AWS's stand in one zone each, public or private; Google's spans the region, and no "
        "machine in it has a public address.",
    ),
    Concept(
        "addresses of pods and Services",
        ("ec2.Subnet cidrBlock",),
        ("compute.Subnetwork secondaryIpRanges", "container.Cluster ipAllocationPolicy"),
        "Pods of EKS take addresses of the nodes' subnets; GKE gives each node a block of a "
        "second range, and uses up no address of nodes.",
    ),
    Concept(
        "way out",
        (
            "ec2.InternetGateway",
            "ec2.NatGateway",
            "ec2.Eip",
            "ec2.RouteTable",
            "ec2.Route",
            "ec2.RouteTableAssociation",
        ),
        ("compute.Router", "compute.RouterNat"),
        "A NAT gateway stands in a zone, so production has one in each; Cloud NAT is regional, and "
        "a Google network has its route to the internet from the start.",
    ),
    Concept(
        "private way to the cloud's services",
        ("ec2.VpcEndpoint",),
        ("compute.Subnetwork privateIpGoogleAccess",),
        "AWS needs an endpoint for each service and bills it by the hour; Google's is a switch, "
        "and free.",
    ),
    Concept(
        "firewall",
        ("ec2.SecurityGroup", "vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule"),
        ("compute.Firewall",),
        "On AWS for endpoints and fast adapters only: EKS makes the cluster's own group. On Google "
        "Cloud one rule that refuses and logs: GKE makes those that let in.",
    ),
    Concept(
        "flow logs",
        ("ec2.FlowLog",),
        ("compute.Subnetwork logConfig",),
        "A resource with a role on AWS; a setting of the subnetwork on Google Cloud.",
    ),
    Concept(
        "logs",
        ("cloudwatch.LogGroup",),
        ("logging.ProjectBucketConfig", "logging.ProjectSink", "logging.ProjectExclusion"),
        "AWS's services write into a group that is named after them; on Google Cloud everything "
        "goes to the project, and a sink sorts it into a bucket with our key and our end.",
    ),
    Concept(
        "samples, kept by the cloud",
        ("amp.Workspace",),
        (),
        "Where `metrics.managed` is true. Google's Managed Service for Prometheus takes no remote "
        "write: it would need collectors of Google's and every monitor a second time.",
    ),
    Concept(
        "what pods print, kept by the cloud",
        ("cloudwatch.LogStream",),
        ("logging.ProjectBucketConfig", "projects.IAMMember"),
        "Where `logs.store` is `cloud`. A writer on AWS is held to one stream, which must be there "
        "first; on Google Cloud a log is there once somebody writes to it, and who may write, may "
        "write to any log of the project.",
    ),
)
_KEYS = (
    Concept(
        "encryption key",
        ("kms.Key", "kms.Alias"),
        ("kms.KeyRing", "kms.CryptoKey"),
        "One key with a policy on AWS; one for each service on Google Cloud, where a grant names a "
        "service and a key and nothing finer. Names of key rings are drawn, as they outlive a "
        "stack.",
    ),
    Concept(
        "who may use the key",
        ("kms.Key policy",),
        (
            "kms.CryptoKeyIAMMember",
            "fn storage.getProjectServiceAccount",
            "fn logging.getProjectCmekSettings",
        ),
        "Google's services come as agents of the project; two of them exist once they are asked "
        "for.",
    ),
    Concept(
        "secrets of the cluster",
        ("eks.Cluster encryptionConfig",),
        ("container.Cluster databaseEncryption",),
    ),
    Concept(
        "boot disks",
        ("ec2.LaunchTemplate blockDeviceMappings",),
        ("container.NodePool nodeConfig.bootDiskKmsKey",),
        "The account's own key for EBS on AWS, which needs no grant; the platform's on Google "
        "Cloud.",
    ),
)
_CLUSTER = (
    Concept(
        "control plane",
        ("eks.Cluster",),
        ("container.Cluster",),
        "EKS pins a version, and bills it six times as much once it is old. GKE takes it as a "
        "floor of the Regular channel and upgrades at weekends; production holds its minor "
        "version to the end of support.",
    ),
    Concept(
        "who reaches the API server",
        ("eks.Cluster vpcConfig.publicAccessCidrs",),
        (
            "container.Cluster masterAuthorizedNetworksConfig.cidrBlocks",
            "container.Cluster controlPlaneEndpointsConfig.dnsEndpointConfig",
        ),
        "Without listed ranges nobody does from outside of AWS's network; on Google Cloud whoever "
        "IAM lets connect comes by the DNS endpoint.",
    ),
    Concept(
        "administrators",
        ("eks.AccessEntry", "eks.AccessPolicyAssociation"),
        ("projects.IAMMember", "projects.IAMCustomRole", "ClusterRoleBinding"),
        "An access entry makes an administrator of one cluster. On Google Cloud IAM gives the way "
        "to this cluster only, by a condition, and RBAC what is done inside.",
    ),
    Concept(
        "deployers of models",
        ("iam.Role assumeRolePolicy", "eks.AccessEntry kubernetesGroups"),
        ("serviceaccount.Account", "serviceaccount.IAMMember"),
        "A role that puts into a group on AWS; a service account, a user to RBAC, on Google Cloud.",
    ),
    Concept(
        "identity of the control plane",
        ("iam.Role", "iam.RolePolicyAttachment"),
        (),
        "GKE's control plane is Google's own service agent: there is no role of ours to give it.",
    ),
    Concept(
        "add-ons",
        ("eks.Addon",),
        ("container.Cluster addonsConfig", "container.Cluster dnsConfig"),
        "EKS sells pod networking, DNS, disks and metrics as add-ons with versions of their own; "
        "GKE has them on board.",
    ),
    Concept(
        "window for upgrades",
        (),
        ("container.Cluster maintenancePolicy",),
        "EKS upgrades no control plane and no node by itself.",
    ),
    Concept(
        "storage class", ("StorageClass",), ("StorageClass",), "gp3 on AWS; by machine on GKE."
    ),
)
_NODES = (
    Concept(
        "node identity",
        ("iam.Role", "iam.RolePolicyAttachment", "iam.RolePolicy"),
        ("serviceaccount.Account", "projects.IAMMember"),
        "Two policies that AWS keeps, two roles of Google's on Google Cloud; images by grants on "
        "single repositories.",
    ),
    Concept(
        "pool of nodes",
        ("eks.NodeGroup", "ec2.LaunchTemplate"),
        ("container.NodePool",),
        "What a node is stands in a launch template on AWS, in the pool itself on Google Cloud.",
    ),
    Concept(
        "bought on demand",
        ("eks.NodeGroup capacityType",),
        ("container.NodePool",),
        "The way of a GKE pool that says neither `spot` nor `flexStart`.",
    ),
    Concept(
        "bought as spot",
        ("eks.NodeGroup capacityType",),
        ("container.NodePool nodeConfig.spot", "container.NodePool nodeConfig.kubeletConfig"),
        "Several machine types in one group on AWS, one in a pool on Google Cloud, where the node "
        "is told how long it may take to stop.",
    ),
    Concept(
        "bought as flex-start",
        (),
        ("container.NodePool nodeConfig.flexStart", "container.NodePool nodeConfig.maxRunDuration"),
        "EC2 sells no capacity that is waited for.",
    ),
    Concept(
        "bought as a block for a fixed time",
        ("ec2.LaunchTemplate instanceMarketOptions",),
        (),
        "Google Cloud sells such capacity as a reservation, which a pool names like any other.",
    ),
    Concept(
        "bought ahead",
        ("ec2.LaunchTemplate capacityReservationSpecification",),
        ("container.NodePool nodeConfig.reservationAffinity",),
        "By its id on AWS, by its name on Google Cloud.",
    ),
    Concept(
        "autoscaler of nodes",
        ("chart cluster-autoscaler", "autoscaling.Tag"),
        ("container.NodePool autoscaling", "container.Cluster clusterAutoscaling"),
        "Ours on AWS, with rights and hints for empty groups; GKE's own knows its pools.",
    ),
    Concept(
        "GPU driver",
        ("eks.NodeGroup amiType",),
        ("container.NodePool nodeConfig.guestAccelerators",),
        "In the image on AWS; installed by GKE, which is told which, on Google Cloud.",
    ),
    Concept(
        "device plugin",
        ("chart nvidia-device-plugin",),
        ("container.NodePool nodeConfig.guestAccelerators",),
        "Exactly one advertises GPUs: ours on AWS, as EKS's image has none; Google's own on GKE.",
    ),
    Concept("metrics of GPUs", ("chart dcgm-exporter",), ("chart dcgm-exporter",), "The same one."),
    Concept(
        "local disks for pods",
        ("ec2.LaunchTemplate userData",),
        ("container.NodePool nodeConfig.ephemeralStorageLocalSsdConfig",),
        "Joined by the node's own configuration on AWS, by GKE on Google Cloud.",
    ),
    Concept(
        "nodes close together",
        ("ec2.PlacementGroup",),
        ("container.NodePool placementPolicy",),
    ),
    Concept(
        "fast network between nodes",
        ("ec2.LaunchTemplate networkInterfaces", "ec2.SecurityGroup"),
        (),
        "Elastic Fabric Adapters. GKE's GPUDirect needs networks of its own beside the first one "
        "and is not built.",
    ),
)
CONCEPTS = (*_WHERE, *_KEYS, *_CLUSTER, *_NODES, *DATA, *CACHE, *WAY_IN)
"""The rows, in the order of the document."""
