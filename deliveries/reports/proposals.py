"""What the office's desk shows: proposals with before
and after, counts, filters, places. No decisions here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliveries.models import Answer, Delivery, Finding, Proposal
from deliveries.reports.places import collection, outlines, point_feature
from deliveries.reports.wording import language, title
from deliveries.selectors import bulk_selection
from services.models import Record, ServiceType
from validator import schema
from validator.findings import Severity
from zones.models import Municipality

PER_PAGE = 50
Text = str | Promise

REASON_WORDS: dict[str, Text] = {
    "not_supra": _("non è un servizio sovracomunale"),
    "duplicate": _("è un doppione di un altro servizio"),
    "wrong_place": _("la posizione non torna"),
    "wrong_type": _("il tipo non torna"),
    "not_enough": _("mancano elementi per decidere"),
    "other_competence": _("è di competenza di altri"),
    "other": _("altro (scrivilo nella nota)"),
}
LINK_WORDS: dict[str, Text] = {
    "identifier": _("stesso identificativo"),
    "fingerprint": _("stesso contenuto"),
    "place": _("probabilmente lo stesso: nome, tipo e luogo"),
}
RULE_WORDS: dict[str, Text] = {
    "unchanged": _("gli invariati"),
    "moves_under_5m": _("gli spostamenti fino a 5 metri"),
    "new": _("i nuovi"),
    "all_pending": _("tutto ciò che resta da decidere"),
}


@dataclass(frozen=True)
class Filter:
    """What the reviewer asked to see."""

    kind: str = ""
    decision: str = ""
    q: str = ""

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "Filter":
        """From an address or a form; unknown words are ignored."""
        kind, decision = typed.get("tipo", ""), typed.get("decisione", "")
        return cls(
            kind=kind if kind in Proposal.Kind.values else "",
            decision=decision if decision in Proposal.Decision.values else "",
            q=typed.get("q", "").strip()[:100],
        )

    @property
    def query(self) -> str:
        """The filter as an address writes it."""
        return self.but_kind(self.kind)

    def but_kind(self, kind: str) -> str:
        """The address of the same filter for another kind ("" for all)."""
        pairs = {"tipo": kind, "decisione": self.decision, "q": self.q}
        return urlencode({name: value for name, value in pairs.items() if value})


@dataclass(frozen=True)
class KindCount:
    """How many proposals of a kind there are and how many wait."""

    kind: str
    label: Text
    total: int
    pending: int
    query: str


@dataclass(frozen=True)
class BulkRule:
    """A rule for many at once, with how many it would touch now."""

    rule: str
    words: Text
    count: int


@dataclass(frozen=True)
class Difference:
    """One attribute before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Warned:
    """A warning on the row of a proposal, and what the comune answered."""

    code: str
    title: str
    answer: Answer | None


@dataclass(frozen=True)
class ProposalLine:
    """One proposal on the desk; `elsewhere`: its comune, where it is not the sender's; `withheld`:
    the fields that are not published of its row, because they seem to hold something of a
    person."""

    proposal: Proposal
    label: str
    kind_name: str
    elsewhere: str
    differences: Sequence[Difference]
    warnings: Sequence[Warned]
    linked: Text
    withheld: Sequence[str] = ()

    @property
    def reason(self) -> Text:
        return REASON_WORDS.get(self.proposal.reason_code, self.proposal.reason_code)


def chosen(delivery: Delivery, by: Filter) -> "QuerySet[Proposal]":
    """The proposals of a filter, in the delivery's order."""
    found = delivery.proposals.all()
    if by.kind:
        found = found.filter(kind=by.kind)
    if by.decision:
        found = found.filter(decision=by.decision)
    if by.q:
        found = found.filter(
            Q(staged_row__name__icontains=by.q)
            | Q(staged_row__identifier__iexact=by.q)
            | Q(item__key__iexact=by.q)
        )
    return found


def page_of(delivery: Delivery, by: Filter, number: int) -> Page[Any]:
    """A page of proposals with their rows and what is in force for them."""
    current = Prefetch(
        "item__records",
        queryset=Record.objects.filter(to_edition__isnull=True).defer("raw", "geometry"),
        to_attr="in_force",
    )
    found = (
        chosen(delivery, by).select_related("staged_row", "item", "by").prefetch_related(current)
    )
    found = found.defer("staged_row__geometry", "staged_row__sent", "staged_row__raw")
    return Paginator(found.order_by("pk"), PER_PAGE).get_page(number)


def lines(delivery: Delivery, proposals: Iterable[Proposal]) -> list[ProposalLine]:
    """Proposals as the page tells them; three more queries for all of them."""
    listed = list(proposals)
    names = _Names(_kind_names(), dict(Municipality.objects.values_list("pk", "name")))
    warned, home = _warnings(delivery, listed), delivery.source.municipality_id
    return [_line(one, names, warned.get(one.pk, []), home=home) for one in listed]


@dataclass(frozen=True)
class _Names:
    """What types and comuni are called."""

    kinds: Mapping[str, str]
    comuni: Mapping[str, str]

    def of(self, key: str) -> Mapping[str, str]:
        """Those of the values of a difference."""
        return self.comuni if key == "municipality" else self.kinds


