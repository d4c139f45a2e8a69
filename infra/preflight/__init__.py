"""What an account must have before a stack fits into it: facts of an account, needs of a stack."""
