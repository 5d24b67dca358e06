"""Files for the planner: the return files (GeoPackage, workbook, PDF), the comune's package."""

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from services.uploads import packages, returns
from services.uploads.models import Upload
from services.uploads.report import pdf
from services.uploads.report.wording import language
from services.uploads.views.access import private
from services.uploads.views.checks import XLSX, attached, checked
from services.uploads.views.frame import frame
from services.uploads.writers import GPKG
from zones.errors import NotFound

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
def report_geopackage(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The delivery as sent, with its outcome row by row and a layer of errors."""
    return _returned(request, checked(request, pk), "gpkg")


@private
def report_workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The report as a workbook, with what to do and the rows as sent."""
    return _returned(request, checked(request, pk), "xlsx")


def _returned(request: HttpRequest, upload: Upload, sort: str) -> HttpResponseBase:
    """The file; a large one that is not there yet is made elsewhere, and this page waits for
    it."""
    small = returns.is_small(upload)
    file = returns.made(upload, sort) if small else returns.ready(upload, sort, language())
    if file is not None:
        headers = {"Content-Disposition": attached(upload, sort)}
        return FileResponse(file, content_type=TYPES[sort], headers=headers)
    context = {
        **frame(request, upload, "checks"),
        "sort": sort,
        "reference": returns.reference_of(returns.ask(upload, sort, language())),
    }
    response = render(request, "uploads/preparing.html", context, status=202)
    response["Retry-After"] = "2"
    return response


@private
def preparing(request: HttpRequest, pk: uuid.UUID, sort: str) -> HttpResponse:
    """How a return file stands, as a fragment that asks for itself again until it is there."""
    upload = checked(request, pk)
    if sort not in returns.SORTS:
        raise NotFound("file-unknown", _("Questo file non c'è."))
    file = returns.ready(upload, sort, language())
    if file is not None:
        file.close()
    state = "" if file is not None else returns.ask(upload, sort, language())
    context = {
        "upload": upload,
        "sort": sort,
        "size": file.size if file is not None else 0,
        "reference": returns.reference_of(state),
    }
    return render(request, "uploads/includes/preparing.html", context)


@private
def report_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The report on paper."""
    upload = checked(request, pk)
    return HttpResponse(
        pdf.document(upload),
        content_type="application/pdf",
        headers={"Content-Disposition": attached(upload, "pdf")},
    )
