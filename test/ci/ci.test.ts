import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { ALL_SCENARIOS } from '../../harness/campaign/powercut/scenarios.ts';
import { cacheFolder } from '../../harness/renode/cache.ts';
import { RENODE_PACKAGE } from '../../harness/renode/package.ts';
import { proofboard, ROOT } from '../harness/cli/command.ts';
import { githubWorkflow, gitlabPipeline, indexedJob, persistentVolumeClaim } from './schemas.ts';

const read = (name: string) => readFileSync(join(ROOT, 'ci', name), 'utf8');
const FILES = ['github-actions.yml', 'gitlab-ci.yml', 'kubernetes-job.yaml', 'Containerfile'] as const;

type Tree = Record<string, unknown>;
const github = () => parse(read('github-actions.yml')) as Tree;
const gitlab = () => parse(read('gitlab-ci.yml')) as Tree;
const kubernetes = () => parseAllDocuments(read('kubernetes-job.yaml')).map((one) => one.toJS() as Tree);
const job = () => kubernetes()[1]!;

describe('ci/', () => {
  it('the GitHub workflow has the published shape', () => {
    expectValid(githubWorkflow, github());
  });

  it('the GitLab pipeline has the published shape', () => {
    expectValid(gitlabPipeline, gitlab());
  });

  it('the Kubernetes objects have the published shape: a claim and an indexed Job per board', () => {
    const [claim, ...jobs] = kubernetes();
    expectValid(persistentVolumeClaim, claim);
    for (const one of jobs) expectValid(indexedJob, one);
    expect(jobs.map((one) => boardOf(one))).deep.equal(['native_sim', 'nucleo_h753zi']);
    const claims = jobs.map((one) => at(one, 'spec.template.spec.volumes.0.persistentVolumeClaim.claimName'));
    expect(new Set(claims)).deep.equal(new Set([at(claim!, 'metadata.name')]));
  });

  const spoilt: [what: string, schema: z.ZodType, tree: () => Tree, path: string, value: unknown, message: RegExp][] = [
    ['a misspelt key', githubWorkflow, github, 'jobs.certify.timeout-minuts', 5, /timeout-minuts/],
    ['a job without a runner', githubWorkflow, github, 'jobs.certify.runs-on', undefined, /runs-on/],
    ['a step that runs and uses', githubWorkflow, github, 'jobs.certify.steps.0.run', 'true', /either uses or run/],
    ['a step without either', githubWorkflow, github, 'jobs.certify.steps.0.uses', undefined, /either uses or run/],
    [
      'an action without a version',
      githubWorkflow,
      github,
      'jobs.certify.steps.0.uses',
      'actions/checkout',
      /@version/,
    ],
    ['an open expression', githubWorkflow, github, 'env.PROOFBOARD_CACHE', `$\{{ github`, /not closed/],
    ['a cron line of four fields', githubWorkflow, github, 'on.schedule.0.cron', '17 2 * *', /five cron fields/],
    ['a misspelt key', gitlabPipeline, gitlab, 'renode-test.scripts', ['true'], /scripts/],
    ['a stage that is not listed', gitlabPipeline, gitlab, 'renode-test.stage', 'nightly', /stage nightly/],
    ['a template that is not there', gitlabPipeline, gitlab, 'renode-test.extends', '.rode', /extends \.rode/],
    ['201 jobs in parallel', gitlabPipeline, gitlab, 'certify native_sim.parallel', 201, /200/],
    ['a job without a script', gitlabPipeline, gitlab, 'renode-test.script', undefined, /needs a script/],
    ['a misspelt field', indexedJob, job, 'spec.backoffLimitPerIndexx', 1, /backoffLimitPerIndexx/],
    ['a restart policy of OnFailure', indexedJob, job, 'spec.template.spec.restartPolicy', 'OnFailure', /Never/],
    ['exit code 0 as a failure', indexedJob, job, 'spec.podFailurePolicy.rules.1.onExitCodes.values', [0], /rules/],
    ['a mount without its volume', indexedJob, job, 'spec.template.spec.volumes', [], /no volume reports/],
    ['an upper-case name', indexedJob, job, 'metadata.name', 'Proofboard', /name/],
  ];
  for (const [what, schema, tree, path, value, message] of spoilt) {
    it(`the shape refuses ${what} (${path})`, () => {
      const spoiltTree = tree();
      set(spoiltTree, path, value);
      const result = schema.safeParse(spoiltTree);
      expect(result.success).equal(false);
      expect(JSON.stringify(result.error!.issues)).match(message);
    });
  }

  it('the shards add up: as many as the command line says', () => {
    const steps = at(github(), 'jobs.certify.steps') as { run?: string }[];
    const command = steps.find((step) => step.run?.includes('--shard'))!.run!;
    const count = Number(/--shard \$\{\{ matrix\.shard \}\}\/(\d+)/.exec(command)?.[1]);
    expect(at(github(), 'jobs.certify.strategy.matrix.shard')).deep.equal(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    for (const one of kubernetes().slice(1)) {
      const text = String(at(one, 'spec.template.spec.containers.0.args.0'));
      expect(Number(/JOB_COMPLETION_INDEX \+ 1\)\)\/(\d+)/.exec(text)?.[1])).equal(at(one, 'spec.completions'));
    }
  });

  it('the shards are put together into one strict report, each in a folder of its own', () => {
    const merge = (at(github(), 'jobs.report.steps') as { run?: string; with?: Tree }[]).map(
      ({ run, with: inputs }) => run ?? inputs?.pattern,
    );
    expect(merge).include.members(['certify-*', 'npx proofboard merge shards/* --strict --out reports']);
    expect(at(github(), 'jobs.report.needs')).equal('certify');
    const needed = at(gitlab(), 'report.needs') as string[];
    expect(needed).deep.equal(Object.keys(gitlab()).filter((name) => name.startsWith('certify ')));
    for (const job of needed) expect(at(gitlab(), `${job}.script.0`)).match(/--out "reports\/\w+-\$CI_NODE_INDEX"$/);
    expect(at(gitlab(), 'report.artifacts.reports.junit')).equal('certificate/junit.xml');
    expect(at(gitlab(), 'report.script.0')).equal('npx proofboard merge reports/* --strict --out certificate');
  });

  it('each campaign of a night is one that the command line has, the same in both services', () => {
    const campaigns = at(github(), 'jobs.campaigns.strategy.matrix.campaign') as string[];
    expect(at(gitlab(), 'campaigns.parallel.matrix.0.CAMPAIGN')).deep.equal(campaigns);
    const [cuts, others] = [/^powercut (\S+)(?: --depth 2)?$/, ['soak']];
    expect(campaigns.filter((one) => !cuts.test(one))).deep.equal(others);
    const scenarios = campaigns.flatMap((one) => cuts.exec(one)?.[1] ?? []);
    expect(scenarios).have.members(ALL_SCENARIOS.map(({ id }) => id));
  });

  it('versions are those that the project is measured with', () => {
    for (const file of FILES) {
      for (const [, version] of read(file).matchAll(/renode-(\d+\.\d+\.\d+)/g))
        expect(version).equal(RENODE_PACKAGE.version);
      for (const [, version] of read(file).matchAll(/robotframework==(\S+)/g)) expect(version).equal('6.1');
    }
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    for (const one of kubernetes().slice(1)) {
      expect(at(one, 'spec.template.spec.containers.0.image')).match(new RegExp(`:${version}$`));
    }
  });

  it('whoever runs the chip without "npm run certify" has built its images before', () => {
    const lines = (one: unknown): string[] => [one].flat().map(String);
    const text = (parts: unknown[]) => parts.flatMap(lines).join('\n');
    const steps = Object.values(at(github(), 'jobs') as Record<string, { steps: { run?: string }[] }>).map((one) =>
      text(one.steps.map(({ run = '' }) => run)),
    );
    const pipeline = Object.values(gitlab()).map((one) => text([(one as { script?: unknown } | null)?.script ?? '']));
    const pods = kubernetes().slice(1);
    const inPods = pods.map((one) => text([read('Containerfile'), at(one, 'spec.template.spec.containers.0.args.0')]));
    const onChip = /(?:npx proofboard|bin\/proofboard\.js) .*(?:nucleo_h753zi|"\$BOARD"|robot-scenarios\/chip)/;
    const scripts = [...steps, ...pipeline, ...inPods].filter((script) => onChip.test(script));
    expect(scripts).length(2 + pods.length);
    for (const script of scripts) {
      const built = script.indexOf('npm run build:chip');
      expect(built >= 0 && built < script.search(onChip), script).equal(true);
    }
  });

  it('what is cached is where Renode is installed', () => {
    const cache = String(at(github(), 'env.PROOFBOARD_CACHE')).replace(/^.*\}\}\//, '');
    const steps = at(github(), 'jobs.certify.steps') as { with?: { path?: string } }[];
    expect(steps.some((step) => step.with?.path === cache)).equal(true);
    const inProject = String(at(gitlab(), 'variables.PROOFBOARD_CACHE')).replace('$CI_PROJECT_DIR/', '');
    expect(at(gitlab(), '.job.cache.1.paths')).include(inProject);
    expect(cacheFolder({ PROOFBOARD_CACHE: '/x' })).equal('/x');
  });

  it('every command exists, with every option that is used', async () => {
    const commands = new Map<string, Set<string>>();
    for (const file of FILES) {
      const text = read(file).replace(/\\\n\s*/g, ' ');
      for (const [line, name, rest] of text.matchAll(
        /(?:npx proofboard|npm run|bin\/proofboard\.js) ((?:renode )?[a-z:]+)([^\n]*)/g,
      )) {
        if (line.startsWith('npm run') && name !== 'certify') continue;
        const options = commands.get(name!) ?? new Set();
        for (const [option] of rest!.matchAll(/(?<= )--[a-z]+/g)) options.add(option);
        commands.set(name!, options);
      }
    }
    expect([...commands.keys()]).include.members(['certify', 'renode install']);
    for (const [name, options] of commands) {
      const { out, code } = await proofboard(...name.split(' '), '--help');
      expect(code, name).equal(0);
      expect(out, name).match(new RegExp(`Usage: proofboard ${name}\\b`));
      for (const option of options) expect(out, `${name} ${option}`).match(new RegExp(`${option}\\b`));
    }
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Tree };
    for (const file of FILES) {
      for (const [, name] of read(file).matchAll(/npm run ([a-z:]+)/g)) expect(scripts).property(name!);
    }
  });
});

function expectValid(schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value);
  expect(result.error?.issues ?? []).deep.equal([]);
}

function boardOf(job: Tree): unknown {
  return at(job, 'spec.template.spec.containers.0.env.0.value');
}

function at(tree: Tree, path: string): unknown {
  return keysOf(path).reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], tree);
}

function set(tree: Tree, path: string, value: unknown): void {
  const keys = keysOf(path);
  const last = keys.pop()!;
  const node = keys.reduce<unknown>((one, key) => (one as Tree)[key], tree) as Tree;
  if (value === undefined) delete node[last];
  else node[last] = value;
}

/** `.job.cache` begins with a key that has a dot of its own. */
function keysOf(path: string): string[] {
  return path.startsWith('.')
    ? path
        .slice(1)
        .split('.')
        .map((key, index) => (index === 0 ? `.${key}` : key))
    : path.split('.');
}
