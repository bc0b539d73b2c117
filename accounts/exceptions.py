"""Why a change to accounts, organisations or keys was refused; the message is shown to the user."""


class AccountsError(Exception):
    """A refusal, in words for the user."""


class ApiKeyError(AccountsError):
    """The key may not be made or revoked in this way."""


class OrganisationMoveError(AccountsError):
    """The organisation can't hang below the wanted parent."""
