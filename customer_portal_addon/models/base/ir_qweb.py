from odoo import models


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _is_static_node(self, el, compile_context):
        """Have scripts written anew for each answer: their nonce is new each time."""
        return el.tag != "script" and super()._is_static_node(el, compile_context)

    def _post_processing_att(self, tagName, atts):
        """Mark the scripts that a template wrote.

        What comes out of a field, a message or an answer is never marked, so that a
        browser doesn't run it.
        """
        atts = super()._post_processing_att(tagName, atts)
        if tagName == "script":
            nonce = self.env["ir.http"]._get_script_nonce()
            if nonce:
                atts = {**atts, "nonce": nonce}
        return atts
