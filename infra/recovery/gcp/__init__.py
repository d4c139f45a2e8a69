"""How what an interrupted update left in a project of Google Cloud is found."""
