"""The exchange as the person sees it who signed in on this machine."""

from exchange.client.profile import load_profile
from exchange.client.sdk import Exchange


def signed_in(*, patience_s: float = 30.0) -> Exchange:
    """The kept sign-in, ready to ask.

    Raises:
        NotAuthenticated: nobody signed in on this machine.

    """
    profile = load_profile()
    return Exchange(profile.server, token=profile.token, patience_s=patience_s)
