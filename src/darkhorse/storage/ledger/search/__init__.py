"""Full text search in what people wrote: an index of words, made from the packed frames."""
