from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _get_image_stream_from(self, record, *args, **kwargs):
        """Hand out whole what customers have sent and is too much work to resize.

        Odoo decodes it each time that somebody asks for another size, whatever kind
        of file it is.
        """
        sizes = {"width": 0, "height": 0, "crop": False}
        asks = any(kwargs.get(name) for name in sizes)
        if asks and record._name == "ir.attachment" and record._is_too_much_work():
            kwargs.update(sizes)
        return super()._get_image_stream_from(record, *args, **kwargs)
