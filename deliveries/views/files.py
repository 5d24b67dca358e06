"""Files for the planner: the return files (GeoPackage, workbook, PDF), the sender's package."""

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.pages import private
from deliveries import packages, returns
from deliveries.models import Delivery
from deliveries.reports import pdf
from deliveries.reports.wording import language
from deliveries.views.checks import XLSX, attached, checked, file_name
from deliveries.views.frame import frame
from deliveries.writers import GPKG

TYPES = {"xlsx": XLSX, "gpkg": GPKG}


@private
@require_safe
def package(request: HttpRequest, key: str, extension: str) -> FileResponse:
    """The sender's pre-filled package."""
    made = packages.package_for(request.user, key)
    return FileResponse(
        packages.stream(made, extension),
        as_attachment=True,
        filename=f"{made.name}.{extension}",
        content_type=TYPES[extension],
    )


@private
@require_safe
def report_geopackage(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The delivery as sent, with its outcome row by row and a layer of errors."""
    return _returned(request, checked(request, pk), "gpkg")


@private
@require_safe
def report_workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The report as a workbook, with what to do and the rows as sent."""
    return _returned(request, checked(request, pk), "xlsx")


def _returned(request: HttpRequest, delivery: Delivery, format: str) -> HttpResponseBase:
    """The file; a large one that is not there yet is
    made elsewhere, and this page waits for it."""
    small = returns.is_small(delivery)
    file = returns.made(delivery, format) if small else returns.ready(delivery, format, language())
    if file is not None:
        name = file_name(delivery, format)
        return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[format])
    context = {
        **frame(request, delivery, "checks"),
        "format": format,
        "reference": returns.ask(delivery, format, language()),
    }
    response = render(request, "deliveries/preparing.html", context, status=202)
    response["Retry-After"] = "2"
    return response


@private
@require_safe
def preparing(request: HttpRequest, pk: uuid.UUID, format: str) -> HttpResponse:
    """How a return file stands, as a fragment that asks for itself again until it is there."""
    delivery = checked(request, pk)
    if format not in returns.FORMATS:
        raise NotFound("file-unknown", _("Questo file non c'è."))
    file = returns.ready(delivery, format, language())
    if file is not None:
        file.close()
    reference = "" if file is not None else returns.ask(delivery, format, language())
    context = {
        "delivery": delivery,
        "format": format,
        "size": file.size if file is not None else 0,
        "reference": reference,
    }
    return render(request, "deliveries/includes/preparing.html", context)


@private
@require_safe
def report_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The report on paper."""
    delivery = checked(request, pk)
    return HttpResponse(
        pdf.document(delivery),
        content_type="application/pdf",
        headers={"Content-Disposition": attached(delivery, "pdf")},
    )
