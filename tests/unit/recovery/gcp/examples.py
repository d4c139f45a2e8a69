"""Creates of every type of Google Cloud, and answers of a project in which they were made."""

from collections.abc import Mapping

from infra.cloud_error import CloudApiError
from infra.wire import Properties, Value

PROJECT, REGION = "acme-llm", "us-central1"
PLACE = f"projects/{PROJECT}/locations/{REGION}"
LINK = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
LABELS: Properties = {"tokenworks-platform": "gcp-dev"}
OURS: Properties = {**LABELS, "goog-terraform-provisioned": "true"}
NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
BUCKET = "gcp:storage/bucket:Bucket"
GRANT = "gcp:projects/iAMMember:IAMMember"
Answer = Properties | CloudApiError


def policy(*members: str, role: str = "roles/viewer", **more: Value) -> Properties:
    return {"bindings": [{"role": role, "members": [*members], **more}]}


CLUSTERS = "container.projects.locations.clusters"
RINGS = "cloudkms.projects.locations.keyRings"
GRANTED: Properties = {"role": "roles/viewer", "member": "user:Ada@example.com"}
ADA = policy("user:bob@example.com", "user:ada@example.com")
FULL_KEY = f"{PLACE}/keyRings/ring/cryptoKeys/key"
EMAIL = f"nodes@{PROJECT}.iam.gserviceaccount.com"
EXAMPLES: Mapping[str, tuple[Properties, Mapping[str, Answer], str]] = {
    NETWORK: (
        {"name": "net-1234567", "autoCreateSubnetworks": False},
        {
            "compute.networks.list": {
                "items": [{"name": "net-1234567", "autoCreateSubnetworks": False}, {"name": "net"}]
            }
        },
        f"projects/{PROJECT}/global/networks/net-1234567",
    ),
    SUBNETWORK: (
        {"name": "nodes", "network": f"projects/{PROJECT}/global/networks/net", "region": REGION},
        {
            "compute.subnetworks.list": {
                "items": [{"name": "nodes", "network": f"{LINK}/global/networks/net"}]
            }
        },
        f"projects/{PROJECT}/regions/{REGION}/subnetworks/nodes",
    ),
    "gcp:compute/firewall:Firewall": (
        {"name": "refuse", "network": "net", "direction": "INGRESS", "priority": 65534},
        {
            "compute.firewalls.list": {
                "items": [
                    {
                        "name": "refuse",
                        "network": f"{LINK}/global/networks/net",
                        "direction": "INGRESS",
                        "priority": 65534,
                    }
                ]
            }
        },
        f"projects/{PROJECT}/global/firewalls/refuse",
    ),
    "gcp:compute/router:Router": (
        {"name": "router", "network": "net"},
        {
            "compute.routers.list": {
                "items": [{"name": "router", "network": f"{LINK}/global/networks/net"}]
            }
        },
        f"projects/{PROJECT}/regions/{REGION}/routers/router",
    ),
    "gcp:compute/routerNat:RouterNat": (
        {"name": "nat", "router": "router", "region": REGION},
        {"compute.routers.get": {"nats": [{"name": "other"}, {"name": "nat"}]}},
        f"{PROJECT}/{REGION}/router/nat",
    ),
    CLUSTER: (
        {"name": "main", "location": REGION, "resourceLabels": LABELS},
        {f"{CLUSTERS}.get": {"name": "main", "status": "RUNNING", "resourceLabels": OURS}},
        f"{PLACE}/clusters/main",
    ),
    POOL: (
        {
            "name": "l4-spot",
            "cluster": "main",
            "location": REGION,
            "nodeConfig": {"resourceLabels": LABELS},
        },
        {
            f"{CLUSTERS}.nodePools.list": {
                "nodePools": [
                    {"name": "l4-spot", "status": "RUNNING", "config": {"resourceLabels": OURS}}
                ]
            }
        },
        f"{PLACE}/clusters/main/nodePools/l4-spot",
    ),
    "gcp:serviceaccount/account:Account": (
        {"accountId": "nodes", "displayName": "nodes of gcp-dev"},
        {
            "iam.projects.serviceAccounts.list": {
                "accounts": [
                    {
                        "name": f"projects/{PROJECT}/serviceAccounts/{EMAIL}",
                        "email": EMAIL,
                        "displayName": "nodes of gcp-dev",
                    }
                ]
            }
        },
        f"projects/{PROJECT}/serviceAccounts/{EMAIL}",
    ),
    ROLE: (
        {"roleId": "tokenworks_reach_1234567", "title": "Reach one cluster"},
        {"iam.projects.roles.get": {"title": "Reach one cluster"}},
        f"projects/{PROJECT}/roles/tokenworks_reach_1234567",
    ),
    GRANT: (
        {**GRANTED, "project": PROJECT},
        {"cloudresourcemanager.projects.getIamPolicy": ADA},
        f"{PROJECT}/roles/viewer/user:ada@example.com",
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": (
        {**GRANTED, "serviceAccountId": f"projects/{PROJECT}/serviceAccounts/{EMAIL}"},
        {"iam.projects.serviceAccounts.getIamPolicy": ADA},
        f"projects/{PROJECT}/serviceAccounts/{EMAIL}/roles/viewer/user:ada@example.com",
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": (
        {**GRANTED, "cryptoKeyId": FULL_KEY},
        {f"{RINGS}.cryptoKeys.getIamPolicy": ADA},
        f"{FULL_KEY}/roles/viewer/user:ada@example.com",
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        {**GRANTED, "location": REGION, "repository": "images"},
        {"artifactregistry.projects.locations.repositories.getIamPolicy": ADA},
        f"{PLACE}/repositories/images/roles/viewer/user:ada@example.com",
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": (
        {**GRANTED, "secretId": "tokenworks-dev-hub-token"},
        {"secretmanager.projects.secrets.getIamPolicy": ADA},
        f"projects/{PROJECT}/secrets/tokenworks-dev-hub-token/roles/viewer/user:ada@example.com",
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": (
        {**GRANTED, "bucket": "weights"},
        {"storage.buckets.getIamPolicy": ADA},
        "b/weights/roles/viewer/user:ada@example.com",
    ),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": (
        {**GRANTED, "managedZone": "dns-zone"},
        {"dns.managedZones.getIamPolicy": ADA},
        f"projects/{PROJECT}/managedZones/dns-zone/roles/viewer/user:ada@example.com",
    ),
    RING: (
        {"name": "ring-1234567", "location": REGION},
        {f"{RINGS}.list": {"keyRings": [{"name": f"{PLACE}/keyRings/ring-1234567"}]}},
        f"{PLACE}/keyRings/ring-1234567",
    ),
    KEY: (
        {"name": "key", "keyRing": f"{PLACE}/keyRings/ring", "labels": LABELS},
        {
            f"{RINGS}.cryptoKeys.list": {
                "cryptoKeys": [{"name": FULL_KEY, "labels": OURS, "primary": {"state": "ENABLED"}}]
            }
        },
        FULL_KEY,
    ),
    BUCKET: (
        {"name": "weights-1234567", "location": "US-CENTRAL1", "labels": LABELS},
        {"storage.buckets.list": {"items": [{"name": "weights-1234567", "labels": OURS}]}},
        "weights-1234567",
    ),
    "gcp:memorystore/instance:Instance": (
        {"instanceId": "counters", "location": REGION, "labels": LABELS},
        {
            "memorystore.projects.locations.instances.get": {
                "state": "ACTIVE",
                "labels": OURS,
            }
        },
        f"{PLACE}/instances/counters",
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": (
        {"displayName": "counters-memory", "userLabels": LABELS},
        {
            "monitoring.projects.alertPolicies.list": {
                "alertPolicies": [
                    {
                        "name": f"projects/{PROJECT}/alertPolicies/123",
                        "displayName": "counters-memory",
                        "userLabels": OURS,
                    }
                ]
            }
        },
        f"projects/{PROJECT}/alertPolicies/123",
    ),
    "gcp:monitoring/notificationChannel:NotificationChannel": (
        {"displayName": "mail", "userLabels": LABELS},
        {
            "monitoring.projects.notificationChannels.list": {
                "notificationChannels": [
                    {
                        "name": f"projects/{PROJECT}/notificationChannels/123",
                        "displayName": "mail",
                        "userLabels": OURS,
                    }
                ]
            }
        },
        f"projects/{PROJECT}/notificationChannels/123",
    ),
    "gcp:billing/budget:Budget": (
        {"displayName": "month", "billingAccount": "1-2-3", "budgetFilter": {"labels": LABELS}},
        {
            "billingbudgets.billingAccounts.budgets.list": {
                "budgets": [
                    {
                        "name": "billingAccounts/1-2-3/budgets/b",
                        "displayName": "month",
                        "budgetFilter": {"labels": {"tokenworks-platform": ["gcp-dev"]}},
                    }
                ]
            }
        },
        "billingAccounts/1-2-3/budgets/b",
    ),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": (
        {"name": "connect-1234567", "location": REGION, "labels": LABELS},
        {
            "networkconnectivity.projects.locations.serviceConnectionPolicies.list": {
                "serviceConnectionPolicies": [
                    {
                        "name": f"{PLACE}/serviceConnectionPolicies/connect-1234567",
                        "labels": OURS,
                    }
                ]
            }
        },
        f"{PLACE}/serviceConnectionPolicies/connect-1234567",
    ),
    "gcp:artifactregistry/repository:Repository": (
        {"repositoryId": "images", "location": REGION, "labels": LABELS},
        {"artifactregistry.projects.locations.repositories.get": {"labels": OURS}},
        f"{PLACE}/repositories/images",
    ),
    "gcp:secretmanager/secret:Secret": (
        {"secretId": "tokenworks-main-hub-token", "labels": LABELS},
        {"secretmanager.projects.secrets.get": {"labels": OURS}},
        f"projects/{PROJECT}/secrets/tokenworks-main-hub-token",
    ),
    "gcp:dns/managedZone:ManagedZone": (
        {"name": "dns-zone-1234567", "dnsName": "llm.example.com.", "labels": LABELS},
        {
            "dns.managedZones.list": {
                "managedZones": [{"name": "dns-zone-1234567", "labels": OURS}, {"name": "other"}]
            }
        },
        f"projects/{PROJECT}/managedZones/dns-zone-1234567",
    ),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        {"bucketId": "logs", "location": REGION, "description": "of main", "project": PROJECT},
        {
            "logging.projects.locations.buckets.get": {
                "description": "of main",
                "lifecycleState": "ACTIVE",
            }
        },
        f"{PLACE}/buckets/logs",
    ),
    "gcp:logging/projectSink:ProjectSink": (
        {"name": "sink-1234567", "destination": "a bucket", "filter": "ours"},
        {
            "logging.projects.sinks.list": {
                "sinks": [{"name": "sink-1234567", "destination": "a bucket", "filter": "ours"}]
            }
        },
        f"projects/{PROJECT}/sinks/sink-1234567",
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": (
        {"name": "elsewhere-1234567", "filter": "ours"},
        {
            "logging.projects.exclusions.list": {
                "exclusions": [{"name": "elsewhere-1234567", "filter": "ours"}]
            }
        },
        f"projects/{PROJECT}/exclusions/elsewhere-1234567",
    ),
}
"""Type to inputs of a create, answers of a project in which it was made, and its id in the state.

Ids: terraform-provider-google, `SetId` of each resource (2026-08)."""
