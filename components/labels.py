"""Labels and the taint by which nodes, workloads and tools find each other.

Owns their spelling, once: node groups set them, pods select by them.
Does not own the labels of Kubernetes itself (`app.kubernetes.io/…`).
"""

POOL = "tokenworks.dev/pool"
"""On nodes: the pool they belong to."""
CAPACITY = "tokenworks.dev/capacity"
"""On nodes: how they were bought, one of the next three."""
ON_DEMAND = "on-demand"
SPOT = "spot"
FLEX_START = "flex-start"
MODEL = "tokenworks.dev/model"
"""On servers and their objects: the model, by its object name."""
SERVER_SET = "tokenworks.dev/server-set"
"""On servers: which of the model's sets they belong to, `any` or `on-demand`."""
MODEL_CLIENTS = "tokenworks.dev/model-clients"
"""On namespaces, at `true`: their pods may call models."""
CACHE_CLIENTS = "tokenworks.dev/cache-clients"
"""On namespaces, at `true`: their pods may call the cache that runs inside the cluster."""
VECTOR_STORE_CLIENTS = "tokenworks.dev/vector-store-clients"
"""On namespaces, at `true`: their pods may call the vector store."""
GPU_NODE = "nvidia.com/gpu.present"
"""On GPU nodes, at `true`, before any software runs there."""
ACCELERATOR = "k8s.amazonaws.com/accelerator"
"""On GPU nodes of AWS: by it cluster-autoscaler knows that a node will have GPUs, and waits
for the device plugin instead of adding another node (kubernetes/autoscaler@062f28a, AWS README)."""
GKE_ACCELERATOR = "cloud.google.com/gke-accelerator"
"""On GPU nodes of GKE, by GKE: the type of GPU."""
GPU = "nvidia.com/gpu"
"""Both the resource that pods ask for and the key of the taint on GPU nodes."""
GPU_TAINT_VALUE = "present"
"""Value of the taint, which GKE sets by itself; what tolerates it asks for the key alone."""
