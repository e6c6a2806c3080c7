/** Ctrl-C for a command that keeps what is done by then: it ends the work, once; a second one ends the process. */

/** @param onInterrupt called first @returns what the work gave */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt: () => void = () => {},
): Promise<T> {
  const stop = new AbortController();
  const interrupt = () => {
    onInterrupt();
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
