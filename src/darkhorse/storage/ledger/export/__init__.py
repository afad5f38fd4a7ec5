"""The record as data sets: chosen, masked, in files of bounded size. docs/export.md."""
