"""WHAT OPENAI SAYS: error catalogue, eras, models and session shapes as data; pure functions over them."""
