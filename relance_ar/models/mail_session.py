import contextlib
import smtplib


class MailSession:
    """A connection to a mail server, kept over several e-mails, renewed when lost.

    :param connect: opens a connection; it returns None where Odoo sends no mail
    """

    def __init__(self, connect):
        self._connect = connect
        self._smtp = None
        self._given_up = False

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self._smtp:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()

    def get(self):
        """Return a connection that answers.

        :raise Exception: whatever the connection fails with
        """
        if self._given_up:
            raise smtplib.SMTPServerDisconnected("The mail server does not answer.")
        if not self._smtp or not self._answers():
            self._smtp = self._connect()
        return self._smtp

    def give_up(self):
        """Connect no more: a server that keeps silent costs a minute each time."""
        self._given_up = True

    def _answers(self):
        """Tell whether the server still listens: many close after some messages."""
        try:
            return self._smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False
