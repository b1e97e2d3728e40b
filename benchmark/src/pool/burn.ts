/** Takes so many milliseconds of the CPU's time, however long that is on a machine that has other things to do. */
export function burn(cpuMs: number): void {
  const begun = process.threadCpuUsage();
  const usedMs = (): number => {
    const { user, system } = process.threadCpuUsage(begun);
    return (user + system) / 1000;
  };
  for (let value = 0; usedMs() < cpuMs; ) {
    for (let round = 0; round < 10_000; round += 1) value = Math.sqrt(value + round);
  }
}
