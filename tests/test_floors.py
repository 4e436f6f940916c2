"""The house keeps its shape: imports go down only, one floor commits, files and functions stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "ecrm"
FILES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
MOST_LINES, MOST_FUNCTION = 220, 35

# Part of the package → its floor (design, section 6). What is not here has to be given one.
FLOORS = {
    "ecrm": 6, "wsgi": 6,
    "admin": 5, "portal": 5, "api": 5, "cli": 5,
    "letters": 4, "channels": 4, "incoming_jobs": 4, "reports": 4, "exports": 4, "xlsx": 4, "texts": 4, "search": 4, "storage": 4, "seeds": 4, "trail": 4, "web": 4, "routing": 4, "assets": 4, "jobs": 4, "housekeeping": 4, "job_rows": 4, "row_by_row": 4,
    "backup": 4, "privacy": 4, "offline": 4, "revisions": 4, "health": 4, "metrics": 4, "logs": 4, "retries": 4, "day_marks": 4, "checks": 4, "standing": 4,
    "policy": 3, "grants": 3, "rows": 3, "customer_rows": 3,
    "rules": 2,
    "models": 1,
    "config": 0, "setting_kinds": 0, "i18n": 0, "formats": 0, "flask_config": 0, "extensions": 0, "fulltext": 0,
}
COMMITS = ("admin", "portal", "api", "cli")
# The worker's: a letter is sent between two commits, its lease before and its result after; each due row is moved by itself.
MAY_COMMIT = {"housekeeping", "letters", "jobs", "incoming_jobs", "job_rows", "row_by_row"}
TREES = {path: ast.parse(path.read_text()) for path in FILES}


def part(path: Path) -> str:
    """Return the part of the package that a file belongs to."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    return "ecrm" if inside == ("__init__",) else inside[0]


def imports(path: Path) -> list[tuple[int, str]]:
    """Return (line, part) of each import of the package, also those inside functions."""
    found = []
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name.split(".")[1]) for alias in node.names if alias.name.startswith("ecrm.")]
            found += [(node.lineno, "ecrm") for alias in node.names if alias.name == "ecrm"]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "ecrm":
            found += [(node.lineno, alias.name if alias.name in FLOORS else "ecrm") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith("ecrm."):
            found.append((node.lineno, node.module.split(".")[1]))
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{path}:{node.lineno}: write the import in full, from ecrm.… import …")
    return found


def named(path: Path) -> str:
    """Return a file's name for a test."""
    return str(path.relative_to(ROOT.parent))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_go_down(path):
    """A file imports from its own part and from lower floors; the surfaces do not know each other."""
    own = part(path)
    assert own in FLOORS, f"{named(path)}: give “{own}” a floor in tests/test_floors.py"
    for line, other in imports(path):
        assert other in FLOORS, f"{named(path)}:{line}: give “{other}” a floor in tests/test_floors.py"
        if other == own:
            continue
        siblings = FLOORS[other] == FLOORS[own] and FLOORS[own] != 5
        assert FLOORS[other] < FLOORS[own] or siblings, f"{named(path)}:{line}: {own} (floor {FLOORS[own]}) imports {other} (floor {FLOORS[other]})"


def calls(path: Path) -> list[tuple[int, str]]:
    """Return (line, name) of each call of an attribute."""
    return [(node.lineno, node.func.attr) for node in ast.walk(TREES[path]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_only_surfaces_commit(path):
    """What belongs together is one transaction, and the surface that began it ends it."""
    if part(path) in COMMITS or part(path) in MAY_COMMIT:
        return
    for line, name in calls(path):
        assert name != "commit", f"{named(path)}:{line}: leave the commit to ecrm/admin, ecrm/portal or ecrm/cli"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_small(path):
    """A file and a function fit in a head."""
    lines = path.read_text().count("\n")
    assert lines <= MOST_LINES, f"{named(path)} has {lines} lines; split it"
    for node in ast.walk(TREES[path]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_FUNCTION, f"{named(path)}:{node.lineno}: {node.name} has {length} lines; split it"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_said(path):
    """A module says in one sentence what lives there; public functions and classes say what they do."""
    text = ast.get_docstring(TREES[path])
    assert text, f"{named(path)} has no docstring"
    assert text.split("\n\n")[0].rstrip().endswith((".", "!", "?")), f"{named(path)}: the docstring begins with a sentence"
    for node in TREES[path].body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{named(path)}:{node.lineno}: {node.name} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_forbidden(path):
    """Rights come from the policy, errors are named, roles are not compared in screens, nothing is printed."""
    for node in ast.walk(TREES[path]):
        where = f"{named(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("has_role", "roles_required", "roles_accepted"):
            pytest.fail(f"{where}: ask ecrm/policy.py, not for a role")
        if isinstance(node, ast.ExceptHandler):
            kinds = {getattr(kind, "id", "named") for kind in getattr(node.type, "elts", [node.type])} if node.type else {"Exception"}
            told = {getattr(inner.func, "attr", "") for inner in ast.walk(node) if isinstance(inner, ast.Call)}
            silent = "exception" not in told and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert not (silent and {"Exception", "BaseException"} & kinds), f"{where}: name the errors, or log them whole"
        if isinstance(node, ast.Compare) and part(path) == "admin":
            names = {getattr(item, "id", getattr(item, "attr", "")) for item in [node.left, *node.comparators]}
            equality = any(isinstance(sign, (ast.Eq, ast.NotEq)) for sign in node.ops)
            assert not (equality and "role" in names), f"{where}: a screen does not compare roles; put it in the policy"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            pytest.fail(f"{where}: use click.echo or a logger")


def test_the_portal_and_the_command_line_know_no_flask_admin():
    """Flask-Admin is the staff sites' alone; the translators' command only reads its templates."""
    for path in FILES:
        if path.name == "translations.py":
            continue
        for node in ast.walk(TREES[path]):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in getattr(node, "names", [])]
            if isinstance(node, (ast.Import, ast.ImportFrom)) and any(module.startswith("flask_admin") for module in modules):
                assert part(path) == "admin", f"{named(path)}:{node.lineno} imports Flask-Admin"


def test_rules_are_pure():
    """Rules take `by` and `at` as arguments: no request, no present moment, no session of the application."""
    banned = {"current_user", "request", "now", "db", "current_app", "g"}
    for path in FILES:
        if part(path) == "rules":
            for node in ast.walk(TREES[path]):
                if isinstance(node, ast.ImportFrom):
                    taken = banned & {alias.name for alias in node.names}
                    assert not taken, f"{named(path)}:{node.lineno} imports {', '.join(taken)}; take it as an argument"
