"""WIRES: WebRTC. aiortc and av are imported here alone."""
