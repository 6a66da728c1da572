"""HTTP: route tables, middleware, the API."""
