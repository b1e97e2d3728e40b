import { Client } from 'pg';

/** The PostgreSQL majors the tests can run on, oldest first. */
const knownMajors = [14, 15, 16, 17, 18];

/**
 * The majors of this run: that of the server behind PGQUE_TEST_URL, else those in PGQUE_TEST_MAJORS ("15,17"), else all.
 * The test configuration reads this before any workspace package can be resolved; hence no import of one here.
 */
export async function selectMajors(environment: NodeJS.ProcessEnv = process.env): Promise<number[]> {
  const { PGQUE_TEST_MAJORS: wanted, PGQUE_TEST_URL: url } = environment;
  if (url) return [await majorOf(url)];
  if (!wanted) return [...knownMajors];
  const majors = wanted.split(',').map(Number);
  const unknown = majors.filter((major) => !knownMajors.includes(major));
  if (unknown.length > 0) throw new Error(`--pg takes majors out of ${knownMajors.join(',')}, not "${wanted}".`);
  return knownMajors.filter((major) => majors.includes(major));
}

/** Whether somebody has said which majors. */
export function isChosen({ PGQUE_TEST_MAJORS: wanted, PGQUE_TEST_URL: url }: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(wanted || url);
}

async function majorOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    return Math.trunc(Number(rows[0]?.server_version_num) / 10_000);
  } finally {
    await client.end();
  }
}
