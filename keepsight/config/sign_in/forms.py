"""The forms of sign-in in our words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateWithCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_registration_response
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

PASSWORD, CODE = "Enter your password", "Enter the code"
_NEW = {"password1": "Enter the new password", "password2": "Enter the new password again"}


def ask_for(form: forms.Form, **words: str) -> None:
    """Say of a field that was left empty what to enter."""
    for name, said in words.items():
        form.fields[name].error_messages["required"] = said


class SignInForm(LoginForm):
    """Email address and password."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["login"].label = "Email address"
        self.fields["password"].help_text = ""
        ask_for(self, login="Enter your email address", password=PASSWORD)

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
        ask_for(self, oldpassword="Enter the password that you have now", **_NEW)


class NewPassword(ResetPasswordKeyForm):
    """The new password twice."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for name, label in (("password1", "New password"), ("password2", "New password again")):
            self.fields[name].label, self.fields[name].help_text = label, ""
        ask_for(self, **_NEW)


class AskForLink(ResetPasswordForm):
    """Where the link for a new password goes."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_for(self, email="Enter your email address")


class PasswordAgain(ReauthenticateForm):
    """The password once more, before something that changes how one signs in."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_for(self, password=PASSWORD)


class CodeAtSignIn(AuthenticateForm):
    """A code of the app, or a recovery code."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_for(self, code=CODE)


class CodeAgain(ReauthenticateWithCodeForm):
    """The same, before something that changes how one signs in."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_for(self, code=CODE)


class SetUpApp(ActivateTOTPForm):
    """The first code of a new app."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_for(self, code="Enter the six figures that the app shows")


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
