"""What a word of a search is looked for in: names and addresses, folded, and names of types."""

import unicodedata
from typing import Final

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat

from services.models import SearchWord, ServiceType
from services.querysets import Folded

#: The shortest word that is looked for inside words: a shorter one begins one.
INSIDE_FROM: Final = 3
#: How like a word must be that stands for one that nothing holds (shared trigrams, 0 to 1), and
#: how many may.
ALIKE, MOST_ALIKE = 0.45, 5


def folded(text: str) -> str:
    """As the database folds names and addresses (`sttm2_fold`): it is asked, for no other
    dictionary says the same of dashes, ordinals and quotation marks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sttm2_fold(%s, '')", [unicodedata.normalize("NFC", text)])
        return str(cursor.fetchone()[0]).strip()


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
    """Types whose name, in either language, holds the folded word; a short one, as the beginning
    of a word."""
    sought = word if len(word) >= INSIDE_FROM else f" {word}"
    names = Concat(Value(" "), Folded(F("name"), F("name_en")), output_field=TextField())
    kinds = ServiceType.objects.annotate(names=names).filter(names__contains=sought)
    return list(kinds.values_list("slug", flat=True))
