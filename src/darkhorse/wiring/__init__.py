"""The composition root: one module a process, the only place that names implementations."""
