-- Contracts and the ledger, for a database with the addon.
-- Variables: entries (of all accounts but the big customer's), big_entries, customers.
\set ON_ERROR_STOP on
CREATE TEMP TABLE customer AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS i
  FROM res_partner WHERE is_company AND name LIKE 'Kunde % GmbH';
UPDATE res_partner SET support_enabled = TRUE
 WHERE id IN (SELECT id FROM customer);
INSERT INTO support_contract (name, partner_id, company_id, state, date_start, date_end,
       active, create_uid, write_uid, create_date, write_date)
SELECT 'Supportvertrag', customer.id, company.id, 'confirmed',
       CURRENT_DATE - 365, CURRENT_DATE + 365, TRUE, 1, 1, now(), now()
  FROM customer, (SELECT min(id) AS id FROM res_company) company;

-- A lot, and uses of one minute each; one minute is left of it. The second customer
-- has ten entries only.
CREATE TEMP TABLE account AS
SELECT nextval('support_credit_account_id_seq')::int AS id, customer.id AS partner_id,
       CASE i WHEN 0 THEN :big_entries WHEN 1 THEN 10
              ELSE greatest(2, :entries / :customers) END AS entries
  FROM customer;
INSERT INTO support_credit_account (id, partner_id, company_id, balance, create_uid,
       write_uid, create_date, write_date)
SELECT id, partner_id, (SELECT min(id) FROM res_company), 1, 1, 1, now(), now()
  FROM account;
INSERT INTO support_credit_entry (account_id, minutes, reason, date, note,
       balance_after, idempotency_key, create_uid, create_date)
SELECT id, CASE WHEN place = 0 THEN entries ELSE -1 END,
       CASE WHEN place = 0 THEN 'purchase' ELSE 'usage' END,
       CURRENT_DATE - ((entries - place) * 1000 / entries)::int, 'Bench',
       entries - place, 'bench-' || id || '-' || place, 1, now()
  FROM account, generate_series(0, entries - 1) AS place
 ORDER BY place::float / entries, id;
ANALYZE support_credit_entry;  -- or foreign keys are checked by reading it all
INSERT INTO support_credit_allocation (lot_id, entry_id, minutes)
SELECT lot.id, used.id, 1
  FROM support_credit_entry lot
  JOIN support_credit_entry used ON used.account_id = lot.account_id
 WHERE lot.minutes > 0 AND used.minutes < 0;
INSERT INTO support_credit_position (entry_id, account_id, minutes, date)
SELECT id, account_id, 1, date FROM support_credit_entry WHERE minutes > 0;
INSERT INTO support_credit_day (account_id, date, came_in, went_out)
SELECT account_id, date, SUM(GREATEST(minutes, 0)), SUM(LEAST(minutes, 0))
  FROM support_credit_entry GROUP BY account_id, date;
