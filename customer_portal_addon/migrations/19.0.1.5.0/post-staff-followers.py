def migrate(cr, version):
    """Customers follow articles and teams no more: staff write to each other there."""
    cr.execute(
        """
        DELETE FROM mail_followers follower
         USING res_partner partner
         WHERE partner.id = follower.partner_id
           AND partner.partner_share
           AND follower.res_model IN ('support.article', 'helpdesk.ticket.team')
        """
    )
