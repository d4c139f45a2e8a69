"""The base of every section of a stack file: frozen, strict about names, camelCase outside."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Switch: TypeAlias = Annotated[bool, Field(strict=True)]
"""On or off; texts such as `"yes"` are neither."""


class Section(BaseModel):
    """A group of settings. Unknown settings are refused; values never change after loading."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )
