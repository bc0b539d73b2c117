"""What is kept out of the log."""

import logging

HEALTH_PAGES = ("/healthz", "/readyz")


class WithoutHealthPages(logging.Filter):
    """Drop the lines about health pages: they are asked every few seconds, and tell their result to who asks."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):  # structlog's lines
            asked = str(record.msg.get("request", "")).rpartition(" ")[2]
        else:
            asked = getattr(getattr(record, "request", None), "path", "")
        return asked not in HEALTH_PAGES
