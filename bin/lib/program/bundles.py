"""Build the bundles that the tests' browsers load; ``odoo shell`` reads this."""

SCRIPTS = ("web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_web")
STYLES = ("web.assets_frontend", "web.assets_web", "web.assets_web_print")
TESTS = ("web.assets_tests", "web.__assets_tests_call__")

qweb = env["ir.qweb"]  # noqa: F821  (the shell's)
for name in (*SCRIPTS, *TESTS):
    qweb._get_asset_bundle(name, css=False, js=True).js()
for name in STYLES:
    qweb._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()  # noqa: F821
