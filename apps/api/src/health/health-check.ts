import type { Health } from '#api-contract';
import type { Reaper } from '../reaper.js';

/** Asks the database a trivial question, for two seconds at the most, and tells when leases were swept last. */
export class HealthCheck {
  constructor(
    private readonly ping: () => Promise<void>,
    private readonly reaper: Pick<Reaper, 'lastReapSeconds'>,
    private readonly version: string,
    private readonly patienceMs = 2000,
  ) {}

  async run(): Promise<Health> {
    const up = await this.#answers();
    return {
      status: up ? 'ok' : 'unavailable',
      version: this.version,
      database: up ? 'up' : 'down',
      lastReapSeconds: this.reaper.lastReapSeconds,
    };
  }

  async #answers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, this.patienceMs, false);
    });
    const answered = this.ping().then(
      () => true,
      () => false,
    );
    const up = await Promise.race([answered, late]);
    clearTimeout(timer);
    return up;
  }
}
