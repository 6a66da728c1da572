"""realtime-mock: a local stand-in for the OpenAI Realtime API.

This file holds the version and nothing else: importing the package costs nothing.
"""

__version__ = "0.1.0"
