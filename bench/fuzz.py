"""Feeds the readers of what strangers send with what nobody would expect.

Inputs are changed at random; those that reach lines which none has reached before are
kept and changed further. A reader may refuse an input by ``ValueError`` only, and no
input may cost more than a second of CPU.
"""

import importlib
import io
import random
import sys
import time
import zipfile
from email import policy
from email.parser import BytesParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_SECONDS = 1.0
MAX_LENGTH = 100_000
TOKENS = (
    *(b'"', b"(", b"<", b">", b"=?a?q?", b"?=", b"\r\n ", b"\r\n\r\n", b"> a\n"),
    *(b"\xff\xda", b"\xff\xd9", b"\xff\xc2", b"PK\x01\x02", b"PK\x05\x06", b"IDAT"),
    *(b"[", b"{", b",", b'":', b"9" * 50, b"; a*0=b", b"a@b.de", b"encoding=", b"\0"),
)
SEEDS = {
    "picture": [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(16) + b"\0\0\0\0IEND",
        b"\xff\xd8\xff\xc2\0\x0b\x08\0\x09\0\x09\x01\x01\x11\0\xff\xda\0\x08\x01\x01"
        b"\0\0\0\0\0\xff\xd9",
        b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01\0\0;",
        b"RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0\x2f\x01\0\0\0\0",
        b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18"
        b"\0" + bytes(32),
    ],
    "json": [b'{"subject": "a", "files": [{"name": "a", "content": "QQ=="}]}'],
    "text": [b"Hallo\n> Von: a@b.de\n> An: c@d.de\n> Betreff: x\n\nText, 12,5\n"],
    "mail": [
        b'From: "A" <a@b.de>\r\nTo: c@d.de, e@f.de\r\nSubject: =?utf-8?q?x?= (T1)\r\n'
        b"Authentication-Results: mx; dmarc=pass (a) header.from=b.de\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: "
        b"text/html\r\n\r\n<p>a</p>\r\n--x--\r\n"
    ],
}


def load_targets():
    """Return the readers by name: what they are called with, and their seeds."""
    sys.path.insert(0, str(ROOT / "customer_portal_addon"))

    def tool(name):
        return importlib.import_module(f"tools.{name}")

    pictures, archives = tool("files.pictures"), tool("files.archives")
    values, names = tool("form.form_values"), tool("text.names")
    forward, subjects = tool("mail.mail_forward"), tool("mail.mail_subjects")
    incoming, text = tool("mail.incoming_mail"), tool("mail.mail_text")
    document, schema = tool("api.api_document"), tool("api.api_schema")

    def read_typed(data):
        typed = data.decode("utf-8", "replace")
        values.clean_text(typed, multiline=True)
        values.file_name(typed)
        values.is_text(data)
        values.split_addresses(typed)
        values.is_phone(typed)
        names.person_name(typed)
        for parse in (values.parse_number, values.parse_date):
            try:
                parse(typed)
            except ValueError:
                continue

    def read_text(data):
        typed = data.decode("utf-8", "replace")
        forward.find_forwarded(typed)
        subjects.as_answer(typed, "T1")

    def read_mail(data):
        mail = incoming.IncomingMail(data)
        mail.text_of("Subject")
        try:
            message = BytesParser(policy=policy.SMTP).parsebytes(mail.without_nul())
            text.shed_files(message, 30, 1_000_000)
            text.make_readable(message, 200_000)
            text.unreadable_parts(message)
        except Exception as error:  # such a mail is set aside
            raise ValueError from error
        finally:
            text.salvage_text(data)

    def read_json(data):
        schema.find_problems(document.read(data), schema.TICKET)

    def look(data):
        pictures.check(data, pictures.guess_kind(data))

    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed = stream.getvalue()
    return {
        "pictures": (look, SEEDS["picture"]),
        "archives": (archives.get_kind, [packed]),
        "forms": (read_typed, SEEDS["text"]),
        "forwarded mails": (read_text, SEEDS["text"]),
        "whole mails": (read_mail, SEEDS["mail"]),
        "JSON": (read_json, SEEDS["json"]),
    }


