import { FixtureClient } from '../fixture-client';

export type { Answer } from '../fixture-client';

/** A `docker` on PATH that writes down its arguments and answers as it was told. */
export class FixtureDocker extends FixtureClient {
  constructor() {
    super('docker');
  }
}
