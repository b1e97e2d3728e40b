import { expect, test } from 'vitest';
import { type Headers, headersOf } from '../src/index.ts';

test.each<[string | null, Headers]>([
  ['{"traceparent":"00-1","tenant":"a"}', { traceparent: '00-1', tenant: 'a' }],
  ['{"traceparent":"00-1","count":1,"none":null,"deep":{}}', { traceparent: '00-1' }],
  ['{}', {}],
  [null, {}],
  ['', {}],
  ['text of the application', {}],
  ['["traceparent"]', {}],
  ['{"traceparent":', {}],
  ['{} and more', {}],
])('the headers in %j are %j', (extra1, headers) => {
  expect(headersOf({ extra1 })).toEqual(headers);
});
