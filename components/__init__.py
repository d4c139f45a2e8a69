"""How each thing is created: Pulumi components, one room per cloud and one per concern."""
