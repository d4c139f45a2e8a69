"""Where weights come from when the bucket does not have them."""

from infra.spec.section import Section, Switch


class HubSpec(Section):
    """The Hugging Face hub and its mirrors."""

    endpoints: tuple[str, ...]
    """URLs in the order in which a server tries them, `https://huggingface.co`."""
    token: Switch
    """Whether the hub asks for a token: then the secret `tokenworks:hubToken` must be set."""
