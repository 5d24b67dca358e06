"""Files of the write API: the return file as GeoPackage and PDF, the comune's package."""

import uuid

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from services.uploads import packages
from services.uploads.api.access import DeliveryView, person
from services.uploads.report import geopackage, pdf
from services.uploads.writers import GPKG, opened

PDF = "application/pdf"


class ReportGeoPackage(DeliveryView):
    """The delivery as sent, with `esito` on every row and a layer `errori`."""

    renderer_classes = (JSONRenderer,)

    @extend_schema(responses={(200, GPKG): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> FileResponse:
        upload = self.checked(request, pk)
        stream = opened(lambda path: geopackage.write(upload, path))
        name = f"rapporto-{upload.municipality.slug}.gpkg"
        return FileResponse(stream, as_attachment=True, filename=name, content_type=GPKG)


class ReportPdf(DeliveryView):
    """The report as PDF/UA."""

    renderer_classes = (JSONRenderer,)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        upload = self.checked(request, pk)
        headers = {"Content-Disposition": f'attachment; filename="rapporto-{upload.pk}.pdf"'}
        return HttpResponse(pdf.document(upload), content_type=PDF, headers=headers)


class PackageFile(DeliveryView):
    """What the portal knows of a comune, to be corrected and delivered: .gpkg or .xlsx."""

    renderer_classes = (JSONRenderer,)

    @extend_schema(responses={(200, GPKG): OpenApiTypes.BINARY})
    def get(self, request: Request, istat: str, extension: str) -> FileResponse:
        made = packages.package_for(person(request), istat)
        name = f"{made.name}.{extension}"
        stream = packages.stream(made, extension)
        return FileResponse(stream, as_attachment=True, filename=name)
