"""Plan community grids and answer which grid a place belongs to."""
