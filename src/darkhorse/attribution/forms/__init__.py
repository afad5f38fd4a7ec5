"""How APIs of labs, clouds, hosts, engines and gateways look on the wire: facts, as data."""
