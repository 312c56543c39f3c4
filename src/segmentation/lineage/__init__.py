"""Where each column comes from, and what comes of it, as pages that need no server."""
