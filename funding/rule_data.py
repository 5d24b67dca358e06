"""What SEM-11 and SEM-12 need of the funding register, named by settings.RULE_DATA_LOADERS."""

from collections import defaultdict

from funding.models import Programme, Project
from validator.rules.sem.funding import Funded, FundingRegister


def projects() -> FundingRegister:
    """The register as the database holds it, by two queries."""
    rows = list(
        Project.objects.order_by("code").values_list(
            "cup", "programme__name", "amount", "programme_id"
        )
    )
    stated = dict(Programme.objects.values_list("slug", "project_count"))
    held: dict[str, int] = defaultdict(int)
    for cup, _, _, programme in rows:
        held[programme] += bool(cup)
    complete = bool(stated) and all(held[slug] == count for slug, count in stated.items())
    funded = tuple(Funded(cup, name, amount) for cup, name, amount, _ in rows if cup)
    return FundingRegister(funded, complete)
