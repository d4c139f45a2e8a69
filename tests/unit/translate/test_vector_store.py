"""The vector store of a stack on the other cloud."""

from pathlib import Path

import pytest

from infra.spec.cloud import CloudProvider
from tests.unit.spec.stacks import a_gcp_stack, a_stack
from tests.unit.translate.test_translate import loaded, moved


@pytest.mark.parametrize("target", CloudProvider)
def test_the_vector_store_is_as_large_there_and_kept_as_long(
    target: CloudProvider, tmp_path: Path
) -> None:
    store = {"mode": "standalone", "cpu": 2.0, "memoryGib": 16.0, "backupDays": 5}
    made = a_gcp_stack if target is CloudProvider.AWS else a_stack
    written = made(vectorStore=store)

    one = moved(tmp_path, written, target)

    assert one.config["tokenworks:vectorStore"] == store
    (spec,) = loaded(tmp_path, [one])
    assert (spec.vector_store.memory_gib, spec.vector_store.backup_days) == (16.0, 5)
