"""What turns an upstream's answer into one that says nothing of its maker. Pure."""
