"""Addresses: one line an app."""

from django.urls import include, path

from keepsight.config import identity

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/council/", identity.begin, name="single_sign_on"),
    path("account/council/callback/", identity.callback, name="single_sign_on_callback"),
    path("", include("keepsight.apps.desk.urls")),
    path("", include("keepsight.apps.briefing.urls")),
    path("", include("keepsight.apps.intake.urls")),
    path("", include("keepsight.apps.accounts.urls")),
    path("", include("keepsight.apps.governance.urls")),
    path("", include("keepsight.apps.portal.urls")),
    path("emergencies/", include("keepsight.apps.events.urls")),
    path("registers/", include("keepsight.apps.registers.urls")),
    path("command/", include("keepsight.apps.command.urls")),
    path("workforce/", include("keepsight.apps.workforce.urls")),
    path("assurance/", include("keepsight.apps.assurance.urls")),
    path("providers/", include("keepsight.apps.providers.urls")),
    path("news/", include("keepsight.apps.partnership.urls")),
    path("api/", include("keepsight.apps.api.urls")),
]
handler400 = "keepsight.ui.errors.bad_request"
handler403 = "keepsight.ui.errors.forbidden"
handler404 = "keepsight.ui.errors.not_found"
handler500 = "keepsight.ui.errors.problem"
