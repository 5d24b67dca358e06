"""What a page says to its reader, and the words that tell Italian; no tests here."""

import re
from html.parser import HTMLParser

#: Words that our own Italian says on nearly every page, and no name of a service or an office.
ITALIAN = re.compile(
    r"\b(?:non|sono|questo|questa|questi|queste|nessun|nessuna|ancora|oppure|puoi|tuo|tua|ogni|già|anche"
    r"|righe|riga|scarica|carica|cerca|invia|salva|annulla|consegna|consegne|errore|errori"
    r"|mancante|tutti|tutte|quando|quanto|quale|viene|dove|perché|senza|è)\b",
    re.IGNORECASE,
)


class Words(HTMLParser):
    """The texts of a page for its reader, and its links: code, quoted Italian and what is not to
    be translated (versions, examples as a file has them) are left out."""

    VOID = frozenset(
        {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "use", "wbr"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.inside: list[bool] = []

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "a" and known.get("href"):
            self.links.append(known["href"])
        if tag not in self.VOID:
            foreign = (known.get("lang") == "it" and tag != "html") or known.get(
                "translate"
            ) == "no"
            self.inside.append(tag in {"script", "style", "code", "pre"} or foreign)
        for name in ("aria-label", "title", "placeholder"):
            if known.get(name) and not any(self.inside):
                self.texts.append(known[name])

    def handle_endtag(self, tag):
        if tag not in self.VOID and self.inside:
            self.inside.pop()

    def handle_data(self, data):
        if data.strip() and not any(self.inside):
            self.texts.append(" ".join(data.split()))
