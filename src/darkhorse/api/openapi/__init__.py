"""Our OpenAPI document, made from the list of operations that the app is made from."""
