# Settings of one installation: copy to config.py (mode 600) or let `flask --app ecrm setup` write it.
# Every name is documented in ecrm/config.py; an environment variable ECRM_<NAME> wins over this file.

# SECRET_KEY = "…"          made by `flask --app ecrm setup`
# PASSWORD_SALT = "…"       made by `flask --app ecrm setup`
# TOTP_SECRET = "…"         made by `flask --app ecrm setup`

# PROFILE = "production"
# DATABASE_URL = "mysql+pymysql://ecrm:password@127.0.0.1/ecrm"
# PUBLIC_URL = "https://layanan.prestasi.example"
# HTTPS_COOKIES = True
# TRUSTED_PROXIES = 1
# MAIL_SERVER = "smtp.prestasi.example"
# MAIL_USERNAME = "layanan"
# MAIL_PASSWORD = "…"
