"""Profiles: rules as data, one TOML file each, named after where they come from."""
