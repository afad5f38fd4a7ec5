"""The leak audit: plays an attacker who knows only what a client can see."""
