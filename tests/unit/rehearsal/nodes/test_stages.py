"""The stages that kwok plays."""

from pathlib import Path

import pytest
import yaml

from infra.rehearsal.nodes.stages import STAGES

CRDS = Path(__file__).parents[5] / "shared" / "contracts" / "crds" / "kwok.yaml"
Schema = dict


def stages() -> list[dict]:
    documents = yaml.safe_load_all(STAGES.read_text(encoding="utf-8"))
    return [document for document in documents if document["kind"] == "Stage"]


def test_no_stage_writes_what_a_node_has() -> None:
    for stage in stages():
        template = stage["spec"]["next"].get("statusTemplate", "")
        assert "allocatable" not in template
        assert "capacity" not in template


def test_every_stage_waits_a_moment_and_none_for_long_but_the_heartbeat() -> None:
    for stage in stages():
        delay = stage["spec"]["delay"]["durationMilliseconds"]
        assert delay > 0
        assert delay <= 1000 or stage["metadata"]["name"] == "node-reports-status"


def test_the_file_uses_only_fields_that_kwok_knows() -> None:
    if not CRDS.exists():
        pytest.skip(f"{CRDS.name} of the offline contracts is not there")
    definitions = yaml.safe_load_all(CRDS.read_text(encoding="utf-8"))
    (schema,) = [
        item["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        for item in definitions
        if item["spec"]["names"]["kind"] == "Stage"
    ]
    for stage in stages():
        assert unknown_fields(stage["spec"], schema["properties"]["spec"]) == []


def unknown_fields(value: object, schema: Schema, path: str = "spec") -> list[str]:
    if isinstance(value, dict) and "properties" in schema:
        return [
            problem
            for key, item in value.items()
            for problem in (
                unknown_fields(item, schema["properties"][key], f"{path}.{key}")
                if key in schema["properties"]
                else [f"{path}.{key}"]
            )
        ]
    if isinstance(value, list) and "items" in schema:
        return [
            problem for item in value for problem in unknown_fields(item, schema["items"], path)
        ]
    return []
