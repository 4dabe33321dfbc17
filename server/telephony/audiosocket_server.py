"""The TCP port for Asterisk's AudioSocket: a thread a call, peers by allow-list, UUIDs by list if one is set."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading

from server.security import in_networks
from server.state import ServerState
from server.telephony.audiosocket import AudioSocket
from server.telephony.call import serve_call
from server.telephony.contract import CallStarted
from server.telephony.transport import TcpTransport
from voice.errors import SettingsError

logger = logging.getLogger(__name__)
BACKLOG = 64
MAX_THREADS = 64
"""Connections beyond the calls at once that may be waiting for their UUID or hear the busy message"""


class AudioSocketServer:
    """Listens until `close`. `port` is the one taken, of use when the setting is 0."""

    def __init__(self, shared: ServerState) -> None:
        """Raises SettingsError when the port cannot be had."""
        settings = shared.settings
        self._shared = shared
        in_networks("127.0.0.1", settings.audiosocket_peers)  # raises now rather than at the first call
        self._uuids = frozenset(uuid.lower() for uuid in settings.audiosocket_uuids)
        self._places = threading.BoundedSemaphore(settings.max_calls + MAX_THREADS)
        try:
            self._listener = socket.create_server(
                (settings.audiosocket_host, settings.audiosocket_port or 0), backlog=BACKLOG
            )
        except OSError as error:
            raise SettingsError(
                f"The AudioSocket port {settings.audiosocket_host}:{settings.audiosocket_port} cannot be opened: "
                f"{error.strerror}. Set COMANDA_AUDIOSOCKET_PORT to a free one."
            ) from error
        self.port: int = self._listener.getsockname()[1]
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="audiosocket", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Takes no more calls; those under way go on."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, address = self._listener.accept()
            except OSError:
                if self._closed:
                    return
                continue
            if not self._welcome(connection, str(address[0])):
                connection.close()

    def _welcome(self, connection: socket.socket, peer: str) -> bool:
        if not in_networks(peer, self._shared.settings.audiosocket_peers):
            self._shared.metrics.refused.labels("peer").inc()
            logger.warning("An AudioSocket connection from outside COMANDA_AUDIOSOCKET_PEERS was refused.")
            return False
        if not self._places.acquire(blocking=False):
            self._shared.metrics.refused.labels("busy").inc()
            return False
        threading.Thread(target=self._serve, args=(connection,), name="audiosocket-call", daemon=True).start()
        return True

    def _serve(self, connection: socket.socket) -> None:
        try:
            serve_call(self._shared, AudioSocket(), TcpTransport(connection), self._authorise)
        finally:
            self._places.release()

    def _authorise(self, started: CallStarted) -> str | None:
        return started.call_id if not self._uuids or started.call_id.lower() in self._uuids else None
