/** What a migration tool would keep. Two processes may start at once. */
export const tables = `
  select pg_advisory_xact_lock(hashtext('tables of the shop'));
  create table if not exists orders (
    order_id bigint generated always as identity primary key,
    reference text not null unique deferrable initially deferred,
    email text not null,
    amount numeric not null check (amount > 0)
  );
  -- Nothing here keeps an order from having two invoices: that is what exactly-once is for.
  create table if not exists invoices (order_id bigint not null, amount numeric not null);
  create table if not exists mails (msg_id bigint primary key, recipient text not null, attempt integer not null);
  create table if not exists thumbnails (image_id text primary key, digest text not null);
`;
