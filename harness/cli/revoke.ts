/** `proofboard revoke ID --devices FILE`: marks a device in the list that the service takes in. From then on its secret is of no use, in whoever's hands it is (th-destruction.3). */
import type { Command } from 'commander';
import { writeOutput } from '../image/files.ts';
import { entryOf, ledgerText, readLedger } from '../provision/ledger-file.ts';

export function registerRevoke(program: Command): void {
  program
    .command('revoke')
    .description('mark a device as revoked in the list of public keys that "provision" wrote')
    .argument('<id>', 'identity of the device')
    .requiredOption('--devices <file>', 'devices.json')
    .action((id: string, { devices: file }: { devices: string }) => {
      const entries = readLedger(file);
      const entry = entryOf(entries, id, file);
      const left = entries.map((one) => (one === entry ? { ...one, revoked: true as const } : one));
      writeOutput(file, ledgerText(left));
      process.stdout.write(`${id} is revoked; the service has to take in ${file} again\n`);
    });
}
