"""What is known of vendors, engines and gateways: facts, as data."""
