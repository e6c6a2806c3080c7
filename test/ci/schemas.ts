/**
 * The published shapes of what ci/ uses, as strict zod objects: a key that these do not know is an error, as it is (or is silently ignored) at the service.
 *
 * After SchemaStore's github-workflow.json (draft 7), GitLab's ci.json (docs.gitlab.com/ci/yaml) and Kubernetes' batch/v1 JobSpec of 1.33. Left out on purpose:
 * every key that ci/ does not use.
 */
import { z } from 'zod';

const text = z.string().min(1);
const strings = z.record(text, z.string());

/** `${{ ... }}` has to close, or GitHub refuses the file. */
const expression = text.refine((value) => !/\$\{\{(?:(?!\}\}).)*$/s.test(value), 'an expression is not closed');
const cron = text.regex(/^(?:[\d*,/-]+ ){4}[\d*,/-]+$/, 'expected five cron fields');

const githubStep = z
  .strictObject({
    name: expression.optional(),
    if: text.optional(),
    uses: text.regex(/^[\w.-]+\/[\w./-]+@[\w.-]+$/, 'expected owner/name@version').optional(),
    run: expression.optional(),
    with: z.record(text, z.union([expression, z.number(), z.boolean()])).optional(),
    env: strings.optional(),
  })
  .refine((step) => (step.uses === undefined) !== (step.run === undefined), 'expected either uses or run')
  .refine((step) => step.with === undefined || step.uses !== undefined, 'with belongs to uses');

const githubJob = z.strictObject({
  name: expression.optional(),
  'runs-on': text,
  'timeout-minutes': z.number().int().positive().optional(),
  needs: z.union([text, z.array(text)]).optional(),
  if: text.optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean().optional(),
      matrix: z.record(text, z.array(z.union([z.string(), z.number()])).min(1)),
    })
    .optional(),
  steps: z.array(githubStep).min(1),
});

