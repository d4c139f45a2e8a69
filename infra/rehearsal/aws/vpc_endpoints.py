"""VPC endpoints: moto's, completed and made strict.

Owns what moto 5.2.5 gets wrong: the services that exist, the network interfaces of interface
endpoints (their security groups, and their coming and going with subnets), the routes of gateway
endpoints when tables come and go, and that a deleted endpoint is gone.
Does not own EC2's refusals (`rules_endpoints.py`), nor what a policy of an endpoint lets through.
"""

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from infra.rehearsal.aws import rules_endpoints as rules
from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, text, texts
from infra.wire import Properties, Value

GATEWAY_SERVICES = ("s3", "dynamodb")  # VPC user guide, "Gateway endpoints"
GONE = "deleted"


def install(account: Account) -> None:
    """Serve the endpoints of an account."""
    endpoints = Endpoints()
    account.gaps["ec2", "describe_vpc_endpoint_services"] = services
    account.gaps["ec2", "create_vpc_endpoint"] = endpoints.create
    account.gaps["ec2", "describe_vpc_endpoints"] = endpoints.describe
    account.gaps["ec2", "modify_vpc_endpoint"] = endpoints.modify
    account.gaps["ec2", "delete_vpc_endpoints"] = endpoints.delete


def services(region: Region, parameters: Properties) -> Properties:
    """Return the services of a region, by moto's list: asked for them, it looks into every service.

    Of what a service has, only the kinds of its endpoints.
    """
    asked = texts(parameters, "ServiceNames")
    details: list[Value] = []
    for short in sorted(set(AWS_ENDPOINT_SERVICES)):
        name = f"com.amazonaws.{region.name}.{short}"
        if not asked or name in asked:
            kinds = ("Gateway", "Interface") if short in GATEWAY_SERVICES else ("Interface",)
            types: list[Value] = [{"ServiceType": kind} for kind in kinds]
            details.append({"ServiceName": name, "ServiceType": types})
    found: list[Value] = [dig(item, "ServiceName") for item in details]
    for name in asked:
        if name not in found:
            message = f"The Vpc Endpoint Service '{name}' does not exist"
            raise AwsError(message, "DescribeVpcEndpointServices", "InvalidServiceName")
    return {"ServiceNames": found, "ServiceDetails": details}


