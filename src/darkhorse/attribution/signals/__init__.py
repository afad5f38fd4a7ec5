"""One way to tell makers apart a file; all of them behind the contract in signal.py."""
