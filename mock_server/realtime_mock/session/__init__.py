"""ONE CONVERSATION: a pure state machine. No await, no clock, no randomness, no files."""
