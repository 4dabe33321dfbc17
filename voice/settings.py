"""One frozen object, read once from a file and the environment, and passed in.

Order of strength: environment (COMANDA_<FIELD>), then the YAML file (COMANDA_SETTINGS or `comanda.yaml` in the working
directory), then the defaults below. Secrets come from the environment only and have no default.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from voice.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


def _split(value: Any) -> Any:
    """Environment variables hold lists with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Several names; a string holds them with commas"""


def default_data_dir() -> Path:
    """`var/` in a clone of the project, else the user's data folder (XDG base directories)."""
    if (ROOT / "pyproject.toml").is_file():
        return ROOT / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "comanda"


class Settings(BaseModel):
    """Everything an operator can set. Times are in seconds unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(default_factory=default_data_dir)
    """Database, models, graphs, recordings"""
    catalogue: Path | None = None
    """The shop's catalogue file; None is the demonstration shop"""
    database: str | None = None
    """SQLAlchemy URL; None is SQLite in data_dir"""
    language: str = "en"
    model: Path | None = None
    """A Vosk model folder; None: an official one in data_dir/models, else the embedded one"""
    models_url: str = "https://alphacephei.com/vosk/models"
    """Where `comanda models install` fetches official models: Alpha Cephei's site, or a mirror of it"""
    voice: str | None = None
    """espeak-ng voice, for instance "gmw/en-us"; None is the language's own"""
    speech_rate: int = 165
    """Words a minute"""
    speech_deadline: float = Field(default=5.0, gt=0)
    """How long one sentence may take to be synthesised before the voice's process is restarted"""
    speech_cache_mb: int = Field(default=50, ge=0)
    """Disk space for prompts spoken before, megabytes; 0 keeps none on disk"""
    speech_pause: float = Field(default=0.15, ge=0, le=2)
    """Silence after each sentence"""
    recordings: Path | None = None
    """Folder of the shop's own WAVs that replace prompts (voice/speech/recordings.py says how they are named)"""
    end_of_turn_complete: float = Field(default=0.45, ge=0.1, le=5)
    """Silence that ends the caller's turn when the words so far are a whole sentence"""
    end_of_turn: float = Field(default=0.8, ge=0.1, le=5)
    """Silence that ends the turn otherwise"""
    end_of_turn_incomplete: float = Field(default=1.6, ge=0.1, le=10)
    """Silence that ends the turn after words that ask to be continued ("with", "um", "I'd like two")"""
    end_of_turn_spelling: float = Field(default=1.3, ge=0.1, le=10)
    """Silence that ends the turn while a number is being spelled"""
    max_utterance: float = Field(default=20.0, ge=1, le=120)
    """Longest turn of the caller's; what was said until then is answered"""
    no_input: float = Field(default=6.0, ge=1, le=60)
    """Silence after a prompt has been heard until the caller is asked again"""
    barge_in: bool = True
    """Whether the caller may interrupt; a channel without echo control turns it off for itself (half-duplex)"""
    barge_in_after: float = Field(default=0.16, ge=0.06, le=1)
    """Sustained speech that stops the assistant's voice"""
    echo_return_loss: float = Field(default=12.0, ge=0, le=60)
    """How much weaker than played the assistant's own voice comes back, decibels, until it is measured on the call"""

    # --- dialogue
    max_failures: int = Field(default=3, ge=1, le=5)
    """Turns in a row without words or sense before the caller gets a person"""
    keys_after: int = Field(default=2, ge=1, le=5)
    """... and before the telephone's keys are offered ("press 1 for ...")"""
    choices_at_once: int = Field(default=3, ge=2, le=5)
    """Choices read out before "more" """
    confirm_below: float = Field(default=0.5, ge=0, le=1)
    """An item understood with less confidence is asked about before it is added"""
    confidence_even: float = -19.0
    """Log score a second, against that of free speech, at which a reading is as likely wrong as right"""
    confidence_width: float = Field(default=2.5, gt=0)
    """Difference of that score by which the log odds grow by one; `comanda evaluate confidence` fits both"""
    refuse_below: float = Field(default=0.002, ge=0, le=1)
    """Speech understood with less confidence is taken for something else than an order"""
    ask_name: bool = True
    """Ask for a name on the phone and on the website"""
    ask_feedback: bool = True
    """Ask for a rating after the order"""
    suggest: bool = False
    """Suggest, once an order and before the checkout, what goes with it (`pairs_with` of the catalogue)"""
    offer_address: bool = True
    """Offer a known caller the address of his last delivery again; whoever calls from that number hears its street"""
    welcome_back_after: float = Field(default=120.0, ge=0)
    """A conversation that was cut for no longer than this goes on where it stopped, without a welcome"""
    resume_hours: float = Field(default=12.0, ge=0)
    """How long an order that was not placed is offered to the same caller again; 0 is never"""
    retention_days: int = Field(default=30, ge=0, le=36500)
    """Days after which sessions, customers, calls, their recordings and feedback are erased, and the person taken out
    of orders; 0 is never. Done whenever Comanda starts, and by `comanda orders purge`"""
    recording: Literal["off", "ask"] = "off"
    """Whether callers are asked if their voice may be recorded. Only who agrees is, card numbers are silenced, and the
    recording is erased with the call's record (retention_days, which may then not be 0)"""

    # --- server
    host: str = "127.0.0.1"
    """Address the server listens on; "0.0.0.0" for all (behind a proxy that speaks https)"""
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    """The origin that the world sees, for instance "https://orders.example.com": what carriers sign and connect to"""
    origins: Names = ()
    """Websites that may embed the voice button, for instance "https://shop.example.com" (commas between several)"""
    proxies: int = 0
    """Reverse proxies in front whose X-Forwarded-For is believed"""
    production: bool = False
    """gunicorn with threads in place of Flask's own server"""
    max_calls: int = Field(default=4, ge=1)
    """Calls at once (two a core); `comanda capacity` finds this machine's"""
    when_full: Literal["busy", "transfer"] = "busy"
    """Beyond max_calls a caller hears a polite message, or is passed on to the shop's own telephone"""
    key_pause: float = Field(default=2.0, ge=0.5, le=10)
    """A number typed on a telephone's keys is complete after so long without a key, or with #"""
    max_call_seconds: float = 1800.0
    """A call is ended after this"""
    shutdown_seconds: float = 30.0
    """How long a stopping server lets calls end"""
    secret_key: SecretStr | None = None
    """Signs the website's tokens and sessions, 32 characters or more; needed in production"""
    operator_password: SecretStr | None = None
    """Opens the operator's pages, 12 characters or more; without it (and the hash) they are closed"""
    operator_password_hash: SecretStr | None = None
    """The same as werkzeug's generate_password_hash() gives it, so that the password itself stands nowhere"""
    stream_token: SecretStr | None = None
    """Shared secret of telephony peers that sign nothing (Exotel, Asterisk WebSocket, jambonz, FreeSWITCH)"""
    telnyx_public_key: SecretStr | None = None
    """The account's public key in base64 (Mission Control, Keys & Credentials), which Telnyx's signatures are checked
    by; without it Telnyx is let in by stream_token"""
    twilio_auth_token: SecretStr | None = None
    plivo_auth_token: SecretStr | None = None
    vonage_signature_secret: SecretStr | None = None
    unsigned_local_calls: bool = False
    """Let `comanda call` on this machine in without signature or token; `comanda run` turns it on"""
    audiosocket_port: int | None = Field(default=None, ge=0, le=65535)
    """TCP port for Asterisk's AudioSocket; None is off"""
    audiosocket_host: str = "127.0.0.1"
    audiosocket_peers: Names = ("127.0.0.0/8", "::1/128")
    """Networks that may connect to the AudioSocket port; the protocol has no authentication of its own"""
    audiosocket_uuids: Names = ()
    """Call UUIDs that are let in; empty: any"""

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_dir / 'comanda.db'}"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def call_audio_dir(self) -> Path:
        """What callers agreed to have recorded."""
        return self.data_dir / "calls"

    @property
    def cache_dir(self) -> Path:
        return self.data_dir / "cache"


