"""The walls of the house: the layer table of the design, checked in the code."""

import ast
import re
import sys
from pathlib import Path

from lxml import etree

from odoo.tests import BaseCase

ROOT = Path(__file__).resolve().parents[2]
# Which Python each area may take from which others. What is shared goes further down,
# or is a method of a model, which anybody may call.
AREAS = {
    "base": set(),
    "access": {"base"},
    "form": {"base"},
    "customer": {"base", "access"},
    "ticket": {"base", "form"},
    "mail": {"base", "form", "ticket"},
    "public": {"base", "access", "form"},
    "api": {"base", "form"},
    "credit": {"base", "access"},
    "sale": {"base"},
    "knowledge": {"base"},
}
# What the Python of a layer may take from the addon itself
LAYERS = {
    "tools": {"tools"},
    "models": {"exceptions", "models", "tools"},
    "controllers": {"controllers", "exceptions", "tools"},
    "wizards": {"exceptions", "tools", "wizards"},
    "report": {"tools"},
}
# Folders with one below them for each area, and what else they may hold
FOLDERS = {
    "models": {"__init__.py"},
    "controllers": {"__init__.py"},
    "wizards": {"__init__.py"},
    "views": set(),
    "data": set(),
    "demo": {"fehlermeldung.png", "logo.png"},
    "tests": {"__init__.py", "common.py", "doors", "http_common.py"},
}
# What the tools may use beside Python's own library
LIBRARIES = {"dns", "lxml", "markupsafe", "stdnum"}
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
        self.path = path.relative_to(ROOT)
        self.name = str(self.path)
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

    def foreign_imports(self):
        """Return the names of the libraries and packages that are imported."""
        absolute = [each for each in self.nodes(ast.ImportFrom) if not each.level]
        names = [each.module for each in absolute]
        names += [a.name for each in self.nodes(ast.Import) for a in each.names]
        return {name.partition(".")[0] for name in names}

    def own_imports(self):
        """Return what is imported from the addon: paths below it, as tuples."""
        ours = ("odoo", "addons", ROOT.name)
        for node in self.nodes(ast.Import, ast.ImportFrom):
            source = tuple((getattr(node, "module", "") or "").split("."))
            source = () if source == ("",) else source
            level = getattr(node, "level", 0)
            for alias in node.names:
                found = (*source, *alias.name.split("."))
                if level:
                    yield (*self.path.parts[:-level], *found)
                elif found[:3] == ours:
                    yield found[3:]

    def place(self, node):
        return f"{self.name}:{node.lineno} {ast.unparse(node)[:80]}"


def find(folder, pattern):
    """Return the files of that name; none means that a check looks into nothing."""
    paths = sorted((ROOT / folder).rglob(pattern))
    paths = [path for path in paths if path.name != "__init__.py"]
    if not paths:
        raise AssertionError(f"{folder} has no {pattern}")
    return paths


def layer(folder):
    return [Module(path) for path in find(folder, "*.py")]


def everything():
    return [module for folder in LAYERS for module in layer(folder)]


def templates():
    """Return the QWeb templates of the portal, by file."""
    return [(path.name, etree.parse(path)) for path in find("views", "portal_*.xml")]


class TestAreas(BaseCase):
    def test_every_layer_has_the_same_areas(self):
        names = {path.name for path in (ROOT / "models").glob("[!_]*") if path.is_dir()}
        self.assertEqual(names, AREAS.keys())
        for folder, others in FOLDERS.items():
            found = {path.name for path in (ROOT / folder).glob("[!_]*")}
            found |= {path.name for path in (ROOT / folder).glob("__init__.py")}
            self.assertTrue(found & AREAS.keys(), folder)
            self.assertLessEqual(found, AREAS.keys() | others, folder)

    def test_every_file_is_loaded(self):
        for folder in ("models", "controllers", "wizards"):
            for path in find(folder, "*.py"):
                package = path.parent / "__init__.py"
                for name in (path.stem, package.parent.name):
                    loaded = {
                        alias.name
                        for node in ast.walk(ast.parse(package.read_text()))
                        if isinstance(node, ast.ImportFrom)
                        for alias in node.names
                    }
                    self.assertIn(name, loaded, package)
                    package = path.parents[1] / "__init__.py"

    def test_the_walls_between_the_areas(self):
        crossings = 0
        for module in everything():
            area = module.path.parts[1]
            for target in module.own_imports():
                other = target[1] if len(target) > 1 else None
                if {area, other} <= AREAS.keys() and target[0] in FOLDERS:
                    crossings += area != other
                    self.assertIn(other, {area} | AREAS[area], module.name)
        self.assertTrue(crossings, "imports between areas are not seen any more")

    def test_no_area_leads_back_to_itself(self):
        left = dict(AREAS)
        while left:
            free = [area for area, needs in left.items() if not needs & left.keys()]
            self.assertTrue(free, f"a circle among {', '.join(left)}")
            for area in free:
                del left[area]

    def test_layers_take_from_those_below_them(self):
        for module in everything():
            sources = {target[0] for target in module.own_imports()}
            self.assertLessEqual(sources, LAYERS[module.path.parts[0]], module.name)

    def test_tests_take_nothing_from_other_tests(self):
        """What several of them share is in a ``common.py``, or is not shared."""
        listed = (ROOT / "tests" / "__init__.py").read_text()
        for path in (ROOT / "tests").rglob("*.py"):
            if path.name.startswith("test_"):
                self.assertIn(f" {path.stem},", listed, "Odoo's runner misses it")
            if path.parent.name == "tests":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom):
                    source = (node.module or "").rpartition(".")[2]
                    self.assertFalse(source.startswith("test_"), path)

    def test_a_file_is_named_after_its_model(self):
        for module in layer("models"):
            said = {
                ast.unparse(node.targets[0]): ast.literal_eval(node.value)
                for node in module.nodes(ast.Assign)
                if ast.unparse(node.targets[0]) in ("_name", "_inherit")
            }
            model = said.get("_name") or said["_inherit"]
            [model] = [model] if isinstance(model, str) else model
            name = model.replace(".", "_")
            begins = module.path.name.startswith(name)
            self.assertTrue(begins, f"{module.name} is about {model}")


class TestLayers(BaseCase):
    def assertNone(self, found, message):
        self.assertFalse(list(found), message)

    def test_tools_know_nothing_of_odoo(self):
        """Nothing that serves requests and records: Python, and few libraries."""
        for module in layer("tools"):
            others = module.foreign_imports() - sys.stdlib_module_names
            self.assertNone(others & {"odoo", "psycopg2", "werkzeug"}, module.name)
            self.assertLessEqual(others, LIBRARIES, module.name)

    def test_models_do_not_read_the_request(self):
        self.assertLessEqual(REQUEST_READERS, {m.name for m in layer("models")})
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
        for path in find("models", "support_gate*.py"):
            gate = Module(path)
            calls = gate.calls(*WRITING, "send_mail")
            self.assertNone(map(gate.place, calls), "it writes nothing, mails nobody")
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


class TestRoutes(BaseCase):
    def routes(self):
        """Return function and arguments of every ``@http.route``."""
        found = [
            (
                function.name,
                decorator.args,
                {each.arg: ast.unparse(each.value) for each in decorator.keywords},
            )
            for module in layer("controllers")
            for function in module.nodes(ast.FunctionDef)
            for decorator in function.decorator_list
            if "route" in ast.unparse(decorator).partition("(")[0]
        ]
        self.assertGreater(len(found), 50, "routes are not seen any more")
        return found

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


class TestTemplates(BaseCase):
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
