/**
 * `proofboard completion SHELL`: a script that completes commands, options, their values, clauses and files. It is made from the commands themselves, so it knows what they know;
 * nothing of ours runs when a key is pressed.
 */
import type { Command } from 'commander';
import { Argument } from 'commander';
import { labelOf, Registry } from '../requirements/registry.ts';

/** What may follow a command, by its path (`image sign`; empty: the program itself). */
interface Words {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly values: readonly string[];
    /** It may stand without a value. */
    readonly isOptional: boolean;
  }[];
}

/** zsh takes the script of bash. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('a script that completes commands, options and clauses, e.g. source <(proofboard completion bash)')
    .addArgument(new Argument('<shell>', 'shell to write it for').choices(SHELLS))
    .action((shell: Shell) => {
      const words = wordsOf(program, '');
      process.stdout.write(shell === 'fish' ? fish(words) : bash(words, shell));
    });
}

function wordsOf(command: Command, path: string): Words[] {
  const own: Words = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: command.options.flatMap(({ long, description, argChoices, optional }) => {
      if (!long) return [];
      return [
        { flag: long, description, isOptional: optional, values: argChoices ?? (long === '--req' ? clauses() : []) },
      ];
    }),
  };
  const below = command.commands.flatMap((one) => wordsOf(one, `${path} ${one.name()}`.trim()));
  return [own, ...below];
}

function clauses(): string[] {
  const ids = Registry.load().clauses.map(({ id }) => id);
  return [...new Set([...ids.map(labelOf), ...ids])];
}

// ---- bash and zsh ----

function bash(words: readonly Words[], shell: Shell): string {
  const paths = words.filter(({ path }) => path !== '').map(({ path }) => path);
  const values = words.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values.length > 0)
      .map(({ flag, values }) => `    ${quoted(`${path} ${flag}`)}) words=${quoted(values.join(' '))} ;;`),
  );
  const all = words.map(({ path, commands, options }) => {
    const list = [...commands.map(({ name }) => name), ...options.map(({ flag }) => flag)];
    return `      ${quoted(path)}) words=${quoted(list.join(' '))} ;;`;
  });
  return `# ${shell} completion of proofboard; made by: proofboard completion ${shell}
${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_proofboard() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' option='' words='' word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case "$word" in --*) option=$word; continue ;; esac
    case "\${path:+$path }$word" in
      ${paths.map(quoted).join(' | ')}) path="\${path:+$path }$word"; option='' ;;
    esac
  done
  case "$current" in -*) option='' ;; esac
  case "$path $option" in
${values.join('\n')}
    *) case "$path" in
${all.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _proofboard proofboard
`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

// ---- fish ----

function fish(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, options }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((name) => `__fish_seen_subcommand_from ${name}`)
            .join('; and ');
    const head = `complete -c proofboard -n ${quoted(condition)}`;
    return [
      ...commands.map(({ name, description }) => `${head} -f -a ${name} -d ${fishQuoted(description)}`),
      ...options.map(({ flag, description, values, isOptional }) => {
        // -x: a value has to follow.
        const choice = values.length > 0 ? ` ${isOptional ? '-f' : '-x'} -a ${fishQuoted(values.join(' '))}` : '';
        return `${head} -l ${flag.slice(2)} -d ${fishQuoted(description)}${choice}`;
      }),
    ];
  });
  return `# fish completion of proofboard; made by: proofboard completion fish\n${lines.join('\n')}\n`;
}

/** Within single quotes fish knows \\\\ and \\'. */
const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
