"""Addresses of the write API, below /api/v1/."""

from django.urls import path

from deliveries.api import (
    actions,
    deliveries,
    desk,
    files,
    places,
    prechecks,
)

_ONE = "uploads/<uuid:pk>/"

urlpatterns = [
    path("checks/", prechecks.CheckList.as_view(), name="api-checks"),
    path("checks/<slug:token>/", prechecks.CheckDetail.as_view(), name="api-check"),
    path("report.schema.json", prechecks.ReportSchema.as_view(), name="api-report-schema"),
    path(
        "packages/<slug:key>.gpkg",
        files.PackageFile.as_view(),
        {"extension": "gpkg"},
        name="api-package-gpkg",
    ),
    path(
        "packages/<slug:key>.xlsx",
        files.PackageFile.as_view(),
        {"extension": "xlsx"},
        name="api-package-xlsx",
    ),
    path("uploads/", deliveries.DeliveryList.as_view(), name="api-uploads"),
    path("confirmations/", deliveries.ConfirmationList.as_view(), name="api-confirmations"),
    path(_ONE, deliveries.DeliveryDetail.as_view(), name="api-upload"),
    path(f"{_ONE}findings/", deliveries.FindingList.as_view(), name="api-findings"),
    path(f"{_ONE}report.json", deliveries.ReportDocument.as_view(), name="api-report-json"),
    path(f"{_ONE}report.xlsx", files.ReportWorkbook.as_view(), name="api-report-xlsx"),
    path(f"{_ONE}report.gpkg", files.ReportGeoPackage.as_view(), name="api-report-gpkg"),
    path(f"{_ONE}report.pdf", files.ReportPdf.as_view(), name="api-report-pdf"),
    path(f"{_ONE}answers/", deliveries.AnswerList.as_view(), name="api-answers"),
    path(f"{_ONE}answers/offered/", actions.OfferedAnswers.as_view(), name="api-offered"),
    path(f"{_ONE}impact/", actions.ImpactPreview.as_view(), name="api-impact"),
    path(f"{_ONE}receipt/", actions.ReceiptDetail.as_view(), name="api-receipt"),
    path(f"{_ONE}receipt.pdf", actions.ReceiptPdf.as_view(), name="api-receipt-pdf"),
    path(f"{_ONE}original/", actions.Original.as_view(), name="api-original"),
    path(f"{_ONE}messages/", actions.Thread.as_view(), name="api-messages"),
    path(f"{_ONE}take-over/", actions.TakeOver.as_view(), name="api-take-over"),
    path(f"{_ONE}columns/", deliveries.ColumnMapping.as_view(), name="api-columns"),
    path(f"{_ONE}places/", places.Places.as_view(), name="api-places"),
    path(f"{_ONE}places/take/", places.TakePlaces.as_view(), name="api-places-take"),
    path(f"{_ONE}rows/", deliveries.RowEdits.as_view(), name="api-rows"),
    path(f"{_ONE}recheck/", deliveries.Recheck.as_view(), name="api-recheck"),
    path(f"{_ONE}submit/", deliveries.Submit.as_view(), name="api-submit"),
    path(f"{_ONE}withdraw/", deliveries.Withdraw.as_view(), name="api-withdraw"),
    path(f"{_ONE}review/", desk.Review.as_view(), name="api-review"),
    path(f"{_ONE}take/", desk.Take.as_view(), name="api-take"),
    path(f"{_ONE}send-back/", desk.SendBack.as_view(), name="api-send-back"),
    path(f"{_ONE}publish/", desk.Publish.as_view(), name="api-publish"),
    path(f"{_ONE}publish-again/", desk.PublishAgain.as_view(), name="api-publish-again"),
    path(f"{_ONE}undecide/", desk.Undecide.as_view(), name="api-undecide"),
]
