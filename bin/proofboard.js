#!/usr/bin/env node
// The sources are TypeScript; tsx loads them without a build step, in a checkout and when installed.

// Until the sources are loaded, for a second or more, nothing has begun that could be kept.
process.once('SIGINT', () => {
  process.stderr.write('\ninterrupted before it began\n');
  process.exit(130);
});
const { register } = await import('tsx/esm/api');
register();
await import('../harness/cli/main.ts');
