"""The forms of sign-in in our words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_registration_response
from django.conf import settings
from django.core.exceptions import ValidationError


class SignInForm(LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["login"].label = "Email address"
        self.fields["password"].help_text = ""

    def clean(self) -> dict[str, Any]:
        if not settings.PASSWORDS_OPEN:
            raise ValidationError("Passwords open nothing here. Sign in through your council")
        return super().clean()  # type: ignore[no-any-return]


class ChangePassword(ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for name, label in (
            ("oldpassword", "Password now"), ("password1", "New password"), ("password2", "New password again"),
        ):  # fmt: skip
            self.fields[name].label, self.fields[name].help_text = label, ""


class NewPassword(ResetPasswordKeyForm):
    """The new password twice."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for name, label in (("password1", "New password"), ("password2", "New password again")):
            self.fields[name].label, self.fields[name].help_text = label, ""


class AddPasskey(AddWebAuthnForm):
    """Every passkey can sign in by itself, so every one must have asked who holds it."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields.pop("passwordless", None)
        self.fields["name"].label = "What do you call it?"
        self.fields["name"].help_text = "So that you tell it from others later, like “work telephone”"

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("credential"):
            held = parse_registration_response(given["credential"]).response.attestation_object.auth_data
            if not held.is_user_verified():
                raise ValidationError("This passkey did not ask for a finger, face or number. Use another")
        return given  # type: ignore[no-any-return]