class Endpoints:
    """Operations on endpoints, by the names and shapes of the EC2 API."""

    def __init__(self) -> None:
        """Start without endpoints."""
        self._interfaces: dict[str, dict[str, str]] = {}
        """Endpoint to subnet to its network interface there."""

    def create(self, region: Region, parameters: Properties) -> Properties:
        """Make an endpoint; its interfaces are in its security groups."""
        rules.endpoint(region, parameters)
        whole: Properties = {"VpcEndpointType": rules.DEFAULT_KIND, **parameters}
        reply = region.moto("ec2", "create_vpc_endpoint", whole)
        made = text(reply, "VpcEndpoint.VpcEndpointId")
        subnets = texts(reply, "VpcEndpoint.SubnetIds")
        interfaces = texts(reply, "VpcEndpoint.NetworkInterfaceIds")
        self._interfaces[made] = dict(zip(subnets, interfaces, strict=True))
        for interface in interfaces:
            _dress(region, interface, made, texts(parameters, "SecurityGroupIds"))
        return {"VpcEndpoint": self._described(region, made)}

    def describe(self, region: Region, parameters: Properties) -> Properties:
        """Describe endpoints; the deleted ones, which moto keeps, are gone."""
        reply = region.moto("ec2", "describe_vpc_endpoints", parameters)
        found = [item for item in blocks(reply, "VpcEndpoints") if dig(item, "State") != GONE]
        left = {text(item, "VpcEndpointId") for item in found}
        for asked in texts(parameters, "VpcEndpointIds"):
            if asked not in left:
                message = f"The Vpc Endpoint Id '{asked}' does not exist"
                raise AwsError(message, "DescribeVpcEndpoints", "InvalidVpcEndpointId.NotFound")
        whole: list[Value] = [self._completed(item) for item in found]
        return {**reply, "VpcEndpoints": whole}

    def modify(self, region: Region, parameters: Properties) -> Properties:
        """Change an endpoint, and with it its interfaces or its routes."""
        endpoint = text(parameters, "VpcEndpointId")
        before = self._described(region, endpoint)
        rules.endpoint_change(region, parameters, before)
        region.moto("ec2", "modify_vpc_endpoint", parameters)
        self._move_interfaces(region, endpoint, parameters)
        after = self._described(region, endpoint)
        for interface in self._interfaces[endpoint].values():
            _dress(region, interface, endpoint, _group_ids(after))
        _move_routes(region, endpoint, text(before, "ServiceName"), parameters)
        return {"Return": True}

    def delete(self, region: Region, parameters: Properties) -> Properties:
        """Delete endpoints with their interfaces; ids that do not exist are named in the reply."""
        unsuccessful: list[Value] = []
        for endpoint in texts(parameters, "VpcEndpointIds"):
            try:
                self._described(region, endpoint)
            except AwsError as error:
                refusal: Properties = {"Code": error.code, "Message": error.reason}
                unsuccessful.append({"ResourceId": endpoint, "Error": refusal})
                continue
            for interface in self._interfaces[endpoint].values():
                region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)
            region.moto("ec2", "delete_vpc_endpoints", {"VpcEndpointIds": [endpoint]})
            del self._interfaces[endpoint]
        return {"Unsuccessful": unsuccessful}

    def _described(self, region: Region, endpoint: str) -> Properties:
        ids: list[Value] = [endpoint]
        return blocks(self.describe(region, {"VpcEndpointIds": ids}), "VpcEndpoints")[0]

    def _completed(self, endpoint: Properties) -> Properties:
        interfaces = self._interfaces[text(endpoint, "VpcEndpointId")]
        whole: Properties = {**endpoint, "NetworkInterfaceIds": [*interfaces.values()]}
        if dig(endpoint, "VpcEndpointType") == "Gateway":
            whole["PrivateDnsEnabled"] = False
        return whole

    def _move_interfaces(self, region: Region, endpoint: str, parameters: Properties) -> None:
        interfaces = self._interfaces[endpoint]
        for subnet in texts(parameters, "RemoveSubnetIds"):
            interface = interfaces.pop(subnet)
            region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)
        for subnet in texts(parameters, "AddSubnetIds"):
            reply = region.call("ec2", "create_network_interface", SubnetId=subnet)
            interfaces[subnet] = text(reply, "NetworkInterface.NetworkInterfaceId")


def _dress(region: Region, interface: str, endpoint: str, groups: list[str]) -> None:
    """Give an interface the description that EC2 gives it, and the groups of its endpoint."""
    described: Properties = {"Value": f"VPC Endpoint Interface {endpoint}"}
    chosen: Properties = {"Groups": [*groups]} if groups else {}
    for change in ({"Description": described}, chosen):
        if change:  # one attribute a call: ModifyNetworkInterfaceAttribute takes no two
            region.call(
                "ec2",
                "modify_network_interface_attribute",
                NetworkInterfaceId=interface,
                **change,
            )


def _group_ids(endpoint: Properties) -> list[str]:
    return [text(group, "GroupId") for group in blocks(endpoint, "Groups")]


def _move_routes(region: Region, endpoint: str, service: str, parameters: Properties) -> None:
    added, removed = (
        texts(parameters, name) for name in ("AddRouteTableIds", "RemoveRouteTableIds")
    )
    if not added and not removed:
        return
    destination = prefix_list(region, service)
    for table in removed:
        region.call("ec2", "delete_route", RouteTableId=table, DestinationPrefixListId=destination)
    for table in added:
        region.call(
            "ec2",
            "create_route",
            RouteTableId=table,
            DestinationPrefixListId=destination,
            GatewayId=endpoint,
        )


def prefix_list(region: Region, service: str) -> str:
    """Return the id of the prefix list of a service that has gateway endpoints."""
    for found in blocks(region.call("ec2", "describe_prefix_lists"), "PrefixLists"):
        if dig(found, "PrefixListName") == service:
            return text(found, "PrefixListId")
    return ""
