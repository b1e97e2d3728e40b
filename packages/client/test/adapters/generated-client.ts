import { registerHooks } from 'node:module';

// Programs that import the client which 'prisma generate' would write get ours.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './generated/prisma/client.ts'
      ? next(new URL('./prisma-client.ts', import.meta.url).href, context)
      : next(specifier, context),
});
