"""How every process of this program writes its log."""

import logging
import sys

import structlog

from settings import settings


def configure_log() -> None:
    """Write lines for people, or JSON for machines; tracebacks hold no values of variables, which may name people."""
    rendering: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings().log_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # The demo's terminal shows the password and what fails, not every request.
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if settings().demo else logging.INFO),
    )
    # They name every recipient, and every address that is called with what may be a key in it.
    for name in ("mail.log", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
