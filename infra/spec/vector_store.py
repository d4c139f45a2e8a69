"""The vector store: whether a stack has one, and how large it is.

Owns the words. Which of them go together is in `checks_vector_store`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section

MOST_BACKUP_DAYS = 365
"""Each day keeps another whole copy: what is to outlive a year is an archive, not a backup."""


class VectorStoreMode(StrEnum):
    """How Milvus runs."""

    NONE = "none"
    STANDALONE = "standalone"
    CLUSTER = "cluster"


class VectorStoreSpec(Section):
    """Milvus: one server, or a cluster whose query nodes share the vectors."""

    mode: VectorStoreMode
    """`none`; `standalone`: one server that does everything; `cluster`: a program for each task."""
    query_nodes: Annotated[int, Field(ge=1, le=64, strict=True)]
    """Query nodes of a cluster. Each holds a part of the loaded vectors in memory."""
    cpu: Annotated[float, Field(ge=0.5, le=64, strict=True)]
    """Cores that the server, or each query node, asks for."""
    memory_gib: Annotated[float, Field(ge=2, le=512, strict=True)]
    """Memory of the server, or of each query node: loaded vectors must fit into it."""

    backup_days: Annotated[int, Field(ge=0, le=MOST_BACKUP_DAYS, strict=True)]
    """Days for which daily backups are kept, each a whole copy; 0: none are made."""

    @property
    def is_built(self) -> bool:
        """Whether the stack has a vector store."""
        return self.mode is not VectorStoreMode.NONE

    @property
    def has_backups(self) -> bool:
        """Whether backups are made."""
        return self.is_built and self.backup_days > 0

    @property
    def is_cluster(self) -> bool:
        """Whether it is more than one server."""
        return self.mode is VectorStoreMode.CLUSTER

    @property
    def etcd_members(self) -> int:
        """Members of its etcd: three outlive the loss of one, one server needs one."""
        return 3 if self.is_cluster else 1
