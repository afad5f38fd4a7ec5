"""Checkpoints: read into a model, and written.

`load.load` is the one door: a directory in Hugging Face's layout, or a GGUF of llama.cpp's
architecture `glm-dsa`. Behind it a *source* (`safetensors_dir`, `from_gguf`) hands out tensors one
at a time by Hugging Face's names, `names` says where in the model each one goes, and `fill` copies
it there. `gguf_file` reads any GGUF, `export_gguf` writes one that llama.cpp runs.
"""
