"""Addresses of the deliveries, the office's desk
and the rule book (Italian; English under /en/)."""

from django.urls import path

from deliveries.views import (
    checks,
    columns,
    deliveries,
    desk,
    files,
    mending,
    placing,
    precheck,
    rulebook,
    submission,
)

app_name = "deliveries"

_ONE = "consegne/<uuid:pk>/"
_CHECK = "verifica/<slug:token>/"
_DESK = "istruttoria/<uuid:pk>/"

urlpatterns = [
    path("consegne/", deliveries.deliveries, name="list"),
    path("consegne/nuova/", deliveries.new, name="new"),
    path("consegne/esempio.csv", deliveries.example, name="example"),
    path("consegne/conferma/", deliveries.confirm, name="confirm"),
    path(
        "consegne/pacchetto/<slug:key>.gpkg",
        files.package,
        {"extension": "gpkg"},
        name="package-gpkg",
    ),
    path(
        "consegne/pacchetto/<slug:key>.xlsx",
        files.package,
        {"extension": "xlsx"},
        name="package-xlsx",
    ),
    path(_ONE, deliveries.detail, name="detail"),
    path(f"{_ONE}avanzamento/", deliveries.progress, name="progress"),
    path(f"{_ONE}stato/", deliveries.status, name="status"),
    path(f"{_ONE}originale/", deliveries.original, name="original"),
    path(f"{_ONE}ricontrolla/", deliveries.retry, name="retry"),
    path(f"{_ONE}subentra/", deliveries.take_over, name="take-over"),
    path(f"{_ONE}ritira/", deliveries.withdraw, name="withdraw"),
    path(f"{_ONE}messaggi/", deliveries.message, name="message"),
    path(f"{_ONE}colonne/", columns.columns, name="columns"),
    path(f"{_ONE}colonne/scelte/", columns.choices, name="choices"),
    path(f"{_ONE}controlli/", checks.checks, name="checks"),
    path(f"{_ONE}controlli/<str:code>/", checks.finding_group, name="finding-group"),
    path(f"{_ONE}risposte/", checks.answer, name="answer"),
    path(f"{_ONE}risposte/riprese/", checks.take_offered, name="take-answers"),
    path(f"{_ONE}rilievi.geojson", checks.places, name="places"),
    path(f"{_ONE}rapporto.xlsx", files.report_workbook, name="report-xlsx"),
    path(f"{_ONE}rapporto.gpkg", files.report_geopackage, name="report-gpkg"),
    path(f"{_ONE}rapporto.pdf", files.report_pdf, name="report-pdf"),
    path(f"{_ONE}rapporto/<slug:format>/", files.preparing, name="report-progress"),
    path(f"{_ONE}rapporto.json", checks.document, name="report-json"),
    path(f"{_ONE}correggi/", mending.mend, name="mend"),
    path(f"{_ONE}correggi/riga/", mending.edit, name="edit"),
    path(f"{_ONE}correggi/proponi/", placing.propose, name="propose"),
    path(f"{_ONE}posizioni/", placing.positions, name="placing"),
    path(f"{_ONE}posizioni/avanzamento/", placing.progress, name="placing-progress"),
    path(f"{_ONE}posizioni/chiedi/", placing.propose_all, name="propose-all"),
    path(f"{_ONE}posizioni/scegli/", placing.take, name="take-places"),
    path(f"{_ONE}posizioni/togli/", placing.take_back, name="take-back-places"),
    path(f"{_ONE}invia/", submission.submit, name="submit"),
    path(f"{_ONE}effetti/", submission.effects, name="impact"),
    path(f"{_ONE}ricevuta/", submission.receipt, name="receipt"),
    path(f"{_ONE}ricevuta.pdf", submission.receipt_pdf, name="receipt-pdf"),
    path("verifica/", precheck.new, name="precheck"),
    path(_CHECK, precheck.report, name="precheck-report"),
    path(f"{_CHECK}avanzamento/", precheck.progress, name="precheck-progress"),
    path(f"{_CHECK}rapporto.json", precheck.document, name="precheck-json"),
    path(f"{_CHECK}rapporto.xlsx", precheck.workbook, name="precheck-xlsx"),
    path("istruttoria/", desk.queue, name="reviews"),
    path(_DESK, desk.review, name="review"),
    path(f"{_DESK}prendi/", desk.take, name="take"),
    path(f"{_DESK}decidi/", desk.decide, name="decide"),
    path(f"{_DESK}blocco/", desk.bulk, name="bulk"),
    path(f"{_DESK}annulla/", desk.undo, name="undo"),
    path(f"{_DESK}restituisci/", desk.send_back, name="send-back"),
    path(f"{_DESK}riapri/", desk.undecide, name="undecide"),
    path(f"{_DESK}ripubblica/", desk.publish_again, name="publish-again"),
    path(f"{_DESK}chiudi/", desk.close, name="close"),
    path(f"{_DESK}proposte.geojson", desk.places, name="proposal-places"),
    path("regole/", rulebook.rules, name="rules"),
    path("regole/<str:code>/", rulebook.rule, name="rule"),
]
