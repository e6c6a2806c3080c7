#!/usr/bin/env node
// The sources are TypeScript; tsx loads them without a build step, in a checkout and when installed.
import { register } from 'tsx/esm/api';

register();
await import('../harness/cli/main.ts');
