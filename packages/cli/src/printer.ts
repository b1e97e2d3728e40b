import Table from 'cli-table3';

/** Results on standard output: tables and sentences for people, with `--json` one JSON value for machines. */
export class Printer {
  readonly isJson: boolean;
  readonly #write: (text: string) => void;

  constructor(isJson: boolean, write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.isJson = isJson;
    this.#write = write;
  }

  /** A list of things of one kind. `empty` is what people read when there are none. */
  rows<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[], empty: string): void {
    if (this.isJson) this.json(rows);
    else if (rows.length === 0) this.line(empty);
    else {
      const cells = rows.map((row) => columns.map((column) => cell(column, row[column])));
      this.#table(cells, columns.map(heading));
    }
  }

  /** One thing with its properties. */
  record(record: object): void {
    if (this.isJson) this.json(record);
    else this.#table(Object.entries(record).map(([key, value]) => [heading(key), cell(key, value)]));
  }

  /** What was done. */
  done(result: object, sentence: string): void {
    if (this.isJson) this.json(result);
    else this.line(sentence);
  }

  /** A title above a table; nothing for machines. */
  title(text: string): void {
    if (!this.isJson) this.line(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(toJson(value));
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  #table(cells: readonly string[][], head: string[] = []): void {
    const table = new Table({ head, chars: bare, style: { head: [], border: [], compact: true } });
    table.push(...cells);
    this.line(table.toString().replaceAll(/ +$/gm, ''));
  }
}

/** Ids are texts: they may be larger than a number of JavaScript. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

const bare = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' ' },
};

/** `tickerLagMs` is `ticker lag`. */
function heading(property: string): string {
  return property.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function cell(property: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' && property.endsWith('Ms')) return duration(value);
  if (typeof value === 'number' && property === 'bytes') return bytes(value);
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  return typeof value === 'object' ? toJson(value) : String(value);
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 172_800_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} d`;
}

function bytes(count: number): string {
  if (count < 1024 * 1024) return `${Math.round(count / 1024)} KiB`;
  if (count < 1024 ** 3) return `${(count / 1024 ** 2).toFixed(1)} MiB`;
  return `${(count / 1024 ** 3).toFixed(1)} GiB`;
}
