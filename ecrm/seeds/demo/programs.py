"""The demo's programs: API tokens whose secret nobody knows, one that ran out, and the answer kept for one of them."""

from datetime import timedelta

from ecrm.models.account import RoleName as R
from ecrm.models.user_session import hashed
from ecrm.rules.api_token import SHOWN
from ecrm.seeds.demo.company import Company

DAY = timedelta(days=1)
PROGRAMS = (  # role, name, made and expires in days from now, last used and revoked hours ago
    (R.SUPPORT, "Penyedia kecepatan (provisioning)", -40, 320, 1, None),
    (R.MANAGER, "Papan pantau NOC", -120, 245, 2, None),
    (R.SUPPORT, "Bot WhatsApp lama", -300, 65, 700, 690),
    (R.MANAGER, "Uji coba laporan", -200, -20, 600, None),
)


def let_in(company: Company) -> None:
    """Add the tokens, and what one of them was answered."""
    for role, name, made, ends, used, revoked in PROGRAMS:
        secret, number, now = f"ecrm_{company.rng.getrandbits(256):064x}", company.bulk.new_id("api_token"), company.now
        company.bulk.add("api_token", {
            "id": number, "name": name, "user_id": company.staff[role][0].id, "role": role, "prefix": secret[:SHOWN], "hash": hashed(secret),
            "created_at": now + made * DAY, "expires_at": now + ends * DAY, "last_used_at": now - timedelta(hours=used),
            "revoked_at": now - timedelta(hours=revoked) if revoked else None,
        })
        if made == -40:
            company.bulk.add("api_answer", {"token_id": number, "key": f"tiket-{company.rng.randrange(10_000)}", "request": hashed(name), "answer": {},
                                            "at": now - timedelta(hours=1)})
