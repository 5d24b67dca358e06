"""What one text says of the type of service: the taxonomy's words, ambiguous ones, and codes.

Texts are judged once per distinct value; putting columns together is `kinds.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process

from validator.interpreting.words import SEPARATOR, Phrase, Phrases, fold, vocabulary
from validator.libraries import pl
from validator.taxonomy import Kind, Taxonomy

FUZZY_KIND = 91
FUZZY_CATEGORY = 88
_CODE = re.compile(r"[A-Z]{1,3}\d{0,3}")
_CODES = re.compile(r"(?:[A-Z]{1,3}\d{1,3}){2,}")


class Why(StrEnum):
    """Why no kind was given."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    SEVERAL = "several"
    CONTRADICTORY = "contradictory"
    NOT_A_SERVICE = "not_a_service"
    WEAK = "weak"
    JOINED_CODES = "joined_codes"
    AREA_UNKNOWN = "area_unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: a kind or none, a category or none, how surely (0-1), by which words."""

    kind: str | None = None
    category: str | None = None
    confidence: float = 0.0
    evidence: str = ""
    why: Why | None = Why.EMPTY
    candidates: tuple[str, ...] = ()


NOTHING = Reading()


@dataclass(frozen=True)
class Lexicon:
    """The phrases of a taxonomy, ready to be searched."""

    taxonomy: Taxonomy
    phrases: Phrases
    exact: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Lexicon:
        """Prepare the search; some ten milliseconds, once per delivery."""
        names = {
            text: kind.slug
            for kind in taxonomy.kinds
            for text in (kind.name_en, kind.slug.replace("-", " "), kind.name)
        }
        words = {
            word: slug for slug, listed in vocabulary()["categories"].items() for word in listed
        }
        words |= {category.name: category.slug for category in taxonomy.categories}
        words |= {category.name_en: category.slug for category in taxonomy.categories}
        return cls(
            taxonomy=taxonomy,
            phrases=Phrases.of(_phrases(taxonomy)),
            exact=_folded(names),
            categories=_folded(words),
            codes={code: kind.slug for kind in taxonomy.kinds for code in kind.codes},
        )

    def category_of(self, kind: str | None) -> str | None:
        """Slug of the kind's category."""
        found = self.taxonomy.kind(kind)
        return found.category if found else None

    def read_types(self, texts: Sequence[str], profile: str = "") -> dict[str, Reading]:
        """Judge distinct texts of a type column: the whole text speaks of one thing."""
        return {
            text: self._type_reading(text, match, profile) for text, match in self._matches(texts)
        }

    def read_categories(self, texts: Sequence[str]) -> dict[str, Reading]:
        """Judge distinct texts of a category column."""
        return {text: self._category_reading(match) for text, match in self._matches(texts)}

    def read_names(self, names: pl.Series) -> list[Reading | None]:
        """Judge a column of proper names, null where empty: the first noun leads, streets mislead.

        Each distinct set of found phrases is judged once, so 100,000 names cost little.
        """
        found = self.phrases.find(names).select(
            pl.col("found").list.join("|").alias("key"), "found", "head"
        )
        judged: dict[tuple[str, bool], Reading | None] = {}
        for key, phrases, head in found.unique(["key", "head"]).iter_rows():
            match = PhraseMatch("", tuple(phrases or ()), whole=False, head=bool(head))
            judged[key, head] = None if key is None else self._name_reading(match)
        return [judged[key] for key in found.select("key", "head").iter_rows()]

    def read_codes(self, texts: Sequence[str], profile: str = "") -> dict[str, Reading]:
        """Judge distinct codes of a known schema; codes written together are never guessed."""
        return {text: self._code_reading(text, profile) for text in texts}

    def _matches(self, texts: Sequence[str]) -> Iterator[tuple[str, PhraseMatch]]:
        frame = self.phrases.find(pl.Series(list(texts), dtype=pl.String))
        for text, (folded, found, whole, head) in zip(texts, frame.iter_rows(), strict=True):
            yield text, PhraseMatch(folded or "", tuple(found or ()), bool(whole), bool(head))

    def _type_reading(self, text: str, match: PhraseMatch, profile: str) -> Reading:
        if match.folded in self.exact:
            return self._kind(self.exact[match.folded], 1.0, text)
        code = self._code_reading(text, profile)
        if code.kind or code.why is Why.JOINED_CODES:
            return code
        items = [self.phrases.by_fold[key] for key in match.found if key != SEPARATOR]
        if not items:
            return self._resembling(match.folded)
        return self._resolve(items, 0.98 if match.whole else 0.9)

    def _category_reading(self, match: PhraseMatch) -> Reading:
        if match.folded in self.categories:
            slug = self.categories[match.folded] or None
            return Reading(category=slug, confidence=1.0, evidence=match.folded.strip(), why=None)
        items = [self.phrases.by_fold[key] for key in match.found if key != SEPARATOR]
        if items:
            reading = self._resolve(items, 0.85 if match.whole else 0.75)
            if reading.kind or reading.category:
                return reading
        best = process.extractOne(
            match.folded, self.categories.keys(), scorer=fuzz.ratio, score_cutoff=FUZZY_CATEGORY
        )
        if best and self.categories[best[0]]:
            return Reading(
                category=self.categories[best[0]], confidence=0.7, evidence=best[0], why=None
            )
        return Reading(why=Why.UNKNOWN)

    def _name_reading(self, match: PhraseMatch) -> Reading:
        items = list(self._name_items(match))
        if not items:
            return Reading(why=Why.UNKNOWN)
        first = items[0]
        if first.role in ("blocker", "street"):
            return Reading(why=Why.NOT_A_SERVICE, evidence=first.text)
        if first.head_only and not match.head:
            return Reading(why=Why.WEAK, evidence=first.text)
        if first.role == "ambiguous":
            rest = [item for item in items[1:] if item.role == "kind"]
            if rest and rest[0].kinds[0] in first.kinds and not rest[0].head_only:
                return self._kind(rest[0].kinds[0], 0.65, rest[0].text)
            return self._unsure(first, Why.AMBIGUOUS)
        if self._coordinated(items):
            return Reading(why=Why.SEVERAL, evidence=first.text, candidates=first.kinds)
        return self._kind(first.kinds[0], 0.8 if match.head else 0.65, first.text)

    def _name_items(self, match: PhraseMatch) -> Iterator[Phrase]:
        # From a street, a "presso" or an "ex" on, a name speaks of something else.
        spoken = False
        for item in (self.phrases.by_fold[key] for key in match.found):
            if item.role == "street":
                if not spoken:
                    yield item
                return
            mute = item.type_only or (item.role == "ambiguous" and not item.kinds)
            if not mute and (spoken or item.role != "separator"):
                spoken = True
                yield item

    def _coordinated(self, items: list[Phrase]) -> bool:
        # "Biblioteca e museo" is two things; "Biblioteca - via Teatro" is one.
        if len(items) < 3 or items[1].role != "separator" or items[2].role != "kind":
            return False
        kinds = {items[0].kinds[0], items[2].kinds[0]}
        return len(kinds) > 1 and not self._all_local(kinds)

    def _resolve(self, items: list[Phrase], confidence: float) -> Reading:
        kinds = list(dict.fromkeys(item.kinds[0] for item in items if item.role == "kind"))
        unsure = [item for item in items if item.role == "ambiguous"]
        if not kinds:
            if unsure:
                return self._unsure(unsure[0], Why.AMBIGUOUS)
            return Reading(why=Why.NOT_A_SERVICE, evidence=items[0].text)
        evidence = ", ".join(dict.fromkeys(item.text for item in items if item.role == "kind"))
        if len(kinds) > 1:
            return self._several(kinds, confidence, evidence)
        category = self.category_of(kinds[0])
        for item in unsure:
            if item.kinds and kinds[0] not in item.kinds and item.category != category:
                return Reading(
                    why=Why.CONTRADICTORY, evidence=evidence, candidates=(kinds[0], *item.kinds)
                )
        return self._kind(kinds[0], confidence, evidence)

    def _several(self, kinds: list[str], confidence: float, evidence: str) -> Reading:
        if self._all_local(kinds):
            counts = Counter(self.category_of(kind) for kind in kinds)
            most = max(counts, key=counts.__getitem__)
            kind = next(kind for kind in kinds if self.category_of(kind) == most)
            return self._kind(kind, confidence - 0.1, evidence)
        whole = {kind: self.taxonomy.by_slug[kind].below for kind in kinds}
        for kind, below in whole.items():
            if below and set(kinds) == {kind, below}:
                return self._kind(kind, confidence - 0.1, evidence)
        categories = {self.category_of(kind) for kind in kinds}
        category = categories.pop() if len(categories) == 1 else None
        return Reading(
            category=category, why=Why.SEVERAL, evidence=evidence, candidates=tuple(kinds)
        )

    def _all_local(self, kinds: Iterable[str]) -> bool:
        return not any(self.taxonomy.by_slug[kind].supra for kind in kinds)

    def _resembling(self, folded: str) -> Reading:
        if len(folded.strip()) < 5:
            return Reading(why=Why.UNKNOWN if folded.strip() else Why.EMPTY)
        known = [
            key
            for key, phrase in self.phrases.by_fold.items()
            if phrase.role == "kind" and len(key) > 6
        ]
        best = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=FUZZY_KIND)
        if best is None:
            return Reading(why=Why.UNKNOWN)
        phrase = self.phrases.by_fold[best[0]]
        return self._kind(phrase.kinds[0], 0.6, phrase.text)

    def _code_reading(self, text: str, profile: str) -> Reading:
        text = text.strip()
        kind = self.codes.get(f"{profile}:{text}") if profile else None
        if kind:
            return self._kind(kind, 0.85, text)
        parts = [part for part in re.split(r"[+\-/ ]+", text) if part]
        joined = _CODES.fullmatch("".join(parts)) or (
            len(parts) > 1
            and all(_CODE.fullmatch(part) for part in parts)
            and any(f"{profile}:{part}" in self.codes for part in parts)
        )
        return Reading(why=Why.JOINED_CODES if joined else Why.UNKNOWN, evidence=text)

    def _kind(self, slug: str, confidence: float, evidence: str) -> Reading:
        return Reading(slug, self.category_of(slug), confidence, evidence, why=None)

    def _unsure(self, phrase: Phrase, why: Why) -> Reading:
        return Reading(
            category=phrase.category, why=why, evidence=phrase.text, candidates=phrase.kinds
        )


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """The phrases found in one text, folded, leftmost first."""

    folded: str
    found: tuple[str, ...]
    whole: bool
    head: bool


def _folded(words: Mapping[str, str]) -> dict[str, str]:
    keys = fold(pl.Series(list(words), dtype=pl.String)).to_list()
    return dict(zip(keys, words.values(), strict=True))


def _phrases(taxonomy: Taxonomy) -> Iterator[Phrase]:
    words = vocabulary()
    yield from (Phrase(word, "blocker") for word in words["blockers"])
    for group in words["ambiguous"]:
        for word in group["words"]:
            yield Phrase(word, "ambiguous", tuple(group["kinds"]), group["category"])
    for kind in taxonomy.kinds:
        yield from _kind_phrases(kind)
    yield from (Phrase(word, "street", type_only=False) for word in words["streets"])


def _kind_phrases(kind: Kind) -> Iterator[Phrase]:
    words = vocabulary()
    for word in kind.synonyms:
        yield Phrase(
            word,
            "kind",
            (kind.slug,),
            kind.category,
            head_only=word in words["head_only"],
            type_only=word in words["type_only"],
        )
