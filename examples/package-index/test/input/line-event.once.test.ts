import { expect, test } from 'vitest';
import { eventOfLine } from '../../src/input/line-event.ts';

function eventOf(text: string | Buffer, number = 7): unknown {
  const bytes = Buffer.from(text);
  return eventOfLine({ number, size: bytes.length, bytes });
}

test.each([
  ['{"type":"a","payload":{"n":1.10}}', 'a', '{"n":1.10}'],
  ['{ "payload" : [1, 2 ] , "type" : "a" }\r', 'a', '[1, 2 ]'],
  ['{"type":"a","payload":12345678901234567890}', 'a', '12345678901234567890'],
  ['{"type":"a","payload":"}],\\"{"}', 'a', '"}],\\"{"'],
  ['{"type":"a","payload":null}', 'a', 'null'],
  ['{"t\\u0079pe":"a","payload":"\\ud800\\u0000"}', 'a', '"\\ud800\\u0000"'],
])('%s is an event in an envelope', (line, type, payload) => {
  expect(eventOf(line)).toEqual({ type, payload });
});

test.each([
  ['{"type":"a","payload":1,"id":7}', 'a'],
  ['{"type":"a","payload":1,"payload":2}', 'a'],
  ['{"type":"a","order":1}', 'a'],
  ['{"type":5,"payload":1}', 'default'],
  ['{"type":"","payload":1}', 'default'],
  ['{"type":"\\u0000","payload":1}', 'default'],
  ['{"type":"\\ud800","payload":1}', 'default'],
  ['{"a":1,"a":2}', 'default'],
  ['"text"', 'default'],
  ['-0.0', 'default'],
  ['null', 'default'],
  ['[]', 'default'],
])('%s is a payload as a whole', (line, type) => {
  expect(eventOf(line)).toEqual({ type, payload: line });
});

test.each(['', ' \t', '\r'])('a blank line (%j) is no event', (line) => {
  expect(eventOf(line)).toBeUndefined();
});

test('a byte order mark is passed over in the first line only', () => {
  expect(eventOf('\uFEFF1', 1)).toEqual({ type: 'default', payload: '1' });
  expect(eventOf('\uFEFF1', 2)).toMatchObject({ problem: expect.stringContaining('is not JSON') });
});

test.each([
  ['{"a":', 'is not JSON'],
  ['1 2', 'is not JSON'],
  ['\u00A01', 'is not JSON'],
  [Buffer.from('"\0"'), 'holds a NUL byte'],
  [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'is not valid UTF-8'],
])('%j is reported with its number', (line, problem) => {
  expect(eventOf(line)).toEqual({ place: 'line 7', problem: expect.stringContaining(problem) });
});

test('what a report quotes cannot move the cursor of a terminal', () => {
  expect(JSON.stringify(eventOf('\u001b[2J'))).not.toMatch(/\\u001b/);
});

test('JSON that is nested a hundred thousand times is an event', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(eventOf(`{"type":"a","payload":${deep}}`)).toEqual({ type: 'a', payload: deep });
});
