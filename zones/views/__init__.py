"""Pages about the territory (`territory`) and about oneself and the people one answers for
(`people`, `tokens`)."""

from zones.views.people import (
    invitation_accept,
    invitation_revoke,
    invite,
    mandate_revoke,
    messages_choose,
    people,
    profile,
)
from zones.views.territory import (
    municipality_detail,
    municipality_list,
    zone_comparison,
    zone_detail,
    zone_list,
)
from zones.views.tokens import token_create, token_revoke

__all__ = [
    "invitation_accept",
    "invitation_revoke",
    "invite",
    "mandate_revoke",
    "messages_choose",
    "municipality_detail",
    "municipality_list",
    "people",
    "profile",
    "token_create",
    "token_revoke",
    "zone_comparison",
    "zone_detail",
    "zone_list",
]
