"""The versions that are installed are those that setup.cfg allows, and production's are the tests'."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)( ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
RUN = ("build", "redis", "s3")


def pins(name):
    """Return the versions of each library in a file, with the condition of each."""
    found = {}
    for library, version, condition, _hashes in PIN.findall((ROOT / name).read_text()):
        found.setdefault(library, set()).add((version, condition.strip()))
    return found


def wanted(*extras):
    """Return what setup.cfg asks for."""
    file = ConfigParser()
    file.read(ROOT / "setup.cfg")
    texts = [file["options"]["install_requires"], *(file["options.extras_require"][extra] for extra in extras)]
    return [Requirement(line) for text in texts for line in text.split("\n") if line and not line.startswith("#")]


@pytest.mark.parametrize(("name", "extras"), [("requirements.txt", RUN), ("requirements-test.txt", (*RUN, "test"))])
def test_each_library_is_pinned_as_setup_cfg_allows(name, extras):
    """`make lock` after a change of setup.cfg; every line of the file is a pin with a checksum, or a comment on one."""
    found = pins(name)
    assert not re.sub(r"^ *#.*\n", "", PIN.sub("", (ROOT / name).read_text()), flags=re.MULTILINE).strip()
    for need in wanted(*extras):
        versions = found.get(canonicalize_name(need.name))
        assert versions, f"{name} lacks {need}: make lock"
        assert all(need.specifier.contains(version) for version, _condition in versions), f"{name} has another version than {need}: make lock"


def test_production_runs_what_the_tests_ran_with():
    """Each pin of the one file is one of the other."""
    tested, run = ({(library, version) for library, versions in pins(name).items() for version, _condition in versions}
                   for name in ("requirements-test.txt", "requirements.txt"))
    assert run and run <= tested