SECRET_FIELDS = frozenset(n for n, f in Settings.model_fields.items() if f.annotation in (SecretStr, SecretStr | None))
_PREFIX = "COMANDA_"
_FILE = f"{_PREFIX}SETTINGS"
_OF_TESTS = f"{_PREFIX}TEST_"
"""What the tests read of the environment"""


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings. Raises SettingsError naming the file or variable, the field and the remedy."""
    named = path or (Path(environ[_FILE]) if environ.get(_FILE) else None)
    file = named or Path("comanda.yaml")
    values: dict[str, Any] = _read_file(file) if named or file.is_file() else {}
    if secrets := SECRET_FIELDS & values.keys():
        name = sorted(secrets)[0]
        raise SettingsError(f"{file}: '{name}' is a secret. Remove it there and set {_variable(name)} instead.")
    _refuse_unknown(map(str, values), Settings.model_fields, where=f"{file}: ")
    values |= _read_environment(environ)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        where = _variable(name) if _variable(name) in environ else str(file)
        raise SettingsError(f"{where}: {name}: {first['msg']}. README.md lists the settings.") from error


def _variable(name: str) -> str:
    return _PREFIX + name.upper()


def _read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    variables = {_variable(name): name for name in Settings.model_fields}
    ours = (name for name in environ if name.startswith(_PREFIX) and not name.startswith(_OF_TESTS))
    known = [variable.removeprefix(_PREFIX) for variable in (*variables, _FILE)]
    _refuse_unknown((name.removeprefix(_PREFIX) for name in ours), known, prefix=_PREFIX)
    return {name: environ[variable] for variable, name in variables.items() if variable in environ}


def _refuse_unknown(names: Iterable[str], known: Collection[str], where: str = "", prefix: str = "") -> None:
    """A misspelt setting would leave its default standing, which nobody notices."""
    for name in sorted(set(names) - set(known)):
        close = difflib.get_close_matches(name, known, 1)
        remedy = f"Did you mean {prefix}{close[0]}?" if close else "Remove it."
        raise SettingsError(f"{where}{prefix}{name}: there is no such setting. {remedy} README.md lists the settings.")


def _read_file(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}. "
                            f"Check its path ({_FILE}) and its permissions.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{file} cannot be read as YAML: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"{file}: expected lines like 'language: en', found a {type(values).__name__}.")
    return values
