"""A user of the demo: logs in, chooses a language, finds records."""

import json
from urllib.request import HTTPCookieProcessor, Request, build_opener


class SessionError(Exception):
    """What the server refused."""


class Session:
    """Somebody who is logged in; the password is the login."""

    def __init__(self, address, database, login):
        self.address = address
        self._cookies = HTTPCookieProcessor()
        self._opener = build_opener(self._cookies)
        user = self._post(
            "/web/session/authenticate", db=database, login=login, password=login
        )
        self.user_id = user["uid"]

    @property
    def id(self):
        """Return the id of the session, for the browser's cookie."""
        found = {cookie.name: cookie.value for cookie in self._cookies.cookiejar}
        return found["session_id"]

    def _post(self, path, **params):
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        with self._opener.open(Request(self.address + path, body, headers)) as answer:
            found = json.load(answer)
        if "error" in found:
            raise SessionError(found["error"]["data"]["message"])
        return found["result"]

    def call(self, model, method, *arguments, **options):
        """Call a method of a model, with the user's rights."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=arguments,
            kwargs=options,
        )

    def speak(self, lang):
        """Choose the user's language."""
        self.call("res.users", "write", [self.user_id], {"lang": lang})

    def find(self, model, domain):
        """Return the id of the first record of a domain."""
        found = self.call(model, "search", domain, limit=1)
        if not found:
            raise SessionError(f"The demo has no {model} with {domain}")
        return found[0]
