from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

from ...tools.files import archives, pictures
from ...tools.form import form_values

MEGABYTE = 1024 * 1024
IMAGES = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/bmp": ("bmp",),
}
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = {
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "csv", "md", "ini", "json"),
    "text/csv": ("csv",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    f"{OFFICE}wordprocessingml.document": ("docx",),
    f"{OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{OFFICE}presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
}
ARCHIVES = {"application/zip": ("zip",)}
# What a kind of attachments allows: MIME type of the content -> endings of the name
ATTACHMENT_KINDS = {
    "images": IMAGES,
    "documents": IMAGES | DOCUMENTS,
    "archives": IMAGES | DOCUMENTS | ARCHIVES,
}


class HelpdeskTicketType(models.Model):
    """Which files customers may attach: number, size and kind.

    The methods also work on an empty record; then the company's rules hold.
    """

    _inherit = "helpdesk.ticket.type"

    attachment_max_count = fields.Integer(
        string="Files at most",
        default=3,
        help="How many files may be attached to a message. 0: none.",
    )
    attachment_max_size = fields.Integer(
        string="Megabytes per file", default=10, help="How large each file may be."
    )
    attachment_kinds = fields.Selection(
        [
            ("images", "Images"),
            ("documents", "Images and documents"),
            ("archives", "Images, documents and ZIP archives"),
        ],
        string="Kinds of files",
        default="documents",
        required=True,
        help="Recognised by the content of a file, whatever its name says.",
    )

    _attachment_limits_positive = models.Constraint(
        "CHECK(attachment_max_count >= 0 AND attachment_max_size > 0)",
        "The number of files can't be negative and their size has to be positive.",
    )

    def _get_file_rules(self):
        """Return what customers may attach.

        :return: ``max_count``, ``max_size`` in megabytes, ``kinds`` (a key of
            ATTACHMENT_KINDS) and its label, ``endings`` of file names with their dots
        :rtype: dict
        """
        company = self.env.company
        rules = {
            "max_count": company.support_attachment_max_count,
            "max_size": company.support_attachment_max_size,
            "kinds": "archives",
        }
        if self:
            rules = {
                "max_count": self.attachment_max_count,
                "max_size": self.attachment_max_size,
                "kinds": self.attachment_kinds,
            }
        allowed = ATTACHMENT_KINDS[rules["kinds"]].values()
        endings = dict.fromkeys(ending for endings in allowed for ending in endings)
        kinds = dict(self._fields["attachment_kinds"]._description_selection(self.env))
        return {
            **rules,
            "kinds_label": kinds[rules["kinds"]],
            "endings": [f".{ending}" for ending in endings],
        }

    def _parse_files(self, files, look=True):
        """Check uploaded files against the rules; their kind is read from the content.

        What is cheap comes first: nobody makes us read what is too much anyway.

        :param list files: of (name, content as bytes); without a name: no file
        :param bool look: into the files; not when they are refused in any case
        :return: values for attachments, without what they belong to
        :rtype: list[dict]
        :raise ValidationError: names the files that are refused and why
        """
        files = [
            (form_values.file_name(name), content) for name, content in files if name
        ]
        if not files:
            return []
        rules = self._get_file_rules()
        if len(files) > rules["max_count"]:
            raise ValidationError(
                self.env._(
                    "Too many files: %(count)s. Allowed: %(limit)s.",
                    count=len(files),
                    limit=rules["max_count"],
                )
            )
        self._raise_problems(
            self._get_size_problem(name, content, rules) for name, content in files
        )
        if not look:
            return [{"name": name, "raw": content} for name, content in files]
        budget = pictures.Budget()
        kinds = [self._guess_kind(content, budget) for _name, content in files]
        self._raise_problems(
            self._get_file_problem(name, content, kind, rules, budget)
            for (name, content), kind in zip(files, kinds, strict=True)
        )
        return [
            {"name": name, "raw": content, "mimetype": kind}
            for (name, content), kind in zip(files, kinds, strict=True)
        ]

    @api.model
    def _raise_problems(self, problems):
        problems = list(filter(None, problems))
        if problems:
            raise ValidationError("\n".join(problems))

    @api.model
    def _get_files_again_message(self, files):
        """Return which files have to be chosen again: a browser forgets them.

        :param list files: as for :meth:`_parse_files`
        :return: empty when there are none
        :rtype: str
        """
        names = [form_values.file_name(name) for name, _content in files if name]
        if not names:
            return ""
        return self.env._(
            "Please choose your files again: %(names)s", names=", ".join(names)
        )

    @api.model
    def _guess_kind(self, content, budget=None):
        """Return the MIME type of a file by its content.

        Odoo knows text only as UTF-8; logs of Windows programs are text as well. And
        it reads all of an archive to tell the kind.

        :param bytes content:
        :param pictures.Budget budget: shared by the files of a request
        :return: empty for an archive that holds too much
        :rtype: str
        """
        if content.startswith(b"PK"):
            try:
                return archives.get_kind(content, budget)
            except ValueError:
                return ""
        mimetype = guess_mimetype(content, default="application/octet-stream")
        unknown = mimetype == "application/octet-stream"
        if unknown and form_values.is_text(content):
            return "text/plain"
        return mimetype

    def _get_size_problem(self, name, content, rules):
        """Return what can be said against a file without a look at it, or None."""
        _ = self.env._
        if not content:
            return _("“%(name)s” is empty.", name=name)
        if len(content) > rules["max_size"] * MEGABYTE:
            return _(
                "“%(name)s” is larger than %(limit)s MB.",
                name=name,
                limit=rules["max_size"],
            )
        return None

    def _get_file_problem(self, name, content, mimetype, rules, budget):
        """Return what is wrong with a file, or None."""
        _ = self.env._
        if not mimetype:
            return _(
                "“%(name)s” can't be read as an archive: it is damaged or holds too "
                "much.",
                name=name,
            )
        ending = name.rpartition(".")[2].lower()
        if ending not in ATTACHMENT_KINDS[rules["kinds"]].get(mimetype, ()):
            return _(
                "“%(name)s” is not of a kind that is allowed here (%(kinds)s).",
                name=name,
                kinds=rules["kinds_label"],
            )
        if mimetype in IMAGES:
            try:
                pictures.check(content, mimetype, budget)
            except pictures.Damaged:
                return _(
                    "“%(name)s” can't be read as an image: it is damaged or has too "
                    "many pixels.",
                    name=name,
                )
        return None
