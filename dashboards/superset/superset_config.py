"""How the dashboard's Superset is set up; serve.py says where its own files lie."""

import os
from pathlib import Path

HOME = Path(os.environ["DASHBOARD_HOME"])

SECRET_KEY = (HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# only whoever sits at this machine can ask
RATELIMIT_ENABLED = False

# the browser is told to ask nobody but this server, whatever Superset has in it
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
# one look, whatever the reader's system is set to: colours were chosen on white
THEME_DARK = None

# by Okabe and Ito: told apart by people with any kind of colour blindness
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "safe_for_colour_blind",
        "label": "Safe for colour-blind readers",
        "description": "Eight colours by Okabe and Ito",
        "isDefault": True,
        "colors": [
            "#0072B2",
            "#E69F00",
            "#009E73",
            "#CC79A7",
            "#56B4E9",
            "#D55E00",
            "#F0E442",
            "#666666",
        ],
    }
]
