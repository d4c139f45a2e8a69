"""The hub's token: one Secret, its value marked."""

import pulumi

from components.serving.hub_token import HubToken
from infra.graph.recorder import record_program
from infra.wire import SECRET, SIGNATURE_KEY
from tests.unit.components import examples
from tests.unit.components.serving.declared import at


def test_the_token_is_a_secret_under_the_key_that_servers_read() -> None:
    def program() -> None:
        token = HubToken(
            "dev-hub-token",
            pulumi.Output.secret("marker-of-a-token"),
            namespace=examples.namespace_ref(),
            opts=examples.with_kubernetes(),
        )
        pulumi.export("name", token.secret)

    graph = record_program(program, stack="aws-dev")
    secret = graph.named("dev-hub-token-secret")

    assert at(secret.inputs, "stringData", SIGNATURE_KEY) == SECRET
    assert at(secret.inputs, "stringData", "value", "token") == "marker-of-a-token"
    assert graph.outputs["name"] == "dev-hub-token"
