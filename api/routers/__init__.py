"""Answer requests, one module per resource."""
