import { defineQueue } from 'pgque';
import { z } from 'zod';

export const images = defineQueue('images', {
  'image.uploaded': z.object({ image_id: z.string(), pixels: z.string() }),
});
