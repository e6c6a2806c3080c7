/** The attacker's TLS 1.3 server of the world, under the name that these tests know it by. */
export * from '../../../../harness/world/attackers/tls13/scripted-server.ts';
