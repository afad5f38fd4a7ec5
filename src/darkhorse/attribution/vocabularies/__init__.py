"""Vocabularies that are installed beside Darkhorse: `pip install darkhorse[vocabularies]`.

They make every logged prompt and answer a probe. None of them has to be there.
"""
