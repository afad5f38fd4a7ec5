"""A browser that tells on the pages it is shown."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

__all__ = ["Watch", "planted"]

_EXPECTED = (
    "Failed to load resource: the server responded",  # an error's page, or what a journey provokes
    "Blocked script execution in",  # the sandbox of an artefact, at work
)
_OWN_SCHEMES = ("data", "blob", "about")
_PLANTED = """(hasStyle) => {
  const found = [];
  if (globalThis.__pwned !== undefined) found.push(`a script ran: ${globalThis.__pwned}`);
  for (const each of document.querySelectorAll("*")) {
    for (const { name, value } of each.attributes) {
      if (name.startsWith("on")) found.push(`<${each.localName} ${name}>`);
      const isOurs = hasStyle || each.closest(".uplot");
      if (name === "style" && !isOurs) found.push(`<${each.localName} style>`);
      if (/^\\s*(javascript|vbscript):/i.test(value)) found.push(`<${each.localName} ${name}=…>`);
    }
  }
  for (const each of document.scripts) {
    if (!each.src && !/json/.test(each.type)) found.push(`inline script: ${each.text}`);
  }
  const alien = document.querySelectorAll(`object, embed, base${hasStyle ? "" : ", style"}`);
  for (const each of alien) found.push(`<${each.localName}>`);
  if (document.body && /X49X/.test(document.body.innerText)) found.push("a template was filled in");
  return found;
}"""


def _stands_by_itself(url: str) -> bool:
    """An audit's report: it may have a style of its own."""
    return "/audits/" in url and url.endswith("/report")


def planted(page: Page) -> list[str]:
    """What of strangers' text became more than text: run, or fit to run."""
    found: list[str] = page.evaluate(_PLANTED, _stands_by_itself(page.url))
    return found


class Watch:
    """Notes whatever a page of ours should not do. `problems`: one line each.

    Asked for from anywhere but where the page came from; refused by the page's own policy; said on
    the console; thrown; a dialog; a file that is not there.
    """

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.problems: list[str] = []
        self._host = urlsplit(origin).netloc
        context.on("request", self._asks)
        context.on("response", self._is_told)
        context.on("console", self._hears)
        context.on("weberror", lambda error: self._note(f"thrown: {error.error}"))
        context.on("dialog", lambda dialog: (self._note("a dialog"), dialog.dismiss()))

    def _note(self, text: str) -> None:
        self.problems.append(text)

    def _asks(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in _OWN_SCHEMES and parts.netloc != self._host:
            self._note(f"asked elsewhere: {request.url}")

    def _is_told(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 400 and kind not in ("document", "fetch", "xhr"):
            self._note(f"{response.status} for {response.url}")

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            self._note(f"console: {message.text}")


Visit = Callable[..., Page]
