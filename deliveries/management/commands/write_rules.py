"""`bin/manage write_rules`: RULES.md from the catalogue of rules; `--check` only compares."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from validator.rules import registry
from validator.rules.registry import Rule

HEAD = """# RULES

The {count} rules of the check, written by `bin/manage write_rules` from their declarations: do not
edit. Rule set {version} of {day:%d/%m/%Y}. Codes are never reused. An *error* keeps the row (or,
where it speaks of the file or a layer, the delivery) out; a *warning* never blocks; an *info* is
only told; *system* is our own fault. The public page of each rule shows its examples.
"""


class Command(BaseCommand):
    help = "Scrive RULES.md dal catalogo delle regole."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fallisce se RULES.md è vecchio")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "RULES.md"
        text = catalogue()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise CommandError("RULES.md non è aggiornato: esegui bin/manage write_rules.")


def catalogue() -> str:
    """The text of RULES.md."""
    rules = registry.registered()
    version, day = registry.RULE_SET_VERSION, registry.RULE_SET_DATE
    lines = [HEAD.format(count=len(rules), version=version, day=day)]
    for family in registry.FAMILIES:
        lines.append(f"\n## {family}\n")
        lines += [_entry(rule) for rule in rules if rule.family == family]
    return "\n".join(lines)


def _entry(rule: Rule) -> str:
    facts = [rule.severity.value, f"speaks of: {rule.scope.value}", f"since {rule.since}"]
    if rule.needs:
        facts.append(f"needs: {', '.join(sorted(rule.needs))}")
    if rule.params:
        facts.append(", ".join(f"`{name}` = {value:g}" for name, value in rule.params.items()))
    if rule.yields_to:
        facts.append(f"silent where {', '.join(rule.yields_to)} speaks of the same cause")
    if rule.outside:
        facts.append("outside the check of the file")
    return (
        f"### {rule.code} {rule.en.title}\n\n*{rule.it.title}* · {' · '.join(facts)}\n\n"
        f"{rule.why('en')}\n\n- {rule.en.one}\n- {rule.it.one}\n- Fix: {rule.en.fix}\n"
    )
