/**
 * The AssemblyScript compiler in a thread without a TypeScript loader: plain JavaScript, because the loader would look through the compiler's ten megabytes for
 * seconds in each process. One compilation per message; answers come in the order of the questions.
 */
import { resolve } from 'node:path';
import { parentPort } from 'node:worker_threads';
import asc from 'assemblyscript/asc';

parentPort.on('message', async ({ args, root, files }) => {
  const written = {};
  let log = '';
  const logger = {
    write: (text) => {
      log += text.toString();
    },
  };
  const { error } = await asc.main(args, {
    readFile: (name) => files.get(resolve(root, name)) ?? null,
    listFiles: () => [],
    writeFile: (name, content) => {
      written[name] = content;
    },
    stdout: logger,
    stderr: logger,
  });
  parentPort.postMessage({ written, log, error: error?.message });
});
