/** The system's code of an error, such as `EADDRINUSE`. */
export function systemCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
