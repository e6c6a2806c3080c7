/** Rows on which OpenSSL 3.0's `verify -x509_strict -purpose sslserver` and this device differ, each with its reason. Whatever differs and is not here fails the test. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  // The device is stricter.
  'no-common-name':
    'OpenSSL falls back to the common name where there is no dNSName; RFC 9525 6.2 has no such fallback',
  'no-mail-name': 'the same fallback to the common name',
  'no-uri-name': 'the same fallback to the common name',
  'no-address': 'the same fallback to the common name',
  'no-srv-alone': 'the same fallback to the common name',
  'wildcard-tail':
    'OpenSSL takes partial wildcards unless told otherwise; RFC 9525 6.3 wants the complete leftmost label',
  'wildcard-head': 'the same partial wildcards',
  'nul-in-another': 'OpenSSL passes over a name that it cannot read; here a malformed one condemns the certificate',
  'name-empty': 'the same leniency',
  'host-ipv4': 'OpenSSL compares iPAddress entries; this device is configured by name alone',
  'leaf-key-usage':
    "OpenSSL's purpose takes keyEncipherment, which TLS 1.2 used; a TLS 1.3 server signs (RFC 8446 4.4.2.2)",
  'wildcard-over-excluded':
    'OpenSSL compares the text of a wildcard with the excluded name; the names that it stands for include it',
  'permits-addresses': 'OpenSSL evaluates address constraints; here a chain that needs it is refused',
  'permits-mail':
    'OpenSSL evaluates constraints on mail addresses; here a subject that is not empty may hold one, and the chain is refused',
  'constraints-empty': 'RFC 5280 4.2.1.10 forbids the empty sequence; OpenSSL takes it for no constraint',
  'leaf-policies-critical':
    'OpenSSL processes policies; here a critical extension that is not processed is refused (RFC 5280 4.2)',
  'middle-policy-constraints': 'the same',
  'middle-inhibit-any': 'the same',
  'middle-revocation-critical': 'OpenSSL counts this extension as known; here what is not acted on may not be critical',
  'issuer-in-capitals':
    'RFC 5280 7.1 compares names without case; here byte by byte, as issuers copy them (RFC 5280 4.1.2.6 wants that)',
  'ec-point-compressed': 'RFC 5480 2.2 leaves compressed points to choice; OpenSSL takes them',
  'ecdsa-parameters': 'RFC 5758 3.2: the parameters are absent; OpenSSL does not look',
  'ed25519-parameters': 'RFC 8410 3: the same',
  'unknown-twice': 'RFC 5280 4.2: not more than one instance; OpenSSL looks at those that it knows',
  'key-usage-unused-bit': 'X.690 11.2.1: unused bits are zero; OpenSSL masks them',
  'ca-false-spelled': 'X.690 11.5: DER leaves a default value out; OpenSSL reads BER here',
  'version-4': 'there is no version 4; OpenSSL takes any from 3 on',
  'serial-long': 'RFC 5280 4.1.2.2: at most 20 octets; OpenSSL counts none',
  'trailing-byte': 'PEM as OpenSSL reads it ends with the element; TLS hands over the bytes, and all of them count',
  'too-deep': "OpenSSL's limit is 100 intermediates, here a path has at most six certificates below the root",
  'too-many': 'OpenSSL has no limit of its own here; the device reads eight',
  'unused-expired':
    "th-root-check.3: all presented certificates count, a stated policy of this project's; OpenSSL looks at the path",
  'unused-not-yet-valid': 'the same policy',
  'unused-cross-expired': 'the same policy',
  'root-copy-expired': 'the same policy',
  'rsa-1024': "OpenSSL's security level is a setting, 1 by default; here 2048 bits are the least (NIST SP 800-131A)",
  'rsa-key-no-null': 'RFC 3279 2.3.1: the parameters are NULL; OpenSSL does not look',
  'rsa-modulus-negative': 'X.690 8.3.3: without its sign the modulus is negative; OpenSSL reads it as unsigned',
  'rsa-sha1': 'SHA-1 is refused here whatever the level (RFC 6194 3); OpenSSL does so from level 2 on',
  'rsa-no-null': 'RFC 4055 5 has the parameters NULL and asks to take absent ones too; here one encoding is taken',
  'rsa-parameters': 'RFC 4055 5: the parameters are NULL; OpenSSL does not look',
  'rsa-pss-defaults': 'SHA-1, as above',
  'rsa-pss-salt-20': 'RFC 8446 4.2.3 has the salt as long as the digest; here that holds for certificates too',
  'rsa-pss-sha384': 'of PSS one set of parameters is supported, with SHA-256',
  'rsa-pss-key-salt-20':
    "RFC 4055 3.3 takes the key's salt length as the least; here a key is bound to the one set or to none",
  // The device is more lenient.
  crossed: 'OpenSSL takes the first issuer by name and does not come back; RFC 4158 2.4 asks for the search',
  'host-root-dot':
    'the root dot of a configured host is taken off, RFC 9525 speaks of the fully qualified name; OpenSSL compares text',
  'leaf-ends-now': 'RFC 5280 4.1.2.5: the period includes notAfter; OpenSSL ends before it',
  'middle-any-purpose':
    'RFC 5280 4.2.1.12: anyExtendedKeyUsage in a CA does not restrict; OpenSSL wants the purpose named',
  'key-identifiers-absent': 'RFC 5280 4.2.1.1 binds CAs; a verifier needs no hint. OpenSSL -x509_strict insists',
};