export const githubWorkflow = z.strictObject({
  name: text,
  on: z.strictObject({
    schedule: z.array(z.strictObject({ cron })).min(1),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({ contents: z.enum(['read', 'write', 'none']) }),
  concurrency: z.strictObject({ group: expression, 'cancel-in-progress': z.boolean() }),
  env: z.record(text, expression),
  jobs: z.record(text.regex(/^[_a-zA-Z][\w-]*$/), githubJob),
});

const script = z.array(text).min(1);
const gitlabCache = z.strictObject({
  key: z.union([text, z.strictObject({ files: z.array(text).min(1).max(2) })]),
  paths: z.array(text).min(1),
});

const gitlabJob = z.strictObject({
  extends: text.optional(),
  stage: text.optional(),
  needs: z.array(text).optional(),
  when: z.enum(['on_success', 'on_failure', 'always', 'manual', 'never']).optional(),
  parallel: z
    .union([
      z.number().int().min(1).max(200),
      z.strictObject({ matrix: z.array(z.record(text, z.array(text).min(1).max(200))).min(1) }),
    ])
    .optional(),
  timeout: text.regex(/^\d+ (?:minutes|hours)$/).optional(),
  // At most four caches per job.
  cache: z.array(gitlabCache).min(1).max(4).optional(),
  before_script: script.optional(),
  script: script.optional(),
  artifacts: z
    .strictObject({
      when: z.enum(['on_success', 'on_failure', 'always']),
      expire_in: text,
      paths: z.array(text).min(1),
      reports: z.strictObject({ junit: text }),
    })
    .optional(),
});

export const gitlabPipeline = z
  .object({
    stages: z.array(text).min(1),
    workflow: z.strictObject({ rules: z.array(z.strictObject({ if: text })).min(1) }),
    default: z.strictObject({ image: text, interruptible: z.boolean() }),
    variables: strings,
  })
  .catchall(gitlabJob)
  .superRefine((pipeline, context) => {
    const { stages, workflow: _, default: __, variables: ___, ...jobs } = pipeline;
    for (const [name, raw] of Object.entries(jobs)) {
      const job = raw as z.infer<typeof gitlabJob>;
      const complain = (message: string) => context.addIssue({ code: 'custom', message, path: [name] });
      if (job.extends !== undefined && !(job.extends in jobs)) complain(`extends ${job.extends}, which is not here`);
      if (name.startsWith('.')) continue;
      if (job.stage === undefined || !stages.includes(job.stage)) complain(`stage ${job.stage} is not in stages`);
      if (job.script === undefined) complain('a job needs a script');
      for (const one of job.needs ?? []) if (!(one in jobs)) complain(`needs ${one}, which is not here`);
    }
  });

const quantity = z.string().regex(/^\d+(?:\.\d+)?(?:m|Ki|Mi|Gi|Ti)?$/);
const resources = z.record(z.enum(['cpu', 'memory', 'storage']), quantity.optional());
const labels = z.record(text, text.max(63));
/** RFC 1123 label: names of objects and containers. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const metadata = z.strictObject({ name, labels: labels.optional() });

export const persistentVolumeClaim = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata,
  spec: z.strictObject({
    accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])).min(1),
    resources: z.strictObject({ requests: resources }),
  }),
});

const container = z.strictObject({
  name,
  image: text,
  command: z.array(text).min(1),
  args: z.array(text).min(1),
  env: z.array(z.strictObject({ name: text.regex(/^[A-Za-z_][\w.-]*$/), value: z.string() })),
  resources: z.strictObject({ requests: resources, limits: resources }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.array(text).min(1) }),
  }),
  volumeMounts: z.array(z.strictObject({ name, mountPath: z.string().startsWith('/') })),
});

const podFailureRule = z.union([
  z.strictObject({
    action: z.enum(['Ignore', 'FailJob', 'FailIndex', 'Count']),
    onPodConditions: z.array(z.strictObject({ type: text, status: z.enum(['True', 'False', 'Unknown']) })).min(1),
  }),
  z.strictObject({
    action: z.enum(['Ignore', 'FailJob', 'FailIndex', 'Count']),
    onExitCodes: z.strictObject({
      containerName: name,
      operator: z.enum(['In', 'NotIn']),
      values: z.array(z.number().int().min(1).max(255)).min(1).max(255),
    }),
  }),
]);

export const indexedJob = z
  .strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('Job'),
    metadata,
    spec: z.strictObject({
      completionMode: z.literal('Indexed'),
      completions: z.number().int().positive(),
      parallelism: z.number().int().positive().max(100_000),
      backoffLimitPerIndex: z.number().int().min(0),
      activeDeadlineSeconds: z.number().int().positive(),
      ttlSecondsAfterFinished: z.number().int().min(0),
      podFailurePolicy: z.strictObject({ rules: z.array(podFailureRule).min(1).max(20) }),
      template: z.strictObject({
        metadata: z.strictObject({ labels }),
        spec: z.strictObject({
          // backoffLimitPerIndex and podFailurePolicy demand it.
          restartPolicy: z.literal('Never'),
          automountServiceAccountToken: z.boolean(),
          securityContext: z.strictObject({
            runAsNonRoot: z.boolean(),
            runAsUser: z.number().int().positive(),
            fsGroup: z.number().int().positive(),
            seccompProfile: z.strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined']) }),
          }),
          containers: z.array(container).min(1),
          volumes: z.array(z.strictObject({ name, persistentVolumeClaim: z.strictObject({ claimName: name }) })),
        }),
      }),
    }),
  })
  .superRefine(({ spec }, context) => {
    const { containers, volumes } = spec.template.spec;
    const complain = (message: string) => context.addIssue({ code: 'custom', message });
    for (const { volumeMounts } of containers) {
      for (const mount of volumeMounts) {
        if (!volumes.some((volume) => volume.name === mount.name)) complain(`no volume ${mount.name}`);
      }
    }
    for (const rule of spec.podFailurePolicy.rules) {
      const named = 'onExitCodes' in rule ? rule.onExitCodes.containerName : undefined;
      if (named && !containers.some((one) => one.name === named)) complain(`no container ${named}`);
    }
  });
