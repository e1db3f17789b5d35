"""The authenticator app: added with a QR code, confirmed with what it shows, removed."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from milepost.actions import second_steps as actions
from milepost.core import one_time
from milepost.core.problems import Invalid
from milepost.queries import second_steps
from milepost.web import account, entrance, recovery_codes
from milepost.web.confirming import confirmed
from milepost.web.methods import go, takes_form
from milepost.web.typed import Typed

LABELS = {"code": "Code"}
SECRET = "app_secret"  # of the app that is being added, in the session, until it has shown a code


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def new(request: HttpRequest) -> HttpResponse:
    """Show the QR code, and take the code that the app shows then."""
    if second_steps.of(request.user.pk).app_since:
        return go("account")
    typed = Typed(request.POST)
    secret = request.session.get(SECRET)
    if request.method == "POST" and secret and "code" in request.POST:
        try:
            actions.add_app(user_id=request.user.pk, secret=secret, typed=typed.text("code"), at=request.at)
        except Invalid as wrong:
            typed.refuse(wrong)
        else:
            del request.session[SECRET]
            account.tell(request, "An authenticator app was added to your account.")
            return recovery_codes.first(request)
    if not secret:
        secret = request.session[SECRET] = one_time.new_secret()
    address = one_time.address(secret, account=request.user.email, issuer=f"Milepost {request.get_host()}")
    more = {
        "qr": drawn(address),
        "address": address,
        "secret": one_time.spaced(secret),
    }
    return entrance.form(request, "account/app.html", typed, LABELS, more)


@takes_form
@confirmed
def destroy(request: HttpRequest) -> HttpResponse:
    """Remove the app."""
    actions.remove_app(user_id=request.user.pk, at=request.at)
    account.tell(request, "The authenticator app was removed from your account.")
    return go("account")


def drawn(text: str) -> Markup:
    """Draw a QR code as SVG that stands in a page, dark on light whatever the page's colours."""
    import qrcode  # which is slow to come, and this page alone needs it
    from qrcode.image.svg import SvgPathImage

    image = qrcode.make(text, image_factory=SvgPathImage, border=2)
    buffer = BytesIO()
    image.save(buffer)
    svg = buffer.getvalue().decode()
    return Markup(svg[svg.index("<svg") :])
