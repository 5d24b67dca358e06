"""What higher apps contribute to lower ones, called from below by dotted path."""

# Data that single rules need, found by its name in RuleContext.extra.
RULE_DATA_LOADERS = {"lum": "lum.rule_data.hubs", "funding": "funding.rule_data.projects"}
# The sections of each kind of sheet, in their order: that of a zone or comune, that of a LUM.
SHEET_SECTIONS = {
    "territory": [
        "services.sheets.services.services_of",
        "lum.sheets.lum.lum_of",
        "funding.sheets.funding.funding_of",
    ],
    "lum": ["lum.sheets.nodes.nodes_of"],
}
# The page where the office begins to work, by name ("" where there is none).
OFFICE_DESK = "deliveries:reviews"
# What the office's page of the portal's state shows, in its order: functions that make a section,
# or None.
STATUS_SECTIONS = [
    "sttm2.status.parts",
    "sttm2.status.workers",
    "sttm2.status.queues",
    "deliveries.status.work",
    "notices.status.letters",
    "people.status.sign_ins",
    "people.status.retention",
    "services.status.sources",
    "sttm2.status.backup",
    "sttm2.verification.section",
    "sttm2.status.confinement",
]
# What must hold of an installation (`bin/manage verify_installation`), in the order in which it
# is told.
INSTALLATION_REQUIREMENTS = [
    "deliveries.verification.REQUIREMENTS",
    "services.verification.REQUIREMENTS",
    "notices.verification.REQUIREMENTS",
]
# What events and notices may be about: {kind: class that says who is told, and in which words}.
NOTICE_SUBJECTS = {
    "correction": "services.news.CorrectionSubject",
    "delivery": "deliveries.reports.news.DeliverySubject",
    "delivery_apart": "deliveries.reports.apart.ApartSubject",
    "errand": "deliveries.reports.apart.ErrandSubject",
}
# What pages need of maps: their settings, the layers that one draws, the ways to a layer's data.
MAP_SETTINGS = "services.views.maps.map_settings"
MAP_LAYERS = "sttm2.layers.on_map"
LAYER_DOWNLOADS = "sttm2.layers.downloads"
# Figures compared with the official ones that a higher app computes: callables of a
# day -> {zone: value}.
ZONE_EXTRA_FIGURES = {"lum": "lum.selectors.lum_per_zone"}
# How each period of `people.retention` is kept: a function of the app whose data it is.
RETENTION_STEPS = {
    "files": "deliveries.retention.forget_files",
    "drafts": "deliveries.retention.withdraw_drafts",
    "rows": "deliveries.retention.forget_rows",
    "published-rows": "deliveries.retention.forget_published_rows",
    "findings": "deliveries.retention.forget_findings",
    "published-findings": "deliveries.retention.forget_published_findings",
    "contacts": "deliveries.retention.forget_contacts",
    "raw": "services.retention.forget_raw",
    "remarks": "services.remarks.forget",
    "letters": "notices.retention.forget_letters",
    "invitations": "people.forgetting.forget_invitations",
    "keys": "people.forgetting.forget_keys",
    "sign-ins": "people.forgetting.forget_sign_ins",
    "sessions": "people.forgetting.forget_sessions",
}
# What each app gives up of a person who is to be forgotten, before the account itself goes.
PERSON_STEPS = [
    "deliveries.retention.forget_person",
    "notices.retention.forget_person",
    "people.forgetting.forget_account",
]
