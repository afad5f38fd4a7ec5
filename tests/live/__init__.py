"""Against the real server in a subprocess, over real sockets."""
