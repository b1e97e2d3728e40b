type Settings = Readonly<Record<string, string | number | boolean>>;

/** The settings of every server of this package; what the caller gives goes before them. */
export function serverSettings(options: {
  port: number;
  durable: boolean;
  temporary: boolean;
  settings: Settings;
}): Settings {
  return {
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.durable ? {} : { fsync: false, synchronous_commit: false, full_page_writes: false }),
    // Files in the data directory go with it; POSIX segments would stay in /dev/shm after a crash.
    ...(options.temporary ? { dynamic_shared_memory_type: 'mmap' } : {}),
    ...options.settings,
    // No way in from another machine, and no socket file to leave behind.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: options.port,
    // The guard reads the log from the server's standard error.
    log_destination: 'stderr',
    logging_collector: false,
  };
}

/** As the text of a configuration file. */
export function configurationFile(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${literal(value)}`);
  return `# Written at every start; alter system goes before it.\n${lines.join('\n')}\n`;
}

function literal(value: string | number | boolean): string {
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
