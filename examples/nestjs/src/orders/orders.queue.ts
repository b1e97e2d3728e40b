import { defineQueue } from 'pgque';
import { z } from 'zod';

const order = z.object({ order_id: z.string(), email: z.string(), amount: z.number() });

/** What happens to an order. */
export const orders = defineQueue('orders', {
  'order.created': order,
  'order.invoiced': order.extend({ invoiced_at: z.iso.datetime().transform((text) => new Date(text)) }),
});
