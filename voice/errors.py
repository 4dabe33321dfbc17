"""One small tree of exceptions. They are for broken set-ups; a failure of a conversation is a value (`NoMatch`).

Each message names what is wrong and says what to do.
"""


class ComandaError(Exception):
    """Base of all. The command line prints the message alone and exits with `exit_status`."""

    exit_status = 1


class SettingsError(ComandaError):
    """A settings file or environment variable that cannot be used."""

    exit_status = 2


class CatalogueError(ComandaError):
    """A catalogue that cannot be used; the message names file, line and remedy."""

    exit_status = 3


class GrammarError(ComandaError):
    """A language's data (grammars/<lang>) that is incomplete or malformed."""

    exit_status = 3


class ModelError(ComandaError):
    """A speech model that is missing, damaged or of a kind that cannot do what is asked."""

    exit_status = 4


class AudioError(ComandaError):
    """Audio that cannot be read or a device that cannot be opened."""

    exit_status = 5


class SpeechError(ComandaError):
    """The voice could not speak."""

    exit_status = 6


class StorageError(ComandaError):
    """The database or the disk refused."""

    exit_status = 7
