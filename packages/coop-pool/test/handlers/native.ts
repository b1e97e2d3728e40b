// Is always in the middle of native code, on threads of Node's own, when its thread ends.
import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { defineHandlers } from '../../src/define-handlers.ts';

const hash = promisify(pbkdf2);
const compress = promisify(brotliCompress);

export const handlers = defineHandlers({
  hash: async () => {
    for (let round = 0; round < 20; round += 1) {
      const key = await hash('password', randomBytes(16), 5000, 512, 'sha512');
      await compress(Buffer.concat(Array.from({ length: 20 }, () => key)));
    }
  },
});
