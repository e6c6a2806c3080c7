/** `proofboard renode install`: fetches the pinned Renode into the cache folder, where the board nucleo_h753zi finds it. */
import { type Command, InvalidArgumentError } from 'commander';
import { cacheFolder } from '../renode/cache.ts';
import { whatIsFound } from '../renode/find.ts';
import { installRenode } from '../renode/install.ts';
import { RENODE_PACKAGE } from '../renode/package.ts';

interface Options {
  url?: string;
  from?: string;
  force?: boolean;
}

export function registerRenode(program: Command): void {
  const renode = program.command('renode').description('the emulator of the board nucleo_h753zi');
  renode
    .command('install')
    .description(
      `fetch Renode ${RENODE_PACKAGE.version} for Linux into the cache folder; an interrupted download goes on`,
    )
    .option('--url <url>', 'a mirror; the package is checked against the same SHA-256', httpUrl)
    .option('--from <file>', 'a package that was fetched elsewhere')
    .option('--force', 'install again')
    .action(install);
}

async function install({ url, from, force }: Options): Promise<void> {
  const meter = new Meter(process.stderr);
  const { folder, already } = await installRenode({
    cache: cacheFolder(),
    package: { ...RENODE_PACKAGE, ...(url === undefined ? {} : { url }) },
    from,
    force,
    onStep: (text) => meter.line(text),
    onProgress: (bytes, total) => meter.progress(bytes, total),
  }).finally(() => meter.end());
  process.stderr.write(`installed${already ? ' already; --force installs again' : ''}; ${whatIsFound(folder)}\n`);
  process.stdout.write(`${folder}\n`);
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('expected an http or https address');
  return url.href;
}

const MIB = 1024 * 1024;

/** A live line on a terminal, a line per tenth elsewhere. */
class Meter {
  private tenth = -1;

  constructor(private readonly out: { write(text: string): unknown; isTTY?: boolean }) {}

  progress(bytes: number, total: number | undefined): void {
    const text = `${(bytes / MIB).toFixed(1)}${total === undefined ? '' : ` of ${(total / MIB).toFixed(1)}`} MiB`;
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[K${text}`);
      return;
    }
    const tenth = Math.floor(total === undefined ? bytes / (16 * MIB) : (bytes * 10) / total);
    if (tenth !== this.tenth) this.out.write(`${text}\n`);
    this.tenth = tenth;
  }

  line(text: string): void {
    this.end();
    this.out.write(`${text}\n`);
  }

  end(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[K');
  }
}
