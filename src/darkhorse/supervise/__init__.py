"""One command's processes: start, wait until they serve, restart the fallen, drain in order."""
