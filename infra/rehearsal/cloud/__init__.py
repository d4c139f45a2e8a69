"""What the simulations of all clouds need: nothing here knows which cloud it is."""
