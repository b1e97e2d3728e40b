/** Columns of many types, and one row of values, that tell apart the ways to write them. */
export const wideColumns = `
  id integer primary key, label text, "Odd, ""na me""" text, amount numeric, ratio float8, is_open boolean, raw bytea,
  at timestamptz, local timestamp, day date, span interval, numbers integer[], words text[], doc json, docb jsonb,
  uuid uuid, period int4range, padded char(4), empty text, nothing text`;

export const wideRow = `
  1, E'it''s "q" \\\\ (a,b)\\n\\tä +%&=€', 'x', 1.50, 0.1::float8 + 0.2, true, '\\x00ff5c',
  '2024-03-01 12:34:56.789+02', '2024-03-01 12:34:56', '2024-03-01', '1 day 02:03:04', '{1,NULL,3}', array['a b', NULL, '', '"', '\\'],
  '{"b": 1,  "a":[1, 2]}', '{"b": 1,  "a":[1, 2]}', '6ecd8c99-4036-403d-bf84-cf8400f67836', '[1,5)', 'ab', '', null`;

/** Settings of a session that change how values are written. */
export const strangeSettings = `
  set datestyle = 'German, DMY'; set timezone = 'Asia/Kathmandu'; set intervalstyle = 'sql_standard';
  set bytea_output = 'escape'; set extra_float_digits = -3; set quote_all_identifiers = on; set search_path = pg_catalog`;
