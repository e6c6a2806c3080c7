/** What a certificate itself says on whether it issues for TLS servers; where it stands in a path is the path's matter (path.ts). */
import { Cert, KU_KEY_CERT_SIGN } from './certificate';
import { X509_CA_EXTENDED_KEY_USAGE, X509_CA_KEY_USAGE, X509_NOT_A_CA } from './reasons';

/** RFC 5280 6.1.4 (k), (n) and 4.2.1.12. 0, or the reason. */
export function mayIssue(issuer: Cert): i32 {
  if (issuer.isCa == 0) return X509_NOT_A_CA;
  if (issuer.hasKeyUsage != 0 && (issuer.keyUsage & KU_KEY_CERT_SIGN) == 0) return X509_CA_KEY_USAGE;
  // 4.2.1.12 speaks of the certified key; a CA restricted to other purposes does not issue for TLS servers
  if (issuer.hasExtendedKeyUsage != 0 && issuer.serverAuth == 0 && issuer.anyUsage == 0) return X509_CA_EXTENDED_KEY_USAGE;
  return 0;
}
