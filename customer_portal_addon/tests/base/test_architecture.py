"""The walls of the house: the layer table of the design, checked in the code."""

import ast
import re
from pathlib import Path
from unittest import TestCase

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
# On a replica, and for whoever waited for others before doing anything
NEW_LOOK = {
    "models/base/support_replica.py": "self.env.cr.rollback()",
    "models/base/support_turn.py": "cr.rollback()",
}
# Layers that may read the request: where a request becomes a user
REQUEST_READERS = {
    "models/base/ir_http.py",
    "models/base/ir_http_headers.py",
    "models/base/ir_http_sessions.py",
    "models/access/ir_websocket.py",
    "models/base/ir_http_odd.py",
    "models/base/ir_http_replica.py",
}
READ = ("http.request", "websocket.wsrequest")
WRITING = {"create", "write", "unlink", "copy", "message_post", "message_subscribe"}
# Methods that hand on the records they are called on: still with all rights
HANDING_ON = {
    "browse",
    "exists",
    "filtered",
    "search",
    "sorted",
    "with_company",
    "with_context",
}


class Module:
    """One file of the addon and what its syntax tree says."""

    def __init__(self, path):
        self.name = str(path.relative_to(ROOT))
        self.tree = ast.parse(path.read_text(), self.name)
        self.parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    def nodes(self, *kinds):
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def calls(self, *names):
        """Return the calls of methods with these names."""
        return [
            node
            for node in self.nodes(ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr in names
        ]

    def imports(self):
        """Return what is imported: dotted names, the imported names included."""
        for node in self.nodes(ast.Import, ast.ImportFrom):
            source = "." * getattr(node, "level", 0) + (
                getattr(node, "module", "") or ""
            )
            for alias in node.names:
                yield f"{source}.{alias.name}".lstrip(".") if source else alias.name

    def place(self, node):
        return f"{self.name}:{node.lineno} {ast.unparse(node)[:80]}"


def layer(folder):
    files = sorted((ROOT / folder).rglob("*.py"))
    return [Module(path) for path in files if path.name != "__init__.py"]


def everything():
    folders = ("tools", "models", "controllers", "wizards", "report")
    return [module for folder in folders for module in layer(folder)]


def templates():
    """Return the QWeb templates of the portal, by file."""
    for path in sorted((ROOT / "views").rglob("portal_*.xml")):
        yield path.name, etree.parse(path)


class TestLayers(TestCase):
    def assertNone(self, found, message):
        self.assertFalse(list(found), message)

    def test_tools_know_nothing_of_odoo(self):
        allowed = {"re", "datetime", "typing", "zoneinfo", "stdnum"}
        allowed |= {"codecs", "csv", "email", "io"}  # of the standard library as well
        allowed |= {"base64", "binascii", "hashlib", "json", "secrets"}
        allowed |= {"socket", "struct", "threading", "time", "zlib"}
        allowed |= {path.stem for path in (ROOT / "tools").rglob("*")}
        for module in layer("tools"):
            roots = {name.partition(".")[0] for name in module.imports()}
            self.assertLessEqual(roots, allowed, module.name)

    def test_models_do_not_read_the_request(self):
        for module in layer("models"):
            if module.name not in REQUEST_READERS:
                names = [n for n in module.imports() if n.endswith(READ)]
                self.assertNone(names, module.name)

    def test_nobody_ends_a_transaction(self):
        for module in everything():
            endings = module.calls("commit", "rollback")
            if module.name in NEW_LOOK:
                [only] = endings  # takes a new look, ends no work
                self.assertEqual(ast.unparse(only), NEW_LOOK[module.name])
                continue
            calls = map(module.place, endings)
            self.assertNone(calls, "crons say _commit_progress")

    def test_the_gate_only_looks(self):
        [gate] = [m for m in layer("models") if m.name.endswith("support_gate.py")]
        calls = gate.calls(*WRITING, "send_mail")
        self.assertNone(map(gate.place, calls), "the gate writes nothing, mails nobody")
        self.assertNone(map(gate.place, gate.nodes(ast.Raise)), "callers refuse")

    def test_controllers_change_nothing_themselves(self):
        for module in layer("controllers"):
            calls = map(module.place, module.calls(*WRITING))
            self.assertNone(calls, "a controller calls one method of a model")

    def test_controllers_make_no_domains(self):
        for module in layer("controllers"):
            uses = [
                module.place(node)
                for node in module.nodes(ast.Name)
                if node.id == "Domain"
            ]
            self.assertNone(uses, "who sees what is a matter of models and rules")
            for call in module.calls("search", "search_count", "search_fetch"):
                first = call.args[0] if call.args else None
                written = isinstance(first, ast.List | ast.BinOp)
                self.assertFalse(written, module.place(call))

    def test_controllers_have_no_sql_and_no_environment_of_others(self):
        for module in layer("controllers"):
            calls = module.calls("execute", "execute_query", "with_user")
            self.assertNone(map(module.place, calls), "controllers act as the visitor")

    def test_every_sudo_is_named_or_read_at_once(self):
        """``x = y.sudo()`` is called ``x_sudo``; what has no name is read at once.

        In models it may also be written at once; in controllers never.
        """
        hidden = [
            module.place(call)
            for module in layer("models") + layer("controllers")
            for call in module.calls("sudo")
            if self.is_hidden(module, call)
        ]
        self.assertEqual(hidden, [])

    def is_hidden(self, module, call):
        """Tell whether records with all rights go on under a name that hides it."""
        node = call
        while True:
            attribute = module.parents[node]
            method = module.parents.get(attribute)
            if not (isinstance(method, ast.Call) and method.func is attribute):
                break
            if attribute.attr not in HANDING_ON:
                return False
            node = method
        user = module.parents[node]
        if isinstance(user, ast.Assign):
            return not all(ast.unparse(t).endswith("_sudo") for t in user.targets)
        return isinstance(user, ast.NamedExpr)

    def test_one_class_per_file_of_models(self):
        for module in layer("models"):
            classes = [
                node
                for node in module.tree.body
                if isinstance(node, ast.ClassDef)
                and any("models." in ast.unparse(base) for base in node.bases)
            ]
            self.assertEqual(len(classes), 1, module.name)

    def test_every_model_has_one_class_in_the_addon(self):
        names = {}
        for module in layer("models"):
            for node in module.nodes(ast.Assign):
                if ast.unparse(node.targets[0]) == "_name":
                    names.setdefault(ast.unparse(node.value), []).append(module.name)
        self.assertFalse({name for name, files in names.items() if len(files) > 1})


class TestRoutes(TestCase):
    def routes(self):
        """Return function and arguments of every ``@http.route``."""
        for module in layer("controllers"):
            for function in module.nodes(ast.FunctionDef):
                for decorator in function.decorator_list:
                    if "route" in ast.unparse(decorator).partition("(")[0]:
                        arguments = {
                            keyword.arg: ast.unparse(keyword.value)
                            for keyword in decorator.keywords
                        }
                        yield function.name, decorator.args, arguments

    def test_no_route_switches_off_the_token_of_forms(self):
        for name, _paths, arguments in self.routes():
            if arguments.get("type") != "'support_api'":  # looks at no cookies
                self.assertNotEqual(arguments.get("csrf"), "False", name)

    def test_pages_that_only_show_are_served_by_replicas(self):
        """All of ours, but those that take a POST or say so here."""
        writing = {
            "web_login",
            "signin",
            "web_auth_reset_password",
            "web_auth_signup",
            "portal_quote_accept",
            "portal_quote_option_update",
            "security",
        }
        shared = {
            "replica.read",
            "replica.read_unless_posted",
            "replica.read_by_key",
        }
        for name, _paths, arguments in self.routes():
            posts = "POST" in arguments.get("methods", "")
            readonly = arguments.get("readonly")
            if not posts and name not in writing:
                self.assertIn(readonly, shared, name)
            else:  # a plain True would read what is older than what was posted
                self.assertIn(readonly, {None, "False", *shared}, name)

    def test_support_pages_ask_the_gate(self):
        """So that they are refused, too, when only the support pages are."""
        public = {
            "support_start",
            "support_refused",
            "support_register",
            "support_register_submit",
            "support_status",
            "support_packages",
            "support_kb",
            "support_kb_category",
            "support_article",
            "support_article_feedback",
            "support_article_seen",
            "support_article_body",
            "support_article_solved",
            "support_kb_answers",
            "support_kb_solved",
            "support_close_link",
            "support_close_link_act",
            "support_notifications_link",
            "support_notifications_link_act",
            "support_activate",
            "support_activate_show",
            "support_password",
            "support_password_show",
            "web_login",
            "signin",
            "web_auth_reset_password",
            "web_auth_signup",
            "portal_quote_accept",  # orders stay reachable
            "portal_quote_option_update",
            "security",  # where passwords are changed
            "content_common",  # files and pictures of any page
            "content_image",
            "counters",
            # programs: the key is asked for first, then the gate
            "support_api_tickets",
            "support_api_ticket",
            "support_api_types",
            "support_api_description",
            "support_api_nothing",
            "support_security_txt",  # whoever found a weakness
        }
        for name, _paths, arguments in self.routes():
            if name not in public:
                self.assertEqual(arguments.get("support_gate"), "True", name)

    def test_addresses_are_those_of_the_design(self):
        prefixes = ("/support", "/my/ticket", "/my/colleagues", "/my/credit")
        prefixes += ("/my/security/support-keys", "/.well-known/security.txt")
        for name, paths, _arguments in self.routes():
            for entry in map(ast.literal_eval, paths):
                for path in [entry] if isinstance(entry, str) else entry:
                    self.assertTrue(path.startswith(prefixes), name)


class TestTemplates(TestCase):
    def test_templates_print_what_they_are_given(self):
        banned = re.compile(r"\.?sudo\(|\.search\w*\(|\.env\b|\.browse\(|\.write\(")
        for name, tree in templates():
            for element in tree.iter():
                for attribute, value in element.attrib.items():
                    if attribute.startswith("t-"):
                        self.assertFalse(banned.search(value), f"{name}: {value}")

    def test_nothing_is_printed_unescaped(self):
        for name, tree in templates():
            self.assertFalse(tree.xpath("//*[@t-raw]"), name)
            self.assertNotIn("Markup", etree.tostring(tree, encoding="unicode"), name)

    def test_every_form_that_posts_carries_the_token(self):
        for name, tree in templates():
            for form in tree.xpath("//form[@method='post']"):
                self.assertTrue(form.xpath(".//input[@name='csrf_token']"), name)
