"""The settings that every application of the tests has, and the same as a process reads them from its environment."""

SECRETS = {"SECRET_KEY": "k" * 43, "PASSWORD_SALT": "s" * 43, "TOTP_SECRET": "t" * 43}
ENVIRONMENT = {f"ECRM_{name}": value for name, value in SECRETS.items()}
