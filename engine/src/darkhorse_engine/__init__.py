"""GLM-5's architecture, small, readable and truly sparse, with real weights, serving."""

__version__ = "0.1.0"
__all__ = ["__version__"]
