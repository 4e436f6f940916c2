"""Addresses that are made late are the addresses that werkzeug makes."""

from werkzeug.routing import Map, Rule

from ecrm.routing import LateRule
from tests.conftest import ONE_DATABASE

ODD = {"name": "ä/b c", "self": "1", "rule": "2", "q": "x&y"}  # of these those that no address has a place for go into its query
FEW = {"site": "customer", "language": "en"}  # places that take some values only


@ONE_DATABASE
def test_late_addresses_are_the_same(app):
    """Each endpoint with a value for all of its places, whatever the other arguments are called."""
    late = [rule for rule in app.url_map.iter_rules() if isinstance(rule, LateRule)]
    eager = Map([Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods, defaults=rule.defaults) for rule in late],
                converters=app.url_map.converters).bind("care.example.net")
    for rule in late:
        values = ODD | {name: FEW.get(name, 7) for name in rule.arguments}
        assert app.url_map.bind("care.example.net").build(rule.endpoint, values) == eager.build(rule.endpoint, values), rule
    assert len(late) > 1000


def test_a_start_compiles_no_address(make_app, monkeypatch):
    """Not one of the 1,500; the first address that is asked for, two functions at most."""
    compiled = []
    own = Rule._compile_builder
    monkeypatch.setattr(Rule, "_compile_builder", lambda rule, *args: compiled.append(rule.endpoint) or own(rule, *args))
    app = make_app()
    assert set(compiled) <= {"static"}  # Flask's own, which is there before the application can say anything
    with app.test_request_context():
        assert app.url_for("security.login") == "/login"
    assert set(compiled) - {"static"} == {"security.login"}
