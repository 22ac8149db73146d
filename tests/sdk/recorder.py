"""Writes down what was called and what came back, and what the SDK offers that was not called."""

import inspect


class Recorder:
    def __init__(self):
        self.lines: list[str] = []
        self.called: set[str] = set()
        self.met: set[str] = set()
        self.failures: list[str] = []

    async def good(self, method: str, case: str, call, check=lambda result: result is not None):
        """A call that must succeed; gives its result."""
        self.called.add(method)
        try:
            result = call() if callable(call) else call
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:  # every surprise goes into the report
            self.fail(method, case, f"raised {describe(error)}")
            return None
        if not check(result):
            self.fail(method, case, f"came back as {result!r}")
            return result
        name = type(result).__name__
        self.lines.append(f"{method} | {case} | {name}")
        return result

    async def bad(self, method: str, case: str, wanted: type, call, code: str | None = None):
        """A call that must fail with this class, and with this code where the portal gives one."""
        self.called.add(method)
        try:
            result = call() if callable(call) else call
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            found = (getattr(error, "details", None) or {}).get("error")
            if type(error) is not wanted or (code is not None and found != code):
                self.fail(method, case, f"raised {describe(error)}, not {wanted.__name__} {code or ''}")
                return None
            self.met.add(wanted.__name__)
            self.lines.append(f"{method} | {case} | {wanted.__name__}{f' ({code})' if code else ''}")
            return error
        self.fail(method, case, f"came back as {result!r}, not {wanted.__name__}")
        return None

    def fail(self, method: str, case: str, why: str):
        self.failures.append(f"{method} | {case} | {why}")

    def untouched(self, offered: set[str], skipped: dict[str, str]) -> list[str]:
        """What is offered and was neither called nor left out for a reason."""
        return sorted(offered - self.called - set(skipped))


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error} {getattr(error, 'details', '')}"


def offered(owner: type, name: str) -> set[str]:
    """The public methods and properties of a class."""
    members = inspect.getmembers(owner)
    return {
        f"{name}.{member}"
        for member, value in members
        if not member.startswith("_") and (callable(value) or isinstance(value, property))
    }
