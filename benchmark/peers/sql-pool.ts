import { Client, Pool, type QueryResultRow } from 'pg';

/** Sessions as an application has them: ten, with statements that are prepared under a name. */
export class SqlPool {
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();

  constructor(url: string, max = 10) {
    this.#pool = new Pool({ connectionString: url, max });
    this.#pool.on('error', () => {});
    // A session that ends while its database is dropped tells nobody else.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const name = this.#names.get(text) ?? `s${this.#names.size}`;
    this.#names.set(text, name);
    return (await this.#pool.query<Row>({ name, text, values: [...values] })).rows;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** One session, for so long. */
export async function onClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Of an extension that is installed. */
export function extensionVersion(url: string, name: string): Promise<string> {
  return onClient(url, async (client) => {
    const { rows } = await client.query<{ extversion: string }>(
      'select extversion from pg_extension where extname = $1',
      [name],
    );
    return rows[0]?.extversion ?? '';
  });
}
