/** What a mutant does wrong, with the case that must find it. `none` is the same client without a mistake. */
export const mutations = {
  'acks-before-the-handler-ran': 'consumer/not-acknowledged-before-its-handler-has-returned',
  'rounds-ids-to-doubles': 'ids/beyond-doubles',
  'ignores-a-failed-nack': 'consumer/what-cannot-be-stored-is-tried-again',
  'sleeps-on-an-empty-window': 'consumer/empty-windows-are-passed-without-a-pause',
  'never-heartbeats': 'members/heartbeats-keep-the-batch',
  'sends-a-truncated-batch': 'produce-consume/a-batch-in-its-order',
} as const;

export type Mutation = keyof typeof mutations | 'none';
