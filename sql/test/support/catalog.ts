import { rows } from './rows.ts';
import type { Session } from './session.ts';

/** Rights in a fixed order; where none were ever given or taken, those that the owner has. */
const rights = (acl: string, kind: string, owner: string): string =>
  `(select string_agg(a::text, ' ' order by a::text) from unnest(coalesce(${acl}, acldefault('${kind}', ${owner}))) a)`;

const objects = `
  select 'schema ' || n.nspname as name,
    concat_ws(' | ', n.nspowner::regrole, ${rights('n.nspacl', 'n', 'n.nspowner')}, obj_description(n.oid, 'pg_namespace')) as is
  from pg_namespace n where n.nspname = $1
  union all
  select 'relation ' || c.relname,
    concat_ws(' | ', c.relkind, c.relowner::regrole, c.reloptions, c.relpersistence, pg_get_expr(c.relpartbound, c.oid),
      pg_get_partkeydef(c.oid), ${rights('c.relacl', 'r', 'c.relowner')}, obj_description(c.oid, 'pg_class'),
      obj_description(c.reltype, 'pg_type'), (select (s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, s.seqcache)
        from pg_sequence s where s.seqrelid = c.oid))
  from pg_class c where c.relnamespace = $1::regnamespace
  union all
  select format('column %s.%s', c.relname, a.attname),
    concat_ws(' | ', row_number() over (partition by c.oid order by a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attidentity, a.attacl, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'c')
  union all
  select format('constraint %s of %s', o.conname, o.conrelid::regclass),
    concat_ws(' | ', pg_get_constraintdef(o.oid), o.convalidated, obj_description(o.oid, 'pg_constraint'))
  from pg_constraint o where o.connamespace = $1::regnamespace
  union all
  select 'index ' || i.indexrelid::regclass, concat_ws(' | ', pg_get_indexdef(i.indexrelid), i.indisvalid)
  from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = $1::regnamespace
  union all
  select 'trigger ' || t.tgname, pg_get_triggerdef(t.oid)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = $1::regnamespace and not t.tgisinternal
  union all
  select 'type ' || format_type(t.oid, null), concat_ws(' | ', t.typtype, t.typowner::regrole, ${rights('t.typacl', 'T', 't.typowner')})
  from pg_type t where t.typnamespace = $1::regnamespace
  union all
  select 'function ' || p.oid::regprocedure,
    concat_ws(' | ', pg_get_functiondef(p.oid), p.proowner::regrole, ${rights('p.proacl', 'f', 'p.proowner')},
      obj_description(p.oid, 'pg_proc'))
  from pg_proc p where p.pronamespace = $1::regnamespace`;

/** Everything that makes up an install, by name, to compare two states or two installs of it. */
export async function describeCatalog(session: Session, schema = 'pgque'): Promise<Record<string, string>> {
  const found = await rows<{ name: string; is: string }>(session, `${objects} order by 1`, [schema]);
  return Object.fromEntries(found.map(({ name, is }) => [name, is]));
}
