"""The HTTP API: a router for each thing that it serves, put together by app."""
