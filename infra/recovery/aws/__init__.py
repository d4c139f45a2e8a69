"""How what an interrupted update left in an account of AWS is found."""
