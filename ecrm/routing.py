"""How an address is made out of an endpoint is compiled when one is first asked for."""

from collections.abc import Callable
from functools import cache

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule of the map of addresses.

    Werkzeug compiles two functions for each rule while the map is filled. Six roles have some 1,500 rules, a process makes
    the addresses of few of them, and compiling all took two thirds of the time that an application needs to come into being.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(lambda: super(LateRule, self)._compile_builder(append_unknown))
        return lambda rule, /, **values: compiled()(rule, **values)
