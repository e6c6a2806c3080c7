/**
 * What the service directs in a soak, and what has become of it: configurations, lists of roots, updates, rotations, one of each kind at a time. It answers to what the device
 * says, whenever that comes; a device that does not hear is not asked for more.
 */
import { createImage } from '../../image/create.ts';
import { parseVersion } from '../../image/format.ts';
import { inspectImage } from '../../image/inspect.ts';
import { loadPrivateKey, signImage } from '../../image/sign.ts';
import type { Device } from '../../requirements/device.ts';
import { keyInUse, register, registerOnly, secretsCommand } from '../../requirements/rotation.ts';
import { configurationPayload, rootsPayload } from '../../world/service/command.ts';
import type { Answer } from '../../world/service/service.ts';
import { announcementOf } from '../../world/service/update.ts';
import { versionAfter } from '../powercut/images.ts';
import type { Wish } from './schedule.ts';

/** A rotation on its way. */
interface Rotation {
  readonly old: Buffer;
  next?: Buffer;
  /** Sessions when the next key was told: behind them it is in use. */
  sessions: number;
}

export class Directions {
  readonly done = { configurations: 0, roots: 0, updates: 0, reverts: 0, rotations: 0 };
  private configuration = { asked: 0, answered: 0, longestMs: 0 };
  private list = { asked: 0, answered: 0 };
  private update = { steps: 0, number: 0, settled: true };
  private rotation: Rotation | undefined;
  private inUse: Buffer;
  private number = 0;
  private answers = 0;
  private readonly body: Uint8Array;

  constructor(
    private readonly device: Device,
    intervalMs: number,
  ) {
    const { start, end } = device.profile.data.flash.appSlot;
    const slot = device.board.peekFlash(start, end - start);
    const { headerBytes, bodyBytes } = inspectImage(slot);
    this.body = slot.slice(headerBytes, headerBytes + bodyBytes);
    this.inUse = keyInUse(device);
    this.configuration.longestMs = intervalMs;
  }

  get longestIntervalMs(): number {
    return this.configuration.longestMs;
  }

  get configurations(): { least: number; most: number } {
    return { least: this.configuration.answered, most: this.configuration.asked };
  }

  get keys(): readonly string[] {
    const { next } = this.rotation ?? {};
    return [this.inUse, ...(next ? [next] : [])].map((key) => key.toString('hex'));
  }

  /** Number of a configuration by its topic. */
  configurationOf(topic: string): number | undefined {
    if (topic === this.device.profile.data.service.topic) return 0;
    const found = /^soak\/(\d+)$/.exec(topic);
    return found ? Number(found[1]) : undefined;
  }

  counterOf(version: string): number | undefined {
    const { profile } = this.device;
    for (let steps = 0; steps <= this.update.steps; steps++) {
      if (versionAfter(profile, steps) === version) return profile.data.securityCounter + steps;
    }
    return undefined;
  }

  /** The newest version that was offered. */
  get newestVersion(): string {
    return versionAfter(this.device.profile, this.update.steps);
  }

  /** Everything that was directed has been done. */
  get settled(): boolean {
    const { configuration, list, update, rotation } = this;
    const answered = configuration.asked === configuration.answered && list.asked === list.answered;
    return answered && update.settled && rotation === undefined;
  }

  /** What has not been done yet, for people. */
  get open(): string {
    const { configuration, list, update, rotation } = this;
    return JSON.stringify({ configuration, list, update, rotation: rotation && { made: rotation.next !== undefined } });
  }

  async direct(wish: Wish): Promise<void> {
    const { service } = this.device;
    switch (wish.kind) {
      case 'configuration': {
        const number = ++this.configuration.asked;
        const { intervalMs } = wish;
        this.configuration.longestMs = Math.max(this.configuration.longestMs, intervalMs);
        service.send('configuration', number, configurationPayload({ topic: `soak/${number}`, intervalMs }));
        return;
      }
      case 'roots': {
        const { pki } = this.device.world;
        const number = ++this.list.asked;
        const other = await pki.authority(`root ${number}`);
        service.send('roots', number, rootsPayload([pki.root.certificate.der, other.certificate.der]));
        return;
      }
      case 'update':
        if (!this.update.settled) return;
        this.update.steps += 1;
        this.offer();
        return;
      case 'rotation':
        if (this.rotation) return;
        this.rotation = { old: this.inUse, sessions: Number.POSITIVE_INFINITY };
        service.publish('rotate', secretsCommand(this.device, 'make', this.inUse, ++this.number));
        return;
    }
  }

  /** Hears what the device has said since. */
  hear(): void {
    const answers = this.device.service.answers();
    for (; this.answers < answers.length; this.answers++) this.hearOne(answers[this.answers]!);
    this.confirmNext();
  }

  private hearOne(answer: Answer): void {
    const { kind, sequence, result, raw } = answer;
    const { device, done } = this;
    switch (kind) {
      case 'configuration':
      case 'roots': {
        const of = kind === 'roots' ? this.list : this.configuration;
        device.expect(result === 'ok', `a change of ${kind} accepted`, () => raw);
        if (sequence > of.answered) done[kind === 'roots' ? 'roots' : 'configurations'] += 1;
        of.answered = Math.max(of.answered, sequence);
        return;
      }
      case 'update':
        if (sequence !== this.update.number || this.update.settled) return;
        if (result === 'installed') {
          done.updates += 1;
          this.update.settled = true;
        } else if (result === 'reverted') {
          // No connection in all the boots of its trial: it is offered anew.
          done.reverts += 1;
          this.offer();
        } else {
          device.expect(result === 'ok', 'an update accepted', () => raw);
        }
        return;
      case 'rotate':
        this.hearOfRotation(answer);
        return;
      default:
        device.fail('an answer to a command', raw);
    }
  }

  private hearOfRotation({ result, key, raw }: Answer): void {
    const { device, rotation } = this;
    if (!rotation) return;
    const { connects } = device.world.cloud;
    if (key) {
      rotation.next = key;
      register(device, key);
      rotation.sessions = connects.length;
      device.service.withdraw('rotate');
      device.dropConnection();
    } else if (result === 'key') {
      // Not opened with the next key yet.
      rotation.sessions = connects.length;
      device.service.withdraw('rotate');
      device.dropConnection();
    } else if (result === 'ok' && rotation.next) {
      registerOnly(device, [rotation.next]);
      device.service.withdraw('rotate');
      this.inUse = rotation.next;
      this.rotation = undefined;
      this.done.rotations += 1;
    } else {
      device.fail('a rotation accepted', raw);
    }
  }

  /** A session has come since the next key is known: it is confirmed. */
  private confirmNext(): void {
    const { device, rotation } = this;
    if (!rotation?.next || device.world.cloud.connects.length <= rotation.sessions) return;
    rotation.sessions = Number.POSITIVE_INFINITY;
    device.service.publish('rotate', secretsCommand(device, 'confirm', rotation.next, ++this.number));
  }

  private offer(): void {
    const { profile, service } = this.device;
    const { steps } = this.update;
    const counter = profile.data.securityCounter + steps;
    const content = createImage({
      body: this.body,
      version: parseVersion(versionAfter(profile, steps)),
      productId: Buffer.from(profile.data.productId, 'hex'),
      securityCounter: counter,
    });
    const { private: file } = profile.data.imageKey;
    const image = signImage(content, loadPrivateKey(profile.read(file), profile.path(file)));
    this.update.number += 1;
    this.update.settled = false;
    service.offer(this.update.number, image, announcementOf(image, counter));
  }
}