def change(data, dice, corpus):
    """Return an input that is a little, or a lot, different."""
    data = bytearray(data)
    for _turn in range(dice.randint(1, 4)):
        place = dice.randint(0, len(data))
        choice = dice.randrange(5)
        if choice == 0 and data:
            data[min(place, len(data) - 1)] = dice.randrange(256)
        elif choice == 1:
            data[place:place] = dice.choice(TOKENS) * dice.choice((1, 1, 2, 50))
        elif choice == 2:
            del data[place : place + dice.randint(1, 20)]
        elif choice == 3:
            piece = bytes(data[place : place + dice.randint(1, 30)])
            data[place:place] = piece * dice.choice((1, 10, 2000))
        else:
            data[place:] = dice.choice(corpus)[-place:]
    return bytes(data[:MAX_LENGTH])


def run(reader, data, lines=None):
    """Return the CPU seconds that an input takes; note the lines that it reaches.

    :raise Exception: whatever the reader may not raise
    """
    if lines is not None:

        def trace(frame, _event, _value):
            path = frame.f_code.co_filename
            if "/tools/" not in path:
                return None
            lines.add((path, frame.f_lineno))
            return trace

        sys.settrace(trace)
    start = time.process_time()
    try:
        reader(data)
    except ValueError:
        return time.process_time() - start
    finally:
        sys.settrace(None)
    return time.process_time() - start


def fuzz(name, reader, seeds, seconds, dice):
    """Return what was found out about a reader, as a row of the table."""
    corpus, known, count, grown = list(seeds), set(), 0, 0
    slowest, crash, until = (0.0, 0), "", time.monotonic() + seconds
    while time.monotonic() < until and not crash:
        data = change(dice.choice(corpus), dice, corpus)
        count += 1
        try:
            # tracing makes long inputs slow: those only have to be quick
            lines = set() if len(data) < 3000 else None
            spent = run(reader, data, lines)
        except Exception as error:
            crash = f"{type(error).__name__}: {error}"
            Path(f"fuzz-{name.replace(' ', '-')}.bin").write_bytes(data)
            break
        if lines is None:
            slowest = max(slowest, (spent, len(data)))
        elif lines - known:
            grown += len(lines - known)
            known |= lines
            corpus.append(data)
        if spent > MAX_SECONDS and lines is None:
            Path(f"fuzz-{name.replace(' ', '-')}.bin").write_bytes(data)
            break
    rate = round(count / seconds)
    row = f"| {name} | {count} | {rate} | {grown} | {slowest[0]:.3f} | {slowest[1]} |"
    return row, crash or (slowest[0] > MAX_SECONDS and "slow")


def main(minutes, seed=None):
    """Fuzz all readers; return 0 when nothing was found."""
    targets = load_targets()
    dice = random.Random(seed)
    header = (
        "| reader | inputs | a second | lines reached | slowest, s of CPU | its bytes |"
    )
    rows, problems = [header, "|---|---|---|---|---|---|"], []
    for name, (reader, seeds) in targets.items():
        seconds = minutes * 60 / len(targets)
        row, problem = fuzz(name, reader, seeds, seconds, dice)
        print(row, flush=True)
        rows.append(row)
        if problem:
            problems.append(f"{name}: {problem}")
    (ROOT / "docs" / "fuzzing.md").write_text(
        "# Fuzzing\n\nWhat `bin/bench --fuzz` made of the readers of what strangers "
        f"send, in {minutes:g} minutes. Inputs of up to {MAX_LENGTH:,} bytes are "
        "changed at random, and those kept that reach new lines. Only inputs of 3,000 "
        "bytes and more count for the slowest.\n\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3))
