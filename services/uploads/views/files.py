"""Files for the planner: the return file as GeoPackage and PDF, the comune's package."""

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse

from services.uploads import packages
from services.uploads.report import geopackage, pdf
from services.uploads.views.access import private
from services.uploads.views.checks import XLSX, attached, checked
from services.uploads.writers import GPKG, opened

TYPES = {"xlsx": XLSX, "gpkg": GPKG}


@private
def package(request: HttpRequest, istat: str, extension: str) -> FileResponse:
    """The comune's pre-filled package."""
    made = packages.package_for(request.user, istat)
    return FileResponse(
        packages.stream(made, extension),
        as_attachment=True,
        filename=f"{made.name}.{extension}",
        content_type=TYPES[extension],
    )


@private
def report_geopackage(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The delivery as sent, with its outcome row by row and a layer of errors."""
    upload = checked(request, pk)
    return FileResponse(
        opened(lambda path: geopackage.write(upload, path)),
        content_type=GPKG,
        headers={"Content-Disposition": attached(upload, "gpkg")},
    )


@private
def report_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The report on paper."""
    upload = checked(request, pk)
    return HttpResponse(
        pdf.document(upload),
        content_type="application/pdf",
        headers={"Content-Disposition": attached(upload, "pdf")},
    )
