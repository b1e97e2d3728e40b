/** What each thread of the pool loads: no module of Nest, no state that is shared. */
import { createHash } from 'node:crypto';
import { defineHandlers } from '@pgque/coop-pool';
import type { images } from './images.queue.ts';

export const handlers = defineHandlers<typeof images>({
  'image.uploaded': ({ payload }) => {
    // In place of a codec: something that keeps a core busy for a while.
    let digest = payload.pixels;
    for (let round = 0; round < 20_000; round += 1) digest = createHash('sha256').update(digest).digest('hex');
    return digest;
  },
});
