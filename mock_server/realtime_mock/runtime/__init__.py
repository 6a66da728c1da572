"""WHERE TIME AND TASKS ARE: clock, driver, calls and keys, settings. asyncio begins here."""
