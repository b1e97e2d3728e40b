import * as stable from '@opentelemetry/semantic-conventions';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, test } from 'vitest';
import { attributesOf, messageCount, messageId } from '../../src/opentelemetry/attributes.ts';
import { createInstruments } from '../../src/opentelemetry/instruments.ts';

test('attributes have the names and values of the semantic conventions, or begin with pgque', () => {
  expect(attributesOf('batch', 'q', 'c')).toEqual({
    [conventions.ATTR_MESSAGING_SYSTEM_NAME]: 'pgque',
    [conventions.ATTR_MESSAGING_OPERATION_NAME]: 'batch',
    [conventions.ATTR_MESSAGING_OPERATION_TYPE]: conventions.MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
    [conventions.ATTR_MESSAGING_DESTINATION_NAME]: 'q',
    [conventions.ATTR_MESSAGING_CONSUMER_GROUP_NAME]: 'c',
  });
  expect(attributesOf('send', 'q')).toMatchObject({
    [conventions.ATTR_MESSAGING_OPERATION_TYPE]: conventions.MESSAGING_OPERATION_TYPE_VALUE_SEND,
  });
  expect(messageId).toBe(conventions.ATTR_MESSAGING_MESSAGE_ID);
  expect(messageCount).toBe(conventions.ATTR_MESSAGING_BATCH_MESSAGE_COUNT);
  expect(stable.ATTR_ERROR_TYPE).toBe('error.type');
});

test('instruments have the names of the semantic conventions, or begin with pgque', () => {
  const names: string[] = [];
  const create = (name: string) => names.push(name);
  createInstruments({ getMeter: () => ({ createCounter: create, createHistogram: create }) as never });
  expect(names.filter((name) => !name.startsWith('pgque.')).sort()).toEqual([
    conventions.METRIC_MESSAGING_CLIENT_CONSUMED_MESSAGES,
    conventions.METRIC_MESSAGING_CLIENT_OPERATION_DURATION,
    conventions.METRIC_MESSAGING_CLIENT_SENT_MESSAGES,
    conventions.METRIC_MESSAGING_PROCESS_DURATION,
  ]);
});
