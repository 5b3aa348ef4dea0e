"""How a file is refused: one exception with a code for programs and a Spanish sentence for people."""


class FileRefused(Exception):
    """A file that must not be kept nor opened; `message` says what is wrong and how to mend it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
