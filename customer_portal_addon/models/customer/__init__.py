from . import (
    res_company,
    support_level,
    support_contract,
    support_contract_extension,
    res_partner,
    res_partner_staff,
    res_partner_colleague_action,
    res_partner_colleague,
    base_partner_merge_automatic_wizard,
)
