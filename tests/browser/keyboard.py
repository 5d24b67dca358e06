"""A person who has only a keyboard: where the focus
goes, whether it is seen, how far each thing is."""

from playwright.sync_api import Locator, Page

#: Whether whoever has the focus can be seen having it: in the window, not covered, marked (of a
#: link that goes over two lines, the first one).
SEEN = """() => {
  const one = document.activeElement, box = one.getClientRects()[0];
  const style = getComputedStyle(one), labels = [...(one.labels ?? [])];
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const x = Math.max(0, Math.min(innerWidth - 1, box.left + box.width / 2));
  const y = Math.max(0, Math.min(innerHeight - 1, box.top + Math.min(box.height / 2, 60)));
  const top = document.elementFromPoint(x, y);
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const mine = [one, ...labels].some((part) => part.contains(top));
  const over = top && (mine || top.contains(one));
  return marked && inside && Boolean(over);
}"""
HTML = "document.activeElement.outerHTML.slice(0, 160)"
NOWHERE = "document.activeElement === document.body"


class Keyboard:
    """The keys, and the rule that the focus is seen wherever they take it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        """Over whatever stands there."""
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.keys += len(text)

    def begin(self) -> None:
        """From the top of a page to its matter by the skip link."""
        self.press("Tab")
        assert self.page.locator(":focus").inner_text() == "Vai al contenuto"
        self.seen()
        self.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "content"

    def seen(self) -> None:
        assert self.page.evaluate(SEEN), f"the focus is not seen on {self.page.evaluate(HTML)}"

    def at(self, target: Locator) -> bool:
        return bool(target.evaluate("one => one === document.activeElement"))

    def passed(self, target: Locator) -> bool:
        """Whether the focus stands after the target."""
        after = "one => (one.compareDocumentPosition(document.activeElement) & 4) > 0"
        return bool(target.evaluate(after))

    def to(self, target: Locator, *, within: int = 30, back: bool = False) -> None:
        """Tab until the target has the focus, which is seen at every stop."""
        for _step in range(within):
            if self.at(target):
                return
            self.press("Shift+Tab" if back else "Tab")
            assert not self.page.evaluate(NOWHERE), f"fell off the page before {target}"
            self.seen()
        assert self.at(target), f"{within} times Tab did not reach {target}"

    def choose(self, select: Locator, label: str, *, within: int = 30) -> None:
        """Reach a list and type what is wanted, as its own letters find it."""
        self.to(select, within=within)
        self.page.keyboard.type(label)
        self.keys += len(label)
        chosen = select.evaluate("one => one.selectedOptions[0].textContent.trim()")
        assert chosen == label, chosen

    def lands(self, where: Locator) -> None:
        """After an act the focus is where the answer is."""
        assert self.at(where), f"the focus is on {self.page.evaluate(HTML)}"
        self.seen()
