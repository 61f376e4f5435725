"""Find the grid of an address or a point."""
