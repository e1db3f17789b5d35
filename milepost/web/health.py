"""For whoever watches over the server: does the process live, and can it do its work?"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from milepost.queries import readiness


@csrf_exempt
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, whatever else is wrong."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@csrf_exempt  # no form leads here, and a wrong method is told as such
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether work can be done, and what stands in its way: 200 or 503."""
    found = readiness.now(settings.MILEPOST.data_dir)
    is_ready = all(said in readiness.WELL for said in found.values())
    return JsonResponse({"ready": is_ready, "checks": found}, status=200 if is_ready else 503)
