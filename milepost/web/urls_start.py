"""Addresses of the way in, and of people, teams, cycles and settings."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.decorators.http import require_safe

from milepost.web import (
    account,
    authenticator_app,
    cycles,
    departures,
    email_addresses,
    handovers,
    home,
    invitations,
    keyboard,
    memberships,
    passkeys,
    passwords,
    people,
    personal_data,
    personas,
    preferences,
    recovery_codes,
    second_step,
    setup,
    sign_in_links,
    signing_in,
    start,
    team_settings,
    tokens,
    workspaces,
)
from milepost.web.methods import methods

# django-allauth looks its own pages up by its own names.
ALLAUTH = [
    path("sign-in/", signing_in.new, name="account_login"),
    path("sign-in/second-step/", second_step.new, name="mfa_authenticate"),
    path("sign-out/", signing_in.destroy, name="account_logout"),
    path("sign-in/", signing_in.new, name="account_inactive"),
    path("account/password/", passwords.edit, name="account_change_password"),
    path("account/password/first/", passwords.first, name="account_set_password"),
    path("account/password/forgotten/", passwords.ask, name="account_reset_password"),
    path("account/password/forgotten/sent/", passwords.asked, name="account_reset_password_done"),
    re_path(
        r"^account/password/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        passwords.reset,
        name="account_reset_password_from_key",
    ),
]

urlpatterns = [
    path("", home.index, name="home"),
    path("tokens/new/", home.token, name="new_token"),
    # the way in
    path("sign-in/", signing_in.new, name="signing_in"),
    path("sign-in/link/<str:secret>/", sign_in_links.show, name="sign_in_link"),
    path("sign-in/second-step/", second_step.new, name="second_step"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey_sign_in"),
    path("sign-out/", signing_in.destroy, name="signing_out"),
    # one's account
    path("account/", account.show, name="account"),
    path("account/app/", authenticator_app.new, name="new_app"),
    path("account/app/removal/", authenticator_app.destroy, name="remove_app"),
    path("account/passkeys/new/", passkeys.new, name="new_passkey"),
    path("account/passkeys/<int:passkey>/", passkeys.update, name="passkey"),
    path("account/passkeys/<int:passkey>/removal/", passkeys.destroy, name="remove_passkey"),
    path("account/recovery-codes/", recovery_codes.create, name="recovery_codes"),
    path("account/sessions/others/end/", account.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<slug:mark>/end/", account.end_session, name="end_session"),
    path("account/email/confirmation/", email_addresses.send, name="send_confirmation"),
    path("account/email/change/", email_addresses.edit, name="new_email"),
    path("account/email/change/cancellation/", email_addresses.cancel, name="cancel_email"),
    path("account/email/change/<str:secret>/", email_addresses.take, name="take_email"),
    path("account/email/<str:secret>/", email_addresses.show, name="confirm_email"),
    path("account/password/", passwords.edit, name="password"),
    path("account/password/forgotten/", passwords.ask, name="ask_password"),
    *ALLAUTH,
    path("invitation/<str:secret>/", invitations.show, name="invitation"),
    path("setup/<str:secret>/", setup.organisation, name="setup"),
    path("setup/<str:secret>/you/", setup.person, name="setup_person"),
    path("appearance/", preferences.appearance, name="appearance"),
    # the first run, once inside
    path("w/<slug:slug>/start/", start.show, name="start"),
    path("w/<slug:slug>/start/demo/", start.demo, name="start_demo"),
    path("w/<slug:slug>/start/blank/", start.blank, name="start_blank"),
    path("w/<slug:slug>/start/file/", start.file, name="start_file"),
    path("w/<slug:slug>/start/file/application/", start.application, name="start_application"),
    path("w/<slug:slug>/start/invite/", start.invite, name="start_invite"),
    # people
    path("w/<slug:slug>/people/", people.index, name="people"),
    path("w/<slug:slug>/people/new/", methods(get=people.new, post=people.create), name="new_person"),
    path("w/<slug:slug>/people/<id:person>/", methods(get=people.show, post=people.update), name="person"),
    path(
        "w/<slug:slug>/people/<id:person>/personal-data.json",
        require_safe(personal_data.show_json),
        name="personal_data_json",
    ),
    path("w/<slug:slug>/people/<id:person>/invitation/", invitations.create, name="invite_person"),
    path("w/<slug:slug>/people/<id:person>/invitation/revoke/", invitations.destroy, name="uninvite_person"),
    path(
        "w/<slug:slug>/people/<id:person>/handover/",
        methods(get=handovers.show, post=handovers.create),
        name="handover",
    ),
    path("w/<slug:slug>/people/<id:person>/departure/", departures.create, name="depart_person"),
    path("w/<slug:slug>/people/<id:person>/departure/undo/", departures.destroy, name="readmit_person"),
    path("w/<slug:slug>/persona/<id:person>/", personas.update, name="persona"),
    # teams
    path(
        "w/<slug:slug>/teams/new/", methods(get=team_settings.new, post=team_settings.create), name="new_team"
    ),
    path(
        "w/<slug:slug>/teams/<id:team>/edit/",
        methods(get=team_settings.edit, post=team_settings.update),
        name="edit_team",
    ),
    path("w/<slug:slug>/teams/<id:team>/members/", memberships.create, name="members"),
    path(
        "w/<slug:slug>/teams/<id:team>/members/<id:person>/end/", memberships.destroy, name="end_membership"
    ),
    # cycles
    path("w/<slug:slug>/cycles/", cycles.index, name="cycles"),
    path("w/<slug:slug>/cycles/new/", methods(get=cycles.new, post=cycles.create), name="new_cycle"),
    path(
        "w/<slug:slug>/cycles/<id:cycle>/edit/",
        methods(get=cycles.edit, post=cycles.update),
        name="edit_cycle",
    ),
    path("w/<slug:slug>/cycles/<id:cycle>/closing/", cycles.close, name="close_cycle"),
    path("w/<slug:slug>/cycles/<id:cycle>/closing/undo/", cycles.reopen, name="reopen_cycle"),
    # settings
    path("w/<slug:slug>/settings/", methods(get=workspaces.edit, post=workspaces.update), name="settings"),
    path(
        "w/<slug:slug>/preferences/",
        methods(get=preferences.edit, post=preferences.update),
        name="preferences",
    ),
    path(
        "w/<slug:slug>/preferences/keyboard/",
        methods(get=keyboard.edit, post=keyboard.update),
        name="keyboard",
    ),
    path("w/<slug:slug>/tokens/", methods(get=tokens.index, post=tokens.create), name="tokens"),
    path(
        "w/<slug:slug>/tokens/<id:token>/revocation/",
        methods(get=tokens.revocation, post=tokens.destroy),
        name="revoke_token",
    ),
]
