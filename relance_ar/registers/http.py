"""GET requests to a public service: polite, patient, bounded, and silent on secrets."""

import json
import threading
import time
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

USER_AGENT = "relance_ar (Odoo addon for receivables; register checks)"
READ_SECONDS, TOTAL_SECONDS = 15, 60
RETRIES, BACKOFF = 3, 1.0
RETRIED = (429, 500, 502, 503, 504)
# A service that asks for a longer rest is left alone until the next run.
LONGEST_REST = 30
MAX_BYTES = 20_000_000
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class RegisterError(Exception):
    """A service gave no usable answer: what was asked stays unknown.

    Neither its text nor its arguments hold a key or a parameter of the request.

    :ivar code: ``busy``, ``server``, ``timeout``, ``network``, ``format``, ``refused``
    :ivar retry_after: seconds to wait before asking again; None if it said nothing
    """

    def __init__(self, code, host="", detail="", retry_after=None):
        super().__init__(" ".join(filter(None, (host, code, detail))))
        self.code, self.host, self.detail = code, host, detail
        self.retry_after = retry_after


class _Patience(Retry):
    """Retries that honour ``Retry-After`` up to ``LONGEST_REST``."""

    def increment(self, method=None, url=None, response=None, *args, **kwargs):
        rest = response is not None and self.get_retry_after(response)
        if rest and rest > LONGEST_REST:
            # As when no retry is left: the answer itself is returned.
            raise MaxRetryError(kwargs.get("_pool"), url or "")
        return super().increment(method, url, response, *args, **kwargs)


class Throttle:
    """Keeps calls to one service at a distance from one another, over all threads."""

    _lock, _last = threading.Lock(), {}

    def __init__(self, key, per_second):
        self.key, self.gap = key, 1 / per_second

    def wait(self):
        """Sleep until the next call is allowed, and book it."""
        with self._lock:
            now = time.monotonic()
            last = self._last.get(self.key, 0)
            if last - now > LONGEST_REST:  # the clock was turned back
                last = 0
            slot = max(now, last + self.gap)
            self._last[self.key] = slot
        if slot > now:
            time.sleep(slot - now)


class Client:
    """Asks one service for JSON.

    :param address: what paths are added to
    :param per_second: calls a second that the service allows
    :param secrets: headers that hold a key; sent over HTTPS alone
    """

    def __init__(self, address, per_second, secrets=None, **limits):
        self.address = address.rstrip("/")
        parts = urlsplit(self.address)
        self.host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not self.host:
            raise RegisterError("refused", detail="not a web address")
        if secrets and parts.scheme != "https" and self.host not in LOCAL_HOSTS:
            raise RegisterError("refused", self.host, "a key needs https")
        self.read_seconds = limits.get("read_seconds", READ_SECONDS)
        self.throttle = Throttle(parts.netloc, per_second)
        self.backoff = limits.get("backoff", BACKOFF)
        self.session = self._session(secrets or {})

    def _session(self, secrets):
        session = requests.Session()
        retry = _Patience(
            total=RETRIES,
            connect=False,  # see ``get``: urllib3 would write addresses in the log
            read=False,
            backoff_factor=self.backoff,
            status_forcelist=RETRIED,
            allowed_methods=["GET"],
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        session.headers.update(
            {"User-Agent": USER_AGENT, "Accept": "application/json", **secrets}
        )
        return session

    def get(self, path, params=None):
        """Return the JSON object at a path, or None where there is none (404).

        :raise RegisterError: whatever else goes wrong
        """
        for attempt in range(RETRIES + 1):
            if attempt:
                time.sleep(self.backoff * 2**attempt)
            try:
                return self._get(path, params)
            except requests.Timeout:
                failure = RegisterError("timeout", self.host)
            except (requests.RequestException, HTTPError) as error:
                kind = type(error).__name__
                failure = RegisterError("network", self.host, kind)
        raise failure

    def _get(self, path, params):
        self.throttle.wait()
        # A redirection would take the key to another host.
        with self.session.get(
            f"{self.address}{path}",
            params=params,
            timeout=self.read_seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code == 404:
                return None
            self._check_status(response)
            return self._object(self._read(response))

    def _check_status(self, response):
        status = response.status_code
        if status == 200:
            return
        code = "refused"
        if status == 429:
            code = "busy"
        elif status >= 500:
            code = "server"
        retry_after = response.headers.get("Retry-After", "")
        raise RegisterError(
            code,
            self.host,
            str(status),
            int(retry_after) if retry_after.isdecimal() else None,
        )

    def _read(self, response):
        """Return the body, if it comes whole, in time and of a reasonable size."""
        until, body = time.monotonic() + TOTAL_SECONDS, bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > MAX_BYTES:
                raise RegisterError("format", self.host, "too long")
            if time.monotonic() > until:
                raise RegisterError("timeout", self.host)
        return bytes(body)

    def _object(self, body):
        """Return the JSON object of a body, which is UTF-8 whatever the header says."""
        try:
            found = json.loads(body)
        except ValueError:
            raise RegisterError("format", self.host, "not JSON") from None
        if not isinstance(found, dict):
            raise RegisterError("format", self.host, "not an object")
        return found
