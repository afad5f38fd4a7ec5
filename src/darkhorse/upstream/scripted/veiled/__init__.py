"""Anonymous models: one that counts as a measured tokenizer does, behind one of many gateways.

For trying an attribution on. Nothing in them is marked, as in the imitations.
"""
