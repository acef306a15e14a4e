"""Listens to what the libraries of sign-in tell."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Connects sign-in, lock-out, passwords and second factors to our events and gates."""

    name = "keepsight.config.sign_in"
    label = "sign_in"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in

        from keepsight import sealed
        from keepsight.config.sign_in import factors, gates, lockout, password_changes

        if factors.SEALED not in sealed.IN_JSON:
            sealed.IN_JSON.append(factors.SEALED)
        user_logged_in.connect(gates.signed_in, dispatch_uid="keepsight.signed_in")
        user_locked_out.connect(lockout.keep_lockout, dispatch_uid="keepsight.locked_out")
        mfa.authenticator_added.connect(factors.added, dispatch_uid="keepsight.factor_added")
        mfa.authenticator_used.connect(factors.used, dispatch_uid="keepsight.factor_used")
        mfa.authenticator_removed.connect(factors.removed, dispatch_uid="keepsight.factor_removed")
        for changed in (account.password_changed, account.password_set, account.password_reset):
            changed.connect(password_changes.changed, dispatch_uid=f"keepsight.password.{id(changed)}")
