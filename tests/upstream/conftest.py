from live.conftest import scripted

__all__ = ["scripted"]
