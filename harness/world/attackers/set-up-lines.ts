/**
 * What arrives by the local set-up path: a modem that a person, or whoever is near, puts into a network. Its own provisioning messages (ESP-AT user guide: SmartConfig,
 * BluFi, BLE, web server), and what somebody types who hopes that the device listens. None of it is a matter of the device's security settings.
 */
const OTHER = 'evil';

/** @param host the service's name; a name of its length stands for it where that is needed */
export function setUpLines(host: string, deviceId: string): readonly (readonly [what: string, line: string])[] {
  const alias = aliasOf(host);
  const set = ['host', 'server', 'broker', 'time', 'root', 'ca', 'key', 'auth', 'verify', 'insecure', 'update_key'];
  return [
    [
      'SmartConfig',
      'smartconfig type:ESPTOUCH\r\nSmart get wifi info\r\nssid:evil\r\npassword:12345678\r\nsmartconfig connected wifi',
    ],
    ['BluFi', '+BLUFICONN\r\n+BLUFIDATA:16,{"host":"evil"}'],
    ['BLE', `+BLECONN:0,"00:11:22:33:44:55"\r\n+WRITE:0,1,1,,${alias.length},${alias}`],
    ['web provisioning', '+WEBSERVERRSP:1\r\n+WEBSERVERRSP:2'],
    [
      'joining another network',
      'WIFI DISCONNECT\r\n+CWJAP:"evil","00:11:22:33:44:55",1,-40\r\nWIFI CONNECTED\r\nWIFI GOT IP',
    ],
    ['a device restored by its modem', '+RESTORE\r\nready'],
    ['an alias of the service', `+CIPDOMAIN:"${alias}"`],
    ['an alias as a query', `+CIPDOMAIN:"${host}","${alias}"`],
    ['MQTT of the modem', `+MQTTSUBRECV:0,"${deviceId}/config",16,{"host":"${OTHER}"}`],
    ['time of the modem', '+CIPSNTPTIME:Thu Jan 01 00:00:00 2037\r\n+TIME_UPDATED'],
    ['certificate commands', 'AT+SYSMFG=2,"client_ca"\r\nAT+CIPSSLCCONF=0,0'],
    ...set.map((name) => [`"${name}" in a line`, `${name}=${name === 'verify' ? 'off' : alias}`] as const),
    ['a configuration in JSON', JSON.stringify({ host: alias, verify: false, roots: [] })],
    ['commands of a shell', 'factory-reset\r\nprovision\r\nunlock\r\nreboot\r\nset host evil'],
  ];
}

/** Another name of the same length in the same zone, where there is one. */
export function aliasOf(host: string): string {
  const dot = host.indexOf('.');
  return dot < 1 ? 'e'.repeat(host.length) : `${'evilevilevilevil'.repeat(4).slice(0, dot)}${host.slice(dot)}`;
}
