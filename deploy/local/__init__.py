"""The local stack: real servers as child processes on loopback, nothing left behind."""
