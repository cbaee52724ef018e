-- People, tickets, messages and followers for a database with the stock helpdesk.
-- Variables: tickets, contacts, customers, big_contacts, big_every (one in so many
-- tickets is the big customer's).
\set ON_ERROR_STOP on
SELECT setseed(0.5);
\ir words.sql

-- Customers: the first is the big one. Their e-mail domains are their own.
CREATE TEMP TABLE customer AS
SELECT i, nextval('res_partner_id_seq')::int AS id,
       'Kunde ' || i || ' GmbH' AS name, 'k' || i || '.example' AS domain
  FROM generate_series(0, :customers - 1) AS i;
CREATE UNIQUE INDEX ON customer (i);
INSERT INTO res_partner (id, name, complete_name, is_company, active, type, lang, tz,
       commercial_partner_id, commercial_company_name, email, email_normalized,
       partner_share, autopost_bills, color, employee, message_bounce,
       supplier_rank, customer_rank, create_uid, write_uid, create_date, write_date)
SELECT id, name, name, TRUE, TRUE, 'contact', 'de_DE', 'Europe/Berlin', id, name,
       'info@' || domain, 'info@' || domain, TRUE, 'ask', 0, FALSE, 0, 0, 0, 1, 1,
       now(), now()
  FROM customer;

CREATE TEMP TABLE contact AS
SELECT number AS i, nextval('res_partner_id_seq')::int AS id, customer.id AS customer_id,
       customer.name AS customer_name,
       (ARRAY['Anna', 'Ben', 'Clara', 'Dora', 'Emil', 'Fritz', 'Gesa', 'Hanno'])
       [number % 8 + 1] || ' Muster' || number AS name,
       'p' || number || '@' || customer.domain AS email
  FROM generate_series(0, :contacts - 1) AS number
  JOIN customer ON customer.i = CASE WHEN number < :big_contacts THEN 0
                                     ELSE 1 + number % (:customers - 1) END;
CREATE UNIQUE INDEX ON contact (i);
INSERT INTO res_partner (id, name, complete_name, parent_id, is_company, active, type,
       lang, tz, commercial_partner_id, commercial_company_name, email,
       email_normalized, partner_share, autopost_bills, color, employee,
       message_bounce, supplier_rank, customer_rank, create_uid, write_uid,
       create_date, write_date)
SELECT id, name, customer_name || ', ' || name, customer_id, FALSE, TRUE, 'contact',
       'de_DE', 'Europe/Berlin', customer_id, customer_name, email, email, TRUE, 'ask',
       0, FALSE, 0, 0, 0, 1, 1, now(), now()
  FROM contact;

-- Tickets, the oldest three years ago. A tenth of the big customer's are one person's.
CREATE TEMP TABLE stage AS
SELECT name, res_id AS id FROM ir_model_data WHERE model = 'helpdesk.ticket.stage';
CREATE TEMP TABLE ticket AS
SELECT i, nextval('helpdesk_ticket_id_seq')::int AS id,
       date_trunc('second', now() AT TIME ZONE 'UTC')
       - (:tickets - i) * interval '3 years' / :tickets AS date,
       CASE WHEN i % :big_every <> 0
                 THEN :big_contacts + i::bigint * 7919 % (:contacts - :big_contacts)
            WHEN i / :big_every % 10 = 0 THEN 0
            ELSE 1 + i / :big_every % (:big_contacts - 1) END AS contact_i,
       CASE WHEN i < 0.95 * :tickets OR random() < 0.6 THEN 'done'
            ELSE (ARRAY['new', 'in_progress', 'awaiting'])[1 + floor(random() * 3)]
            END AS stage
  FROM generate_series(1, :tickets) AS i;
INSERT INTO helpdesk_ticket (id, number, name, description, stage_id, partner_id,
       commercial_partner_id, partner_name, partner_email, company_id, priority,
       kanban_state, unattended, active, sequence, color, last_stage_update,
       closed_date, create_uid, write_uid, create_date, write_date)
SELECT ticket.id, 'HT' || lpad(ticket.i::text, 7, '0'),
       initcap(left(first.text, 40)) || ' ' || ticket.i,
       '<p>' || first.text || '. ' || second.text || '. ' || third.text || '.</p>',
       stage.id, contact.id, contact.customer_id, contact.name, contact.email,
       (SELECT min(id) FROM res_company), CASE WHEN ticket.i % 20 = 0 THEN '3' ELSE '1' END,
       'normal', stage.name = 'helpdesk_ticket_stage_new', TRUE, 10, 0,
       ticket.date, CASE WHEN ticket.stage = 'done' THEN ticket.date END, 2, 2,
       ticket.date, ticket.date
  FROM ticket
  JOIN contact ON contact.i = ticket.contact_i
  JOIN stage ON stage.name = 'helpdesk_ticket_stage_' || ticket.stage
  JOIN sentence first ON first.id = ticket.i::bigint * 7907 % 20000
  JOIN sentence second ON second.id = ticket.i::bigint * 6329 % 20000
  JOIN sentence third ON third.id = ticket.i::bigint * 4783 % 20000
 ORDER BY ticket.id;

-- Two messages each: the contact's and the agent's answer.
INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id, email_from,
       body, subject, message_id, is_internal, date, create_uid, write_uid,
       create_date, write_date)
SELECT 'helpdesk.ticket', ticket.id, 'comment', subtype.res_id,
       CASE WHEN place = 1 THEN contact.id ELSE 3 END,
       CASE WHEN place = 1 THEN contact.email ELSE 'agent@service.example' END,
       '<p>' || sentence.text || '. ' || second.text || '.</p>', NULL,
       '<' || ticket.i || '-' || place || '@bench.example>', FALSE,
       ticket.date + place * interval '1 hour', 2, 2,
       ticket.date + place * interval '1 hour', ticket.date + place * interval '1 hour'
  FROM ticket
  JOIN contact ON contact.i = ticket.contact_i
  JOIN (SELECT res_id FROM ir_model_data
         WHERE module = 'mail' AND name = 'mt_comment') subtype ON TRUE
 CROSS JOIN generate_series(1, 2) AS place
  JOIN sentence ON sentence.id = (ticket.i::bigint * 5437 + place * 911) % 20000
  JOIN sentence second ON second.id = (ticket.i::bigint * 3571 + place * 677) % 20000
 ORDER BY ticket.id, place;

-- Who follows: the contact, and of every fifth ticket a colleague, too.
INSERT INTO mail_followers (res_model, res_id, partner_id)
SELECT 'helpdesk.ticket', ticket.id, contact.id
  FROM ticket JOIN contact ON contact.i = ticket.contact_i
 UNION ALL
SELECT 'helpdesk.ticket', ticket.id, colleague.id
  FROM ticket
  JOIN contact ON contact.i = ticket.contact_i
  JOIN contact colleague
    ON colleague.i = CASE WHEN contact.i < :big_contacts
                          THEN (contact.i + 1) % :big_contacts
                          ELSE contact.i + :customers - 1 END
   AND colleague.customer_id = contact.customer_id
 WHERE ticket.i % 5 = 0;
INSERT INTO mail_followers_mail_message_subtype_rel
       (mail_followers_id, mail_message_subtype_id)
SELECT id, (SELECT res_id FROM ir_model_data
             WHERE module = 'mail' AND name = 'mt_comment')
  FROM mail_followers WHERE res_model = 'helpdesk.ticket';
