"""Where the keyboard leads."""

from playwright.sync_api import Locator, Page

__all__ = ["tab_to"]

_MOST = 150


def tab_to(page: Page, place: Locator) -> None:
    """Press Tab until it has the focus, and see that one can tell."""
    for _ in range(_MOST):
        if place.evaluate("(each) => each === document.activeElement"):
            style = place.evaluate("(each) => getComputedStyle(each).outlineStyle")
            assert style != "none", "nobody can see where the focus is"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not lead to {place}")
