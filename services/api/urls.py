"""Addresses of the catalogue, below /api/v1/."""

from django.urls import path, re_path

from services.api import ServiceDetail, ServiceExport, ServiceList, corrections, remarks

urlpatterns = [
    path("services/", ServiceList.as_view(), name="api-services"),
    re_path(
        r"^services/export\.(?P<extension>geojson|ndjson|csv)$",
        ServiceExport.as_view(),
        name="api-services-export",
    ),
    path("services/<slug:public_id>/", ServiceDetail.as_view(), name="api-service"),
    path(
        "services/<slug:public_id>/remarks/",
        remarks.ServiceRemarks.as_view(),
        name="api-service-remarks",
    ),
    path("corrections/", corrections.CorrectionList.as_view(), name="api-corrections"),
    path("corrections/<uuid:pk>/", corrections.CorrectionDetail.as_view(), name="api-correction"),
    path(
        "corrections/<uuid:pk>/undo/",
        corrections.CorrectionUndo.as_view(),
        name="api-correction-undo",
    ),
    path(
        "corrections/<uuid:pk>/messages/",
        corrections.CorrectionThread.as_view(),
        name="api-correction-messages",
    ),
    path("remarks/", remarks.RemarkList.as_view(), name="api-remarks"),
    path("remarks/<int:pk>/close/", remarks.RemarkClose.as_view(), name="api-remark-close"),
    path("remarks/<str:token>/", remarks.RemarkDetail.as_view(), name="api-remark"),
]
