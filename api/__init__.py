"""Serve a plan over HTTP and from the command line."""
