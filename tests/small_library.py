"""A library that knows two names and nothing of them."""

from pathlib import Path

from darkhorse.attribution.library.library import Lab, Library, Model, pack


def write_small_library(folder: Path) -> Path:
    """The file."""
    labs = (Lab(name="one", title="One"), Lab(name="two", title="Two"))
    models = tuple(Model(name=f"{lab.name}/m", lab=lab.name) for lab in labs)
    path = folder / "lib.msgpack.zst"
    path.write_bytes(pack(Library(version="test", labs=labs, models=models)))
    return path
