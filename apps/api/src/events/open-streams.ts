import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Response } from 'express';

/** The event streams that are open, so that a service that stops can end them instead of waiting for its clients. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  readonly #open = new Set<AbortController>();

  /** A signal that fires when the client has gone or the service stops. */
  signalFor(response: Response): AbortSignal {
    const controller = new AbortController();
    this.#open.add(controller);
    response.once('close', () => {
      this.#open.delete(controller);
      controller.abort();
    });
    return controller.signal;
  }

  beforeApplicationShutdown(): void {
    for (const controller of this.#open) controller.abort();
  }
}
