"""Does the search find the right article among 2,000, and what does it cost?

    bin/odoo shell -d DATABASE < bench/articles.py

DATABASE is any one with the addon's demo data and no other worker; the articles that it
makes are removed at the end. They are made of texts that are installed anyway: Odoo's
descriptions of its modules, in English and German, Python's help topics, and the
documentation of Python's library. `article_questions.csv` has the questions, each with
the article that answers it (any of them, where there are several).
Prints how many right articles are among the first five, and the median time of a search
beside a page of the website with two sentences; cases take turns.
"""

import ast
import csv
import html
import pathlib
import re
import statistics
import sysconfig
import time
from pydoc_data.topics import topics

from werkzeug.test import Client

from odoo import http

env = globals()["env"]  # the shell's
ARTICLES = 2_000
FIRST = 5
NEEDED = 36
MAX_RATIO = 1.5
ROUNDS = 60
LOGIN = "emil@braun.example"
QUESTIONS = pathlib.Path("bench/article_questions.csv")
GERMAN = "de_DE"


def to_body(text):
    blocks = [block.strip() for block in text.split("\n\n")]
    return "".join(f"<p>{html.escape(block)}</p>" for block in blocks if block)


def read_modules():
    """Yield Odoo's modules: key, English and German title and text."""
    modules = env["ir.module.module"].search([], order="name")
    for module in modules:
        texts = []
        for lang in ("en_US", GERMAN):
            translated = module.with_context(lang=lang)
            title = ": ".join(filter(None, (translated.shortdesc, translated.summary)))
            text = translated.description or translated.summary or ""
            texts += [title, text.replace("=", "").replace("---", "")]
        if texts[1].strip():
            yield f"odoo:{module.name}", *texts


def read_topics():
    """Yield Python's help topics; their first line is the title."""
    for name, text in sorted(topics.items()):
        lines = text.strip().splitlines()
        title = lines[0].replace('"', "").strip("* ")
        yield f"python:{name}", title, text, title, text


def read_library():
    """Yield the documentation of the functions and classes of Python's library."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    folder = pathlib.Path(sysconfig.get_path("stdlib"))
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(errors="replace"))):
            text = ast.get_docstring(node) if isinstance(node, kinds) else None
            if text and len(text) > 120:
                title = f"{path.stem}.{node.name}: {text.splitlines()[0]}"
                yield f"library:{path.stem}.{node.name}", title, text, title, text


def make_articles():
    """Create the articles; return them by their keys, the demo's included."""
    category = env["support.article.category"].create({"name": "Bench"})
    entries = [*read_modules(), *read_topics(), *read_library()]
    # the library comes last and is what there is enough of
    entries = entries[: ARTICLES - env["support.article"].search_count([])]
    articles = env["support.article"].create(
        [
            {
                "name": title[:200],
                "body": to_body(text),
                "category_id": category.id,
                "is_published": True,
            }
            for _key, title, text, _german_title, _german_text in entries
        ]
    )
    by_key = dict(zip((entry[0] for entry in entries), articles, strict=True))
    for article, (_key, title, text, german_title, german_text) in zip(
        articles, entries, strict=True
    ):
        if (title, text) != (german_title, german_text):
            german = article.with_context(lang=GERMAN)
            german.name = german_title[:200]
            terms = zip(split_terms(text), split_terms(german_text), strict=False)
            german.update_field_translations("body", {GERMAN: dict(terms)})
    for xmlid in env["ir.model.data"].search([("model", "=", "support.article")]):
        by_key[f"demo:{xmlid.name}"] = env["support.article"].browse(xmlid.res_id)
    return articles, by_key


def split_terms(text):
    """Return the paragraphs as the field's translations know them."""
    return [html.escape(block.strip()) for block in text.split("\n\n") if block.strip()]


def ask(by_key):
    """Ask every question; return how many were answered among the first."""
    visitor = env["support.article"].with_user(env.ref("base.public_user"))
    visitor = visitor.with_context(lang=GERMAN)
    found = 0
    with QUESTIONS.open(encoding="utf-8") as file:
        questions = list(csv.DictReader(file, delimiter=";"))
    for row in questions:
        right = [by_key[key].id for key in row["article"].split("|")]
        answers = [a["id"] for a in visitor._find_answers(row["question"], FIRST)]
        places = [answers.index(id_) + 1 for id_ in right if id_ in answers]
        found += bool(places)
        place = f"{min(places)}." if places else "--"
        print(f"  {place:4} {row['question']}  ({row['article']})")
    print(f"{found} of {len(questions)} questions: the right article among {FIRST}")
    return found, questions


def log_in():
    """Return a browser in which a customer has logged in."""
    client = Client(http.root)
    client.set_cookie("frontend_lang", GERMAN)
    page = client.get("/web/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = client.post(
        "/web/login",
        data={"csrf_token": token, "login": LOGIN, "password": "emil"},
        environ_base={"REMOTE_ADDR": "127.0.0.1"},
    )
    assert answer.status_code == 303, "the demo's customer can't log in"
    return client


def measure(questions):
    """Open pages as a customer, in turn; return the median seconds of each kind.

    Not as a visitor: to visitors Odoo shows website pages as they were before.
    """
    client = log_in()
    searches = [row["question"] for row in questions]
    cases = {
        "bare page": lambda number: ("/contactus-thank-you", None),
        "our frame": lambda number: ("/support/kb/solved", None),
        "search": lambda number: (
            "/support/kb",
            {"search": searches[number % len(searches)]},
        ),
        "answers": lambda number: (
            "/support/kb/answers",
            {"q": searches[number % len(searches)]},
        ),
        "overview": lambda number: ("/support/kb", None),
    }
    seconds = {name: [] for name in cases}
    for number in range(ROUNDS + 5):
        for name, case in cases.items():
            path, query = case(number)
            begin = time.perf_counter()
            response = client.get(path, query_string=query)
            response.get_data()
            if number >= 5:  # the first ones warm up
                seconds[name].append(time.perf_counter() - begin)
            assert response.status_code == 200, (path, response.headers)
    return {name: statistics.median(values) for name, values in seconds.items()}


def main():
    articles, by_key = make_articles()
    env.cr.commit()
    try:
        env.cr.execute("ANALYZE support_article, support_article_text")
        env.cr.execute("ANALYZE support_article_word")
        print(f"{env['support.article'].search_count([])} articles")
        found, questions = ask(by_key)
        env.cr.commit()
        medians = measure(questions)
        base = medians["bare page"]
        for name, median in medians.items():
            print(
                f"{name:10} {median * 1000:7.2f} ms  {median / base:5.2f} x bare page"
            )
        ratio = medians["search"] / base
        good = found >= NEEDED and ratio <= MAX_RATIO
        print("good" if good else "NOT GOOD", f"(bars: {NEEDED}, {MAX_RATIO})")
    finally:
        env.cr.rollback()
        category = articles.category_id
        articles.unlink()
        category.unlink()
        env["support.article.word"]._gc_words()
        env.cr.commit()


main()
