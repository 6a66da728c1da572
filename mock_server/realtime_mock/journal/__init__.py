"""WHAT HAPPENED: one ordered record with causes."""
