"""The files for containers: no engine here runs them, so what can be read is (H8)."""

import configparser
import re

from odoo.tools import config

import cache

DEPLOY = cache.REPO / "deploy"


def test_the_dockerfile_copies_what_is_there():
    """And what its ignore file lets through."""
    text = (DEPLOY / "Dockerfile").read_text()
    sources = {
        source
        for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
        for source in line.split()
    }
    assert len(sources) == 4
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text()
    kept = re.findall(r"^!(.*)", ignored, re.MULTILINE)
    for source in sources:
        assert (cache.REPO / source).exists()
        assert any(source == place or source.startswith(f"{place}/") for place in kept)


def test_odoo_knows_its_options():
    """And finds the addon where the image has it."""
    parser = configparser.ConfigParser()
    parser.read(DEPLOY / "odoo.conf")
    options = dict(parser["options"])
    assert options.keys() <= config.options.keys()
    target = f"{options['addons_path']}/{cache.ADDON}"
    assert f"COPY {cache.ADDON} {target}\n" in (DEPLOY / "Dockerfile").read_text()
