"""Whose pods have rights in a cloud: a namespace and an account each.

Owns the list. Does not own what each may do: the foundation of each cloud says that.
"""

from components.data import milvus_backup, milvus_values
from components.handles import Workload
from components.kubernetes import cert_manager, external_dns, external_secrets, model_namespace
from components.observability import logs_alloy, logs_loki, names

MODEL_SERVER = Workload(model_namespace.NAMESPACE, model_namespace.SERVICE_ACCOUNT)
"""One account for the servers of all models: then the stack of models needs no rights in a cloud's
IAM."""
WEIGHTS_LOADER = Workload(model_namespace.NAMESPACE, model_namespace.LOADER_ACCOUNT)
"""Whoever fills the bucket: servers cannot write what they will run."""
VECTOR_STORE = Workload(milvus_values.NAMESPACE, milvus_values.SERVICE_ACCOUNT)
"""All programs of the vector store: one bucket is theirs."""
VECTOR_BACKUP = Workload(milvus_values.NAMESPACE, milvus_backup.ACCOUNT)
"""Whoever makes backups: it can delete neither what it copies nor what it copied."""
TRACES = Workload(names.TRACES_NAMESPACE, names.TEMPO)
"""Tempo: one bucket is its own."""
LOG_STORE = Workload(names.NAMESPACE, logs_loki.ACCOUNT)
"""Loki: its bucket is its own."""
LOG_WRITER = Workload(names.NAMESPACE, logs_alloy.ACCOUNT)
"""Alloy, where the cloud's own store keeps what it reads: it adds lines, and reads none."""
METRICS_WRITER = Workload(names.NAMESPACE, names.PROMETHEUS)
"""Prometheus, where a store of the cloud gets its samples, too: it adds some, and asks for none."""
SECRETS_OPERATOR = external_secrets.OPERATOR
"""What carries secrets into the cluster."""
CERT_MANAGER = cert_manager.CONTROLLER
"""Whoever proves to a certificate authority that the domain is ours."""
EXTERNAL_DNS = external_dns.CONTROLLER
"""Whoever points the models' hosts at the gateway."""
