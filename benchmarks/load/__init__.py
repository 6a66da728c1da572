"""The generators of load. Each is a program of its own: what it costs is not on the server's bill."""
