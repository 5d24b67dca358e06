"""What the tests of the deliveries' pages type, ask and read."""

from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.urls import reverse

from deliveries.models import Delivery

TYPED = {
    "act": "Delibera C.C. 12/2025",
    "act_date": "2025-02-03",
    "reference_date": "2025-12-31",
    "contact_name": "Ufficio di piano",
    "contact_email": "piano@comune.example",
}


def page(name: str, delivery: Delivery) -> str:
    return reverse(f"deliveries:{name}", args=[delivery.pk])


def text(answer) -> str:
    """The page as it is read: where its source breaks a line is no matter."""
    return " ".join(answer.content.decode().split())


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def of_row(row: int, key: str = "1", **typed: str) -> dict[str, str]:
    """What the form of the page sends for a row."""
    given = {"layer": "piano", "row": str(row), **typed}
    return {"key": key, **{f"{key}-{name}": value for name, value in given.items()}}


def form_of(answer, button: str = "key") -> dict[str, list[str]]:
    """What a browser sends of the form that has a field `button`, if nothing in it is touched."""
    forms = _Forms()
    forms.feed(answer.content.decode())
    return next(form for form in forms.found if button in form)


class _Forms(HTMLParser):
    """The forms of a page as browsers read them: what is ticked, chosen and written in each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, list[str]]] = []
        self.select, self.option = "", None

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        name, kind = known.get("name"), known.get("type", "text")
        if tag == "form":
            self.found.append({})
        elif tag == "input" and name and kind in ("checkbox", "radio"):
            if "checked" in known:
                self._put(name, known.get("value", "on"))
        elif tag == "input" and name:
            value = known.get("value") or ""
            # A box of one line has no line breaks.
            self._put(name, value if kind == "hidden" else "".join(value.splitlines()))
        elif tag == "select":
            self.select = name
            self.found[-1][name] = []
        elif tag == "option" and self.select and (not self._chosen() or "selected" in known):
            self.found[-1][self.select] = [known.get("value", "")]
            self.option = None if "value" in known else []

    def handle_data(self, data):
        if self.option is not None:
            self.option.append(data)

    def handle_endtag(self, tag):
        if tag == "option" and self.option is not None:
            self.found[-1][self.select] = ["".join(self.option).strip()]
        if tag in ("option", "select"):
            self.option = None
        if tag == "select":
            self.select = ""

    def _chosen(self):
        return self.found[-1][self.select]

    def _put(self, name, value):
        if self.found:
            self.found[-1].setdefault(name, []).append(value)
