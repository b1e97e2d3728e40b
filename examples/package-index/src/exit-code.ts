/** How `npm start` ends. */
export const exitCode = {
  agrees: 0,
  disagrees: 1,
  usage: 2,
  environment: 3,
  refusedInput: 4,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
