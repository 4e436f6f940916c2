"""What Flask-Security says, in our words and from our catalogue."""

from flask import Flask


def N_(text: str) -> str:  # noqa: N802 - the name by which the extractor finds texts that are translated later
    """Mark a text for the catalogue."""
    return text


WRONG = N_("E-mail or password is not right, or the e-mail address is not verified yet. Please try again.")
CHECK_MAIL = N_("If we know this address, a letter is on its way to %(email)s. Please look into your mailbox, also under spam.")
LINK_DEAD = N_("This link is not valid any more. Please ask for a new one.")
NO_MAIL = N_("Please enter your e-mail address.")
NO_PASSWORD = N_("Please enter your password.")
BAD_CODE = N_("This code is not right. Please try again.")

MESSAGES = {
    "API_ERROR": (LINK_DEAD, "error"),
    "ALREADY_CONFIRMED": (N_("Your e-mail address has been verified already. You can log in."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are logged in already."), "info"),
    "CHANGE_EMAIL_CONFIRMED": (N_("Your e-mail address has been changed."), "success"),
    "CHANGE_EMAIL_EXPIRED": (LINK_DEAD, "error"),
    "CHANGE_EMAIL_SENT": (N_("We have sent a letter to %(email)s. Open the link in it to finish the change."), "success"),
    "CONFIRMATION_EXPIRED": (LINK_DEAD, "error"),
    "CONFIRMATION_REQUEST": (CHECK_MAIL, "info"),
    "CONFIRMATION_REQUIRED": (
        N_("Please verify your e-mail address first: open the link in the letter that we sent you."), "error"
    ),
    "CONFIRM_REGISTRATION": (
        N_("Thank you. We have sent a letter to %(email)s. Open the link in it to finish your registration."), "success"
    ),
    "DISABLED_ACCOUNT": (N_("This account is switched off. Please call us."), "error"),
    "EMAIL_CONFIRMED": (N_("Your e-mail address is verified. Welcome! You can log in now."), "success"),
    "EMAIL_NOT_PROVIDED": (NO_MAIL, "error"),
    "GENERIC_AUTHN_FAILED": (WRONG, "error"),
    "INVALID_CODE": (BAD_CODE, "error"),
    "INVALID_CONFIRMATION_TOKEN": (LINK_DEAD, "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address. Write it like name@example.com."), "error"),
    "INVALID_PASSWORD": (N_("This password is not right."), "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is not right, or it has been used."), "error"),
    "INVALID_REDIRECT": (N_("That link leads away from our site."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (LINK_DEAD, "error"),
    "LOGIN": (N_("Please log in to go on."), "info"),
    "NO_RECOVERY_CODES_SETUP": (N_("You have no recovery codes yet."), "info"),
    "PASSWORD_CHANGE": (N_("Your password has been changed."), "success"),
    "PASSWORD_INVALID_LENGTH": (N_("Use at least %(length)s characters."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("Choose a password that differs from the old one."), "error"),
    "PASSWORD_NOT_PROVIDED": (NO_PASSWORD, "error"),
    "PASSWORD_RESET_EXPIRED": (LINK_DEAD, "error"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password has been changed. Please log in with the new one."), "success"),
    "PASSWORD_RESET_REQUEST": (CHECK_MAIL, "info"),
    "REAUTHENTICATION_REQUIRED": (N_("Please enter your password again: this keeps your account safe."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "success"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ."), "error"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("Two-factor login is on. Please keep recovery codes for the day you lose your phone."), "success"
    ),
    "TWO_FACTOR_DISABLED": (N_("Two-factor login is off."), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (BAD_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Welcome back."), "success"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the list."), "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Please log in to go on."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took too long. Please start again."), "error"),
    "UNAUTHENTICATED": (N_("Please log in to go on."), "info"),
    "UNAUTHORIZED": (N_("You may not see this page."), "error"),
    "USER_DOES_NOT_EXIST": (WRONG, "error"),
}


def configure(app: Flask) -> None:
    """Give Flask-Security our words."""
    app.config.update({f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()})
