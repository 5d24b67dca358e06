"""What higher apps contribute to lower ones, called from below by dotted path."""

# Data that single rules need (found by its name in RuleContext.extra) and sections of the sheets.
RULE_DATA_LOADERS = {"lum": "lum.rule_data.hubs", "funding": "funding.rule_data.projects"}
ZONE_SHEET_SECTIONS = [
    "services.sheets.zone_services",
    "lum.sheets.zone_lum",
    "funding.sheets.zone_funding",
]
# The page where the office begins to work, by name ("" where there is none).
OFFICE_DESK = "deliveries:reviews"
# What events and notices may be about: {kind: class that says who is told, and in which words}.
NOTICE_SUBJECTS = {
    "correction": "services.news.CorrectionSubject",
    "delivery": "deliveries.reports.news.DeliverySubject",
    "delivery_apart": "deliveries.reports.apart.ApartSubject",
}
# What pages need of maps: their settings, the layers that one draws, the ways to a layer's data.
MAP_SETTINGS = "services.views.maps.map_settings"
MAP_LAYERS = "sttm2.layers.on_map"
LAYER_DOWNLOADS = "sttm2.layers.downloads"
# Figures compared with the official ones that a higher app computes: callables -> {zone: value}.
ZONE_EXTRA_FIGURES = {"lum": "lum.selectors.lum_per_zone"}
