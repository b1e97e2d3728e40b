import type { HandlersModule } from '../define-handlers.ts';

/** What the file exports as `handlers`, or as its default; it may be made by `defineHandlers()` or be the handlers as they are. */
export async function loadHandlers(file: string): Promise<HandlersModule> {
  const exported: { readonly handlers?: unknown; readonly default?: unknown } = await import(file);
  const found = exported.handlers ?? exported.default;
  if (isModule(found)) return found;
  throw new TypeError(`no handlers in ${file}: export const handlers = defineHandlers({ … })`);
}

function isModule(found: unknown): found is HandlersModule {
  const { handlers, close } = (found ?? {}) as Partial<HandlersModule>;
  if (typeof handlers !== 'object' || handlers === null) return false;
  const all = Object.values(handlers);
  if (close !== undefined && typeof close !== 'function') return false;
  return all.length > 0 && all.every((handler) => typeof handler === 'function');
}
