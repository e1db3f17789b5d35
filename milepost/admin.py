"""The operator's looking glass: look, don't touch. A change here would bypass actions and their events.

It sees every workspace, and nobody's personal OKRs.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account import admin as addresses
from allauth.account.decorators import secure_admin_login
from allauth.mfa import admin as factors
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth
from django.db.models import Field, Model, QuerySet, TextField
from django.http import HttpRequest

from milepost.core.access import Visibility
from milepost.ledger import sight
from milepost.models import Event, Objective, Session
from milepost.models.workspaces import WorkspaceBound

# Whoever can read these can be somebody else.
SECRETS = ("password", "secret_hash", "user_permissions", "groups")

# From a row to the objective that it is about.
TO_OBJECTIVE = {
    "objective": ("",),
    "objectiveversion": ("objective__",),
    "transition": ("objective__",),
    "keyresult": ("objective__",),
    "keyresultversion": ("objective__",),
    "initiative": ("objective__",),
    "alignment": ("child__", "parent_objective__", "parent_key_result__objective__"),
    "checkin": ("key_result__objective__",),
    "comment": ("objective__",),
    "grade": ("objective__",),
}


class LookingGlass(admin.ModelAdmin):
    """A table to be read, by superusers alone."""

    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    actions = None

    def __init__(self, model: type[Model], site: admin.AdminSite) -> None:
        self.list_display = [field.name for field in model._meta.local_fields if _is_short(field)][:8]
        self.exclude = [
            name for name in SECRETS if name in {field.name for field in model._meta.get_fields()}
        ]
        super().__init__(model, site)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return every workspace's rows but those of personal OKRs."""
        rows = self.model._default_manager.all()
        if issubclass(self.model, WorkspaceBound):
            rows = rows.everywhere()
        for way in TO_OBJECTIVE.get(self.model._meta.model_name, ()):
            rows = rows.exclude(**{f"{way}visibility": Visibility.PRIVATE})
        if self.model is Event:
            personal = Objective.objects.everywhere().filter(visibility=Visibility.PRIVATE)
            rows = rows.exclude(objective_id__in=personal.values("id"))
        return rows.order_by(*self.ordering)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _is_short(field: Field) -> bool:
    return not isinstance(field, TextField) and field.name not in SECRETS


def _behind_the_glass(view: Callable, cacheable: bool = False) -> Callable:
    # Its pages are made after its views have returned, so this holds to the end of the request.
    def looking(request: HttpRequest, *args, **kwargs):
        sight.settle_everywhere()
        return view(request, *args, **kwargs)

    return _asking_who(looking, cacheable)


_asking_who, admin.site.admin_view = admin.site.admin_view, _behind_the_glass
# Our sign-in page throttles; the admin's own does not.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = "Milepost: look, don't touch"
# What others offer to be edited; importing their modules here makes them be registered before.
admin.site.unregister([auth.Group, addresses.EmailAddress, factors.Authenticator])
for each in apps.get_app_config("milepost").get_models():
    if each is not Session:  # its key is somebody's cookie
        admin.site.register(each, LookingGlass)
