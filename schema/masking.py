"""What a client is told when something fails: coded errors as they are, crashes as an incident number.

Refusals of an action travel in the `errors` of its payload and never come here.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import aclosing
from enum import StrEnum
from typing import Any

import strawberry
import structlog
from graphql import ArgumentNode, GraphQLError, GraphQLSyntaxError, ValueNode
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import StreamResult
from strawberry.types.execution import ExecutionContext, ExecutionResult, PreExecutionError, StreamExecutionResult

from schema.values import told

log = structlog.get_logger(__name__)

_SUGGESTION = re.compile(r"\s*Did you mean .*\?", re.DOTALL)
# graphql-core says both as plain syntax errors; the words are pinned by a test.
_TOO_LARGE = re.compile(r"Document (contains more than (?P<tokens>\d+) tokens|is nested too deeply)")
_REQUEST_FAULTS = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
"""Raised by Strawberry for its HTTP view, which answers them; they are no result of an operation."""


class ErrorCode(StrEnum):
    """The `extensions.code` of every error, for programs; the message is for people."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    INTERNAL = "INTERNAL"


class CodedError(GraphQLError):
    """An error that a client may see: a code for programs and a Spanish sentence for people."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        """Make an error with its code; further keywords go into the error's extensions."""
        super().__init__(message, extensions={"code": str(code), **extensions})

    @property
    def code(self) -> str:
        """Return the code that programs read."""
        return str((self.extensions or {})["code"])


def incident(error: BaseException, number: str | None = None, **circumstances: Any) -> CodedError:
    """Log a crash in full under an incident number, and return the apology that shows the number alone."""
    number = number or secrets.token_hex(4).upper()
    log.error("incident", incident=number, exc_info=error, **circumstances)
    return CodedError(ErrorCode.INTERNAL, f"Error interno. Informe este número: {number}", incident=number)


class MaskedSchema(strawberry.Schema):
    """A schema whose failures ErrorMask alone tells, in the log and on a stream."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing; crashes are logged as incidents, and a refused query needs no traceback in the log."""

    async def stream(self, *args: Any, **kwargs: Any) -> StreamResult:
        """Run an operation as its base does, but answer what an extension raises; the base falls silent."""
        return _answered(await super().stream(*args, **kwargs))


async def _answered(results: StreamResult) -> StreamResult:
    async with aclosing(results):
        try:
            async for result in results:
                yield result
        except GraphQLError as error:
            yield PreExecutionError(data=None, errors=[error])


class ErrorMask(SchemaExtension):
    """Gives every error a code and hides what crashes would tell about the house.

    It must be the first extension of the schema: the outermost sees what all others raise. Errors are replaced, never
    changed in place, because ValidationCache answers the same error objects to other people.
    """

    def __init__(self, demo: bool = False) -> None:
        """Make a mask for one operation; `demo` keeps the "Did you mean" of misspelt names."""
        self.demo = demo
        self._executing = False
        self._number = secrets.token_hex(4).upper()
        self._logged: set[tuple[type[BaseException], str]] = set()

    def on_operation(self) -> Iterator[None]:
        """Replace the errors of the operation's result, or the error that broke it off."""
        try:
            yield
        except _REQUEST_FAULTS:
            raise
        except GraphQLError as error:
            raise self._answer(error) from None
        except Exception as error:
            raise self._apology(GraphQLError(str(error), original_error=error), error) from None
        self._mask(self.execution_context.result)

    def on_execute(self) -> Iterator[None]:
        """Note that the document is valid: what is refused from now on lies in its variables."""
        self._executing = True
        yield

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Replace the errors of one answer of a subscription."""
        self._mask(result)
        yield

    def _mask(self, result: Any) -> None:
        if result is not None and result.errors:
            result.errors = [self._answer(error) for error in result.errors]

    def _answer(self, error: GraphQLError) -> GraphQLError:
        if _is_coded(error):
            return error
        if isinstance(error, GraphQLSyntaxError):
            return self._syntax(error)
        cause = _cause(error)
        if isinstance(cause, _REQUEST_FAULTS):  # on a stream; its transport asks for the original error
            code = str(ErrorCode.BAD_REQUEST)
            return GraphQLError(error.message, original_error=error.original_error, extensions={"code": code})
        # An error without a path was found before any resolver ran: by validation or by the coercion of variables.
        # Their messages tell what the client sent, and custom scalars refuse with a ValueError or its like.
        if error.path is None and isinstance(cause, (GraphQLError, ValueError, TypeError, ArithmeticError)):
            return self._coded(
                error, ErrorCode.BAD_USER_INPUT if self._executing else ErrorCode.GRAPHQL_VALIDATION_FAILED
            )
        # graphql-core blames an argument for what only shows at run time, such as a null variable.
        blamed = (cause.nodes or ()) if isinstance(cause, GraphQLError) else ()
        if any(isinstance(node, (ArgumentNode, ValueNode)) for node in blamed):
            return self._coded(error, ErrorCode.BAD_USER_INPUT)
        return self._apology(error, cause)

    def _syntax(self, error: GraphQLSyntaxError) -> GraphQLError:
        too_large = _TOO_LARGE.search(error.message)
        if not too_large:
            return self._coded(error, ErrorCode.GRAPHQL_PARSE_FAILED)
        if too_large["tokens"]:
            sentence = f"La consulta es demasiado larga: se permiten {too_large['tokens']} elementos."
        else:
            sentence = "La consulta está anidada con demasiados niveles."
        return CodedError(ErrorCode.QUERY_TOO_COMPLEX, sentence)

    def _coded(self, error: GraphQLError, code: ErrorCode) -> GraphQLError:
        message = told(error.message if self.demo else _SUGGESTION.sub("", error.message))
        return GraphQLError(
            message, error.nodes, error.source, error.positions, error.path, extensions={"code": str(code)}
        )

    def _apology(self, error: GraphQLError, cause: BaseException) -> GraphQLError:
        # One number per operation, and each crash logged once: a page of 200 rows may crash 200 times alike.
        kind = (type(cause), str(cause))
        if kind not in self._logged:
            self._logged.add(kind)
            incident(cause, self._number, operation=self.execution_context.operation_name, path=error.path)
        return GraphQLError(
            f"Error interno. Informe este número: {self._number}",
            error.nodes,
            error.source,
            error.positions,
            error.path,
            extensions={"code": str(ErrorCode.INTERNAL), "incident": self._number},
        )


def _is_coded(error: GraphQLError) -> bool:
    # graphql-core copies `extensions` from any exception, so only a GraphQLError's own code counts.
    original = error.original_error
    return "code" in (error.extensions or {}) and (original is None or isinstance(original, GraphQLError))


def _cause(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def nothing_ran(result: ExecutionResult) -> bool:
    """Return whether an operation was refused before its first resolver: then its answer has no `data`."""
    return result.data is None and all(error.path is None for error in result.errors or ())
