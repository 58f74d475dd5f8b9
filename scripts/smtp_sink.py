"""An SMTP server that writes each message to a folder and delivers none.

python scripts/smtp_sink.py FOLDER PORT
"""

import asyncio
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import Controller


class Outbox:
    """Keep each message as an .eml file, with the envelope in its headers."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        """Write one message, named by its order of arrival and its recipients."""
        self.count += 1
        message = message_from_bytes(envelope.content, policy=policy.SMTP)
        message["X-Envelope-From"] = envelope.mail_from or ""
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        stamp = time.strftime("%Y%m%d-%H%M%S")
        recipient = envelope.rcpt_tos[0].replace("/", "_")
        name = f"{stamp}-{self.count:04d}-{recipient}.eml"
        (self.folder / name).write_bytes(message.as_bytes())
        return "250 kept, not delivered"


def main():
    """Serve on localhost until killed."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    outbox = Outbox(folder)
    controller = Controller(outbox, hostname="127.0.0.1", port=port)
    controller.start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
