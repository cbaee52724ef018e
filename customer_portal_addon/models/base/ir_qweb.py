from odoo import models

from odoo.addons.base.models.ir_qweb import indent_code


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _is_static_node(self, el, compile_context):
        """Have scripts written anew for each answer: their nonce is new each time."""
        return el.tag != "script" and super()._is_static_node(el, compile_context)

    def _compile_directive_att(self, el, compile_context, level):
        """Have scripts without attributes marked, too: Odoo leaves these out."""
        code = super()._compile_directive_att(el, compile_context, level)
        if el.tag == "script":
            code.append(indent_code("attrs.setdefault('nonce')", level))
        return code

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
