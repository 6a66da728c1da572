"""realtime_client: the Python client for Realtime transcription."""
