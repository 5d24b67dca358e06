"""What a word of a search is looked for in: names and addresses, folded, and names of types."""

import unicodedata
from typing import Final

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q

from services.models import SearchWord, ServiceType

#: The shortest word that is looked for inside words: a shorter one begins one.
INSIDE_FROM: Final = 3
#: How like a word must be that stands for one that nothing holds (shared trigrams, 0 to 1), and
#: how many may.
ALIKE, MOST_ALIKE = 0.45, 5


def folded(text: str) -> str:
    """Lower case without accents, as `sttm2_fold` does in the database."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def meaning(word: str) -> Q:
    """What a folded word asks of a name and address: to hold it; a short one, to hold a word that
    begins so; and one that nothing holds and no type is called, one of the words most like it.
    Whatever is of a type called so is meant too."""
    kinds = _kinds_named(word)
    return _held(word, named=bool(kinds)) | (Q(kind__in=kinds) if kinds else Q(pk=None))


def _held(word: str, *, named: bool) -> Q:
    if len(word) < INSIDE_FROM:
        return Q(folded__startswith=word) | Q(folded__contains=f" {word}")
    if named or SearchWord.objects.filter(word__contains=word).exists():
        return Q(folded__contains=word)
    alike = SearchWord.objects.filter(word__trigram_similar=word)
    likeness = TrigramSimilarity("word", word)
    found = alike.annotate(likeness=likeness).filter(likeness__gte=ALIKE).order_by("-likeness")
    chosen = Q(pk=None)
    for other in found.values_list("word", flat=True)[:MOST_ALIKE]:
        chosen |= Q(folded__contains=other)
    return chosen


def _kinds_named(word: str) -> list[str]:
    """Types whose name holds the folded word; a short one, as the beginning of a word."""
    sought = word if len(word) >= INSIDE_FROM else f" {word}"
    names = ServiceType.objects.values_list("slug", "name")
    return [slug for slug, name in names if sought in f" {folded(name)}"]
