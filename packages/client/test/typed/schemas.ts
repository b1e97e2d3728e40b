import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { defineQueue } from '../../src/index.ts';

/** The same two events in three libraries; `placed_at` travels as a text and arrives as a date. */
export const withZod = defineQueue('zod', {
  'order.created': z.object({ order_id: z.number(), placed_at: z.iso.datetime().transform((text) => new Date(text)) }),
  'order.paid': z.object({ order_id: z.number() }),
});

export const withValibot = defineQueue('valibot', {
  'order.created': v.object({
    order_id: v.number(),
    placed_at: v.pipe(
      v.string(),
      v.isoTimestamp(),
      v.transform((text) => new Date(text)),
    ),
  }),
  'order.paid': v.object({ order_id: v.number() }),
});

export const withArktype = defineQueue('arktype', {
  'order.created': type({ order_id: 'number', placed_at: 'string.date.iso.parse' }),
  'order.paid': type({ order_id: 'number' }),
});
