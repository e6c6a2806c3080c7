/** Checks of your own. Each belongs to a label of the catalogue: its id is `<label>.own/<name>`, and it runs with `--req <label>`. */
export const checks = [
  {
    id: 'data-integrity.own/a-reading-within-a-minute',
    clause: 'data-integrity.own',
    name: 'a-reading-within-a-minute',
    title: 'the first reading is there a minute after power-on',
    async run(lab) {
      const device = await lab.device();
      device.board.sensor.set(369);
      await device.connect();
      const [reading] = device.readings();
      device.expect(device.nowMs < 60_000, 'a reading within a minute', () => `${device.nowMs} ms`);
      lab.note(`the service received ${reading.raw}`, device);
    },
  },
];
