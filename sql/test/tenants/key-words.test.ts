import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { keyWords } from '../../key-words.ts';

test('every key word of this server that needs quotes is known', async () => {
  const database = await openTestDatabase({ engine: false });
  const words = await database.query<{ word: string }>(`select word from pg_get_keywords() where catcode <> 'U'`);
  expect(words.length).toBeGreaterThan(100);
  expect(words.filter(({ word }) => !keyWords.has(word))).toEqual([]);
});
