"""Where weights come from when the bucket does not have them."""

from infra.spec.section import Section, Switch


class HubSpec(Section):
    """The Hugging Face hub and its mirrors."""

    endpoints: tuple[str, ...]
    """URLs in the order in which a server tries them, `https://huggingface.co`."""
    token: Switch
    """Whether nothing can be served without a token of the hub: then `pulumi up` fails where the
    secret `hub-token` of the platform has no value. Else servers show it where there is one."""
