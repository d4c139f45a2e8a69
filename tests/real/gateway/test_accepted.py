"""What a real Envoy Gateway says of the objects of production, and what Envoy is told by it.

The objects are those that the stack files make, as the golden files hold them. Envoy's defaults
are what this looks for: it ends a request after 15 s where a route says nothing.
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from components.kubernetes import gateway_names, gateway_objects
from components.serving.route_objects import CLIENT_HEADER, POST_PATHS
from components.serving.shared_route_objects import route_name, shared_host
from tests.support import envoy_config
from tests.support.envoy_gateway import eventually, proxy_deployment
from tests.support.gateway_stack import NOBODY, Environment, asked, keys_of, routes, tenants
from tests.support.gateway_world import EG, GW, ask

pytestmark = [pytest.mark.real, pytest.mark.slow]


def conditions(environment: Environment) -> Iterator[tuple[str, dict]]:
    """Yield the name of each object with each condition that the controller wrote to it."""
    kinds = {
        GW: ("GatewayClass", "Gateway", "HTTPRoute"),
        EG: (
            *("ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy", "EnvoyProxy"),
            "Backend",
        ),
    }
    for version, names in kinds.items():
        for kind in names:
            found = environment.api.list_objects(version, kind)
            assert found, kind
            for item in found:
                status, title = item["status"], f"{kind} {item['metadata']['name']}"
                holders = [status, *status.get("parents", []), *status.get("ancestors", [])]
                for holder in holders:
                    yield from ((title, one) for one in holder.get("conditions", []))
                for listener in status.get("listeners", []):
                    called = f"{title} {listener['name']}"
                    yield from ((called, one) for one in listener["conditions"])


def everything(environment: Environment) -> set[str]:
    """Return the names of what routes and policies hang on, and of themselves."""
    models = [model.object_name for model in environment.spec.models]
    return {
        "GatewayClass tokenworks",
        "EnvoyProxy proxy",
        "Gateway public",
        "Gateway public http",
        "Gateway public https",
        "ClientTrafficPolicy public",
        "HTTPRoute redirect",
        *(
            f"{kind} {name}"
            for name in models
            for kind in ("HTTPRoute", "BackendTrafficPolicy", "SecurityPolicy")
        ),
        *(
            f"{kind} {name}.api"
            for name in models
            for kind in ("HTTPRoute", "BackendTrafficPolicy", "SecurityPolicy", "Backend")
        ),
    }


def refused(environment: Environment) -> list[str]:
    """Return what the controller says against anything."""
    return [
        f"{name}: {one['type']} {one['status']} {one['message']}"
        for name, one in conditions(environment)
        # No load balancer is here that would give the Gateway an address.
        if one["status"] != "True" and one["reason"] != "AddressNotAssigned"
    ]


def test_everything_is_accepted(environment: Environment) -> None:
    # It tells Envoy first, and writes statuses then.
    with suppress(AssertionError):
        eventually(lambda: not refused(environment), "all is well", seconds=20)

    accepted = {name for name, one in conditions(environment) if one["type"] == "Accepted"}
    assert refused(environment) == []
    assert accepted == everything(environment)


def test_every_listener_and_route_has_found_what_it_refers_to(environment: Environment) -> None:
    resolved = {name for name, one in conditions(environment) if one["type"] == "ResolvedRefs"}

    assert resolved == {
        name
        for name in everything(environment)
        if name.startswith("HTTPRoute ") or name in {"Gateway public http", "Gateway public https"}
    }


def test_envoy_has_each_path_of_each_model_and_no_other(environment: Environment) -> None:
    found: dict[str, set[str]] = {}
    own = [one for one in routes(environment) if one.host != shared_host(asked(environment))]
    for route in own:
        assert set(route.body["match"]) >= {"path"}, route.body["match"]
        found.setdefault(route.host, set()).add(route.body["match"]["path"])

    assert found == {
        asked(environment).host(model.object_name): {*POST_PATHS, "/v1/models"}
        for model in environment.spec.models
    }


def test_every_route_has_our_times_and_none_of_envoys(environment: Environment) -> None:
    longest = f"{asked(environment).request_timeout_seconds}s"
    silent = f"{asked(environment).idle_timeout_seconds}s"

    for route in routes(environment):
        action = route.body["route"]
        assert action["timeout"] == longest, route.host
        assert action["idle_timeout"] == silent, route.host
        assert action["max_stream_duration"] == {"max_stream_duration": longest}, route.host


def test_only_what_no_server_has_begun_is_sent_again(environment: Environment) -> None:
    for route in routes(environment):
        policy = route.body["route"]["retry_policy"]
        assert set(policy["retry_on"].split(",")) == {
            "connect-failure",
            "refused-stream",
            "retriable-status-codes",
        }
        assert policy["retriable_status_codes"] == [503]
        assert policy["num_retries"] == 2
        assert "per_try_timeout" not in policy


def test_each_models_servers_have_room_for_all_that_they_would_take(
    environment: Environment,
) -> None:
    clusters = envoy_config.clusters(environment.proxy.dump())

    models = environment.spec.models
    named = [(one, one.object_name) for one in models]
    for model, name in [*named, *((one, route_name(one.name)) for one in models)]:
        cluster = clusters[f"httproute/models/{name}/rule/0"]
        room = model.replicas.max * (model.max_concurrent_requests + model.max_queued_requests)
        assert cluster["circuit_breakers"]["thresholds"] == [
            {
                "max_connections": room,
                "max_pending_requests": room,
                "max_requests": room,
                "max_retries": room // 10,
            }
        ], model.name


def test_a_server_is_left_out_only_when_it_cannot_be_reached(environment: Environment) -> None:
    for name, cluster in envoy_config.clusters(environment.proxy.dump()).items():
        if not name.startswith("httproute/"):
            continue
        outliers = cluster["outlier_detection"]
        assert outliers["split_external_local_origin_errors"] is True, name
        assert outliers["consecutive_local_origin_failure"] == 3, name
        assert outliers["consecutive_5xx"] == 0, name
        assert outliers["consecutive_gateway_failure"] == 0, name
        assert outliers["max_ejection_percent"] == 50, name
        assert outliers["base_ejection_time"] == "30s", name
        # Zero is written as nothing: never ask a server that is not ready.
        assert cluster["common_lb_config"] == {"healthy_panic_threshold": {}}, name
        assert cluster["connect_timeout"] == "5s", name


def test_every_route_asks_for_a_key_and_takes_it_off(environment: Environment) -> None:
    for route in routes(environment):
        (keys,) = route.filters("api_key_auth")
        assert len(keys["credentials"]) == len(keys_of(environment.spec)), route.host
        assert keys["key_sources"] == [{"header": "Authorization"}, {"header": "x-api-key"}]
        assert keys["forwarding"] == {"header": CLIENT_HEADER, "hide_credentials": True}


def test_every_route_lets_in_its_tenants_from_the_ranges_of_the_stack(
    environment: Environment,
) -> None:
    """Production names no range here; a 403 for an address is in `test_traffic.py`."""
    everybody = {tenant.name for tenant in environment.spec.tenants}

    for route in routes(environment):
        (rights,) = route.filters("rbac")
        let_in = {name for name in everybody if f"'{name}'" in str(rights)}
        expected = tenants(environment, route.host, route.model)
        assert let_in == {tenant.name for tenant in expected}, route.host
        for one in asked(environment).allow_from:
            assert one.partition("/")[0] in str(rights), route.host


def test_every_route_counts_the_requests_of_each_tenant(environment: Environment) -> None:
    for route in routes(environment):
        (limit,) = route.filters("local_ratelimit")
        assert [one["token_bucket"] for one in limit["descriptors"]] == [
            {
                "max_tokens": tenant.requests_per_minute,
                "tokens_per_fill": tenant.requests_per_minute,
                "fill_interval": "60s",
            }
            for tenant in tenants(environment, route.host, route.model)
        ], route.host
        assert CLIENT_HEADER in str(limit["rate_limits"])
        assert limit["filter_enforced"]["default_value"] == {"numerator": 100}


def test_every_route_reads_a_whole_body_up_to_the_limit(environment: Environment) -> None:
    most = asked(environment).max_request_mib << 20

    for route in routes(environment):
        (buffer,) = route.filters("buffer")
        assert buffer["buffer"]["max_request_bytes"] == most, route.host


def test_connections_are_held_to_what_the_stack_says(environment: Environment) -> None:
    silent = f"{asked(environment).idle_timeout_seconds}s"
    of_clients = [
        listener
        for listener in envoy_config.listeners(environment.proxy.dump())
        if listener["name"].startswith("gateway/public/")
    ]

    assert len(of_clients) == 2
    for chain in (chain for listener in of_clients for chain in envoy_config.chains(listener)):
        limit = chain["filters"][0]["typed_config"]
        assert int(limit["max_connections"]) == gateway_objects.CONNECTIONS_PER_PROXY
        (manager,) = envoy_config.connection_managers(chain)
        assert manager["stream_idle_timeout"] == silent
        assert manager["common_http_protocol_options"] == {
            "idle_timeout": silent,
            "headers_with_underscores_action": "REJECT_REQUEST",
        }
        assert manager["request_headers_timeout"] == "10s"
        assert manager["request_timeout"] == "60s"
        assert manager["http2_protocol_options"]["max_concurrent_streams"] == 256
        assert manager["path_with_escaped_slashes_action"] == "REJECT_REQUEST"
        # An address is that of the connection, whatever a header says.
        assert manager["use_remote_address"] is True
        assert "xff_num_trusted_hops" not in manager


def test_tls_is_at_least_1_2_and_ends_here(environment: Environment) -> None:
    by_name = {one["name"]: one for one in envoy_config.listeners(environment.proxy.dump())}
    (chain,) = by_name["gateway/public/https"]["filter_chains"]
    tls = chain["transport_socket"]["typed_config"]["common_tls_context"]

    assert chain["filter_chain_match"]["server_names"] == [f"*.{asked(environment).domain}"]
    assert tls["tls_params"]["tls_minimum_protocol_version"] == "TLSv1_2"
    assert tls["alpn_protocols"] == ["h2", "http/1.1"]
    assert chain["transport_socket_connect_timeout"] == "10s"


def test_what_comes_without_tls_is_only_redirected(environment: Environment) -> None:
    (redirect,) = (one for one in envoy_config.routes(environment.proxy.dump()) if one.redirects)

    assert redirect.host == f"*.{asked(environment).domain}"
    # 301 is Envoy's own, so it is not written.
    assert redirect.body["redirect"] == {"scheme_redirect": "https"}


def test_a_body_is_read_after_the_key(environment: Environment) -> None:
    """Nobody fills memory without a key."""
    for listener in envoy_config.listeners(environment.proxy.dump()):
        for chain in envoy_config.chains(listener):
            for manager in envoy_config.connection_managers(chain):
                names = [one["name"].rpartition(".")[2] for one in manager["http_filters"]]
                if "buffer" in names:
                    assert names.index("api_key_auth") < names.index("buffer")


def test_proxies_run_and_end_as_the_stack_says(environment: Environment) -> None:
    deployment = proxy_deployment(environment.api)
    pod = deployment["spec"]["template"]["spec"]
    cloud = environment.spec.cloud.provider
    drain = gateway_objects.drain_seconds(asked(environment), cloud)
    hook = environment.proxy.containers["shutdown-manager"]["lifecycle"]["preStop"]["exec"]

    assert deployment["spec"]["replicas"] == asked(environment).replicas
    (spread,) = pod["topologySpreadConstraints"]
    assert spread["whenUnsatisfiable"] == "DoNotSchedule"
    assert hook["command"][1:] == [
        "envoy",
        "shutdown",
        f"--drain-timeout={drain}s",
        f"--min-drain-duration={gateway_objects.MIN_DRAIN_SECONDS[cloud]}s",
    ]
    assert pod["terminationGracePeriodSeconds"] > drain
    (service,) = (
        item
        for item in environment.api.list_objects("v1", "Service", gateway_names.NAMESPACE)
        if item["spec"]["type"] == "LoadBalancer"
    )
    wanted: dict = dict(gateway_objects.service(asked(environment), cloud))
    annotations = wanted.pop("annotations")
    assert service["metadata"]["annotations"].items() >= annotations.items()
    assert service["spec"].items() >= wanted.items()
    assert wanted["externalTrafficPolicy"] == "Local"
    assert sorted(port["port"] for port in service["spec"]["ports"]) == [80, 443]


def test_a_model_of_production_answers_its_tenants_and_nobody_else(
    environment: Environment,
) -> None:
    keys = {f"Bearer {key}": name for name, key in keys_of(environment.spec).items()}
    for model in environment.spec.models:
        host = asked(environment).host(model.object_name)
        let_in = {tenant.name for tenant in tenants(environment, host)}
        for sent, name in {**keys, "Bearer no-key": None}.items():
            answer = ask(
                host,
                environment.certificate,
                "/v1/models",
                method="GET",
                body=None,
                headers={"Authorization": sent},
            )
            answer.drain_conn()
            expected = 401 if name is None else 200 if name in let_in else 403
            assert answer.status == expected, (host, name)
        assert NOBODY not in let_in
