import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, test } from 'vitest';
import { frame, type Paint } from '../../src/view/frame.ts';
import type { Snapshot } from '../../src/view/snapshot.ts';

const colours: Paint = (style, text) => styleText(style, text, { validateStream: false });

const consumer = { settled: 12_345_678, perSecond: 12_345, behind: 20_000, lagMs: 61_234, retried: 123_456, dead: 1 };
const snapshot: Snapshot = {
  title: 'PgQue on PostgreSQL, port 12345',
  inputName: 'a-file-with-a-rather-long-name-in-a-folder-far-away/events.ndjson',
  sent: 12_345_678,
  sentPerSecond: 12_345,
  fractionRead: 0.5,
  broken: 3,
  consumers: [
    { name: 'audit_logger', ...consumer },
    { name: 'notification_sender', ...consumer },
    { name: 'analytics_pipeline', ...consumer },
  ],
  engine: { ticks: 1_234_567, rotations: 12_345, deadTuples: 0 },
  licences: [
    ['a-licence-with-a-rather-long-name', 9_000_000],
    ['MIT', 3],
    ['ISC', 2],
    ['X', 1],
    ['Y', 1],
  ],
  flagged: { count: 9, latest: ['one', 'another-with-a-rather-long-name', 'a-third-with-a-rather-long-name'] },
  state: 'Ctrl-C stops.',
  mood: 'busy',
};

test.each([80, 120, 60, 20])('no line is wider than a terminal of %i columns', (columns) => {
  for (const line of stripVTControlCharacters(frame(snapshot, columns, colours)).split('\n')) {
    expect(line.length).toBeLessThan(columns);
  }
});

test('colours change nothing but colours', () => {
  const plain = frame(snapshot, 80, (_, text) => text);
  expect(stripVTControlCharacters(frame(snapshot, 80, colours))).toBe(plain);
});

test('it names rates, lag, ticks, rotations, retries and dead letters', () => {
  const text = frame(snapshot, 80, (_, shown) => shown);
  for (const word of ['per second', 'lag', '61.2 s', '1,234,567 ticks', '12,345 rotations', 'retried', 'dead']) {
    expect(text).toContain(word);
  }
});
