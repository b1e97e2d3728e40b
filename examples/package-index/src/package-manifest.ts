/** What the consumers look at in an event; any other event gives a package without a name, licence and scripts. */
export interface PackageFacts {
  readonly name: string;
  readonly licence: string;
  readonly hasInstallScript: boolean;
}

const installScripts = ['preinstall', 'install', 'postinstall'];

/** Takes `{ manifest: { … } }` as `npm start` sends it, or a manifest as it is. */
export function packageOf(payload: unknown): PackageFacts {
  const manifest = objectOf(objectOf(payload)['manifest'] ?? payload);
  const scripts = objectOf(manifest['scripts']);
  return {
    name: textOf(manifest['name']) ?? 'a package without a name',
    licence: textOf(manifest['license']) ?? textOf(objectOf(manifest['license'])['type']) ?? 'none named',
    hasInstallScript: installScripts.some((script) => Object.hasOwn(scripts, script)),
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
