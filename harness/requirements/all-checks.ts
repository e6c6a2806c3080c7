/** Every check there is: ours, in files by label, and the user's own from modules that the profile names. */
import { UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import type { Check } from './check.ts';
import { checks as dataIntegrity } from './checks/data-integrity.ts';
import { checks as dataIntegrityLife } from './checks/data-integrity-life.ts';
import { checks as netSetup } from './checks/net-setup.ts';
import { checks as allTls } from './checks/th-all-tls.ts';
import { checks as allTlsTraffic } from './checks/th-all-tls-traffic.ts';
import { checks as atomicUpdate } from './checks/th-atomic-update.ts';
import { checks as atomicUpdateAgain } from './checks/th-atomic-update-again.ts';
import { checks as authRepl } from './checks/th-authrepl.ts';
import { checks as authReplDebugger } from './checks/th-authrepl-debugger.ts';
import { checks as authReplUpdate } from './checks/th-authrepl-update.ts';
import { checks as conf } from './checks/th-conf.ts';
import { checks as destruction } from './checks/th-destruction.ts';
import { checks as destructionWipe } from './checks/th-destruction-wipe.ts';
import { checks as entropy } from './checks/th-entropy.ts';
import { checks as imboot } from './checks/th-imboot.ts';
import { checks as imbootProtection } from './checks/th-imboot-protection.ts';
import { checks as initialProvision } from './checks/th-initial-provision.ts';
import { checks as initialSecret } from './checks/th-initial-secret.ts';
import { checks as logs } from './checks/th-logs.ts';
import { checks as logsFailures } from './checks/th-logs-failures.ts';
import { checks as logsUpdate } from './checks/th-logs-update.ts';
import { checks as logsUpdateCuts } from './checks/th-logs-update-cuts.ts';
import { checks as reprovision } from './checks/th-reprovision.ts';
import { checks as rootCerts } from './checks/th-root-certs.ts';
import { checks as rootCertsUpdate } from './checks/th-root-certs-update.ts';
import { checks as rootCheck } from './checks/th-root-check.ts';
import { checks as secretStorage } from './checks/th-secret-storage.ts';
import { checks as secretStorageLeaks } from './checks/th-secret-storage-leaks.ts';
import { checks as secretStoragePaths } from './checks/th-secret-storage-paths.ts';
import { checks as secretStorageRotation } from './checks/th-secret-storage-rotation.ts';
import { checks as secretStorageVault } from './checks/th-secret-storage-vault.ts';
import { checks as time } from './checks/th-time.ts';
import { checks as timelyUpdate } from './checks/th-timely-update.ts';
import { checks as tlsCiphers } from './checks/th-tls-ciphers.ts';
import { checks as tlsClientAuth } from './checks/th-tls-client-auth.ts';
import { checks as tlsClientAuthToken } from './checks/th-tls-client-auth-token.ts';
import { loadOwnChecks } from './own-checks.ts';
import { labelOf } from './registry.ts';

const OURS: readonly Check[] = [
  ...imboot,
  ...imbootProtection,
  ...authRepl,
  ...authReplDebugger,
  ...authReplUpdate,
  ...atomicUpdate,
  ...atomicUpdateAgain,
  ...rootCerts,
  ...rootCertsUpdate,
  ...rootCheck,
  ...secretStorage,
  ...secretStoragePaths,
  ...secretStorageVault,
  ...secretStorageLeaks,
  ...secretStorageRotation,
  ...allTlsTraffic,
  ...allTls,
  ...tlsCiphers,
  ...tlsClientAuth,
  ...tlsClientAuthToken,
  ...entropy,
  ...time,
  ...dataIntegrity,
  ...dataIntegrityLife,
  ...netSetup,
  ...initialProvision,
  ...initialSecret,
  ...destruction,
  ...destructionWipe,
  ...reprovision,
  ...conf,
  ...logs,
  ...logsFailures,
  ...logsUpdate,
  ...logsUpdateCuts,
  ...timelyUpdate,
];

/**
 * Ours, and those that the profile brings.
 * @throws UsageError when a module of the profile cannot be loaded, or exports what are no checks of its own
 */
export async function allChecks(profile?: Profile): Promise<Check[]> {
  const own: Check[] = [];
  const labels = [...new Set(OURS.map(({ clause }) => labelOf(clause)))];
  for (const file of profile?.data.checks ?? []) {
    const path = profile!.path(file);
    for (const check of await loadOwnChecks(path, labels)) {
      if (own.some(({ id }) => id === check.id)) throw new UsageError(`${path}: check "${check.id}" is defined twice`);
      own.push(check);
    }
  }
  return [...OURS, ...own];
}
