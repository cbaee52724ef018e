-- Texts to put together tickets and messages from: 20,000 sentences whose words are
-- as unevenly frequent as in a language. "Drucker" is in about half of the tickets,
-- "Schnittstelle" in some of them, "Zollkennzeichen" in a few.
CREATE TEMP TABLE word AS
SELECT row_number() OVER () - 1 AS id, stem || ending AS text
  FROM unnest(string_to_array(
       'der die und ein ist nicht wir haben beim nach dem seit heute immer wieder kann '
       'Programm Fehler Meldung Auftrag Rechnung Artikel Kunde Lager Buchung Export '
       'Import Datei Server Anmeldung Passwort Benutzer Rechte Fenster Ansicht Liste '
       'Filter Suche Druck Etikett Formular Vorlage Feld Wert Betrag Steuer Mahnung '
       'Zahlung Konto Bank Beleg Lieferung Schein Bestell Preis Rabatt Menge Einheit '
       'Stammdaten Update Version Installation Lizenz Modul Abfrage Bericht Auswert '
       'Kalender Termin Aufgabe Projekt Zeit Maschine Anlage Sensor Steuerung Antrieb '
       'Wartung Ersatzteil Seriennummer Garantie Protokoll Sicherung Datenbank Verbind '
       'Netzwerk Arbeitsplatz Monitor Scanner Barcode Inventur Kasse Filiale Mandant',
       ' ')) AS stem,
       unnest(ARRAY['', 'en', 's', 'er', 'ung', 'lich', 'bar', 'los']) AS ending
 ORDER BY ending, stem;

CREATE TEMP TABLE sentence AS
SELECT drawn.id, string_agg(word.text, ' ' ORDER BY place)
       || CASE WHEN random() < 0.13 THEN ' Drucker' ELSE '' END
       || CASE WHEN random() < 0.01 THEN ' Schnittstelle' ELSE '' END
       || CASE WHEN random() < 0.0004 THEN ' Zollkennzeichen' ELSE '' END
       AS text
  FROM (SELECT id, place,
               floor(power(random(), 2) * (SELECT count(*) FROM word))::int AS word_id
          FROM generate_series(0, 19999) AS id, generate_series(1, 12) AS place) drawn
  JOIN word ON word.id = drawn.word_id
 GROUP BY drawn.id;
CREATE UNIQUE INDEX ON sentence (id);
ANALYZE sentence;