def _kind_names() -> dict[str, str]:
    english = language() == "en"
    kinds = ServiceType.objects.values_list("slug", "name", "name_en")
    return {slug: (english and name_en) or name for slug, name, name_en in kinds}


def record_of(proposal: Proposal) -> Record | None:
    """What is in force for the proposal's item (prefetched by `page_of`)."""
    if proposal.item is None:
        return None
    found: list[Record] = getattr(proposal.item, "in_force", [])
    return found[0] if found else None


def _line(
    proposal: Proposal, names: _Names, warned: Sequence[Warned], *, home: str | None
) -> ProposalLine:
    row, record = proposal.staged_row, record_of(proposal)
    name = (row.name if row else "") or (record.name if record else "")
    key = (row.identifier if row else "") or (proposal.item.key if proposal.item else "")
    slug = (row.kind if row else "") or (record.kind_id if record else "") or ""
    comune = row.municipality if row else ""
    return ProposalLine(
        proposal=proposal,
        label=" · ".join(part for part in (key, name) if part) or (str(row.row) if row else ""),
        kind_name=names.kinds.get(slug, slug),
        elsewhere="" if comune == home else names.comuni.get(comune, ""),
        differences=[
            _difference(k, pair, names.of(k)) for k, pair in sorted(proposal.changes.items())
        ],
        warnings=warned,
        linked=LINK_WORDS.get(proposal.linked_by, ""),
        withheld=[schema.BY_NAME[n].label(language()) for n in (row.withheld if row else ())],
    )


def _difference(key: str, pair: Sequence[Any], names: Mapping[str, str]) -> Difference:
    own = {"kind": _("Tipo riconosciuto"), "municipality": _("Comune")}
    label = str(own[key]) if key in own else schema.BY_NAME[key].label(language())
    before, after = ("" if v is None else names.get(str(v), str(v)) for v in pair)
    return Difference(label, before, after)


def _warnings(delivery: Delivery, proposals: Sequence[Proposal]) -> dict[int, list[Warned]]:
    rows = {(p.staged_row.layer, p.staged_row.row): p for p in proposals if p.staged_row}
    if not rows:
        return {}
    found = Finding.objects.of(delivery).filter(
        severity=Severity.WARNING, rows__overlap=[row for _layer, row in rows]
    )
    answers = {(a.code, a.fingerprint): a for a in delivery.answers.all()}
    warned: dict[int, list[Warned]] = {}
    for code, layer, numbers in found.values_list("code", "layer", "rows")[:2000]:
        for number in numbers:
            proposal = rows.get((layer, number))
            if proposal is None or proposal.staged_row is None:
                continue
            answer = answers.get((code, proposal.staged_row.fingerprint))
            mine = warned.setdefault(proposal.pk, [])
            if all(one.code != code for one in mine):
                mine.append(Warned(code, title(code), answer))
    return warned


def counts(delivery: Delivery, by: Filter) -> list[KindCount]:
    """Proposals by kind, in the order of the model, those that are there; each leads to its
    kind within the filter."""
    pending = Count("pk", filter=Q(decision=Proposal.Decision.PENDING))
    grouped = (
        delivery.proposals.order_by().values("kind").annotate(total=Count("pk"), wait=pending)
    )
    by_kind = {line["kind"]: line for line in grouped}
    return [
        KindCount(
            kind=kind.value,
            label=kind.label,
            total=by_kind[kind]["total"],
            pending=by_kind[kind]["wait"],
            query=by.but_kind(kind.value),
        )
        for kind in Proposal.Kind
        if kind in by_kind
    ]


def decision_counts(delivery: Delivery) -> list[tuple[str, Text, int]]:
    """(decision, words, how many), every decision."""
    grouped = delivery.proposals.order_by().values_list("decision").annotate(n=Count("pk"))
    by_decision = dict(grouped)
    return [(d.value, d.label, by_decision.get(d.value, 0)) for d in Proposal.Decision]


def bulk_rules(delivery: Delivery) -> list[BulkRule]:
    """The rules for many at once that would touch something now."""
    rules = [
        BulkRule(rule, sentence, bulk_selection(delivery, rule).count())
        for rule, sentence in RULE_WORDS.items()
    ]
    return [rule for rule in rules if rule.count]


def places(delivery: Delivery, proposals: Iterable[Proposal]) -> dict[str, Any]:
    """Before and after of each proposal as GeoJSON points: `when` is before or after."""
    features = outlines(delivery.source)
    for proposal in proposals:
        record, row = record_of(proposal), proposal.staged_row
        base = {"proposal": proposal.pk, "kind": proposal.kind}
        label = (row.name if row else "") or (record.name if record else "")
        if record is not None and record.point is not None:
            features.append(
                point_feature(record.point, {**base, "when": "before", "label": label})
            )
        if row is not None and row.point is not None:
            features.append(point_feature(row.point, {**base, "when": "after", "label": label}))
    return collection(features)
