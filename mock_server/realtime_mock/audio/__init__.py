"""SOUND: pure numpy over sample blocks. Imported with the first sample, never before."""
