"""Reads a page as a browser would, and wants every element closed."""

from html.parser import HTMLParser

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Elements with their text; every one opened is closed in its turn."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def text(self, *tags):
        return "".join(each for tag in tags or self.texts for each in self.texts.get(tag, []))


def read_by_itself(page):
    """Nothing runs, and nothing comes from elsewhere; links lead within the page at most."""
    read = Reader(page)
    assert not {"script", "img", "iframe", "link", "object", "form", "base"} & set(read.tags)
    for _, name, value in read.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "srcset", "action")
        assert name != "href" or value.startswith("#")
    assert read.tags.count("style") == 1
    assert "url(" not in read.text("style")
    assert "@import" not in read.text("style")
    return read
