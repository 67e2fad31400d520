/** Runs jobs strictly one after the other. A job that throws rejects its own promise and stops no other. */
export class Mailbox {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** True while a job runs or waits. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs the job after all that were put before it. */
  put<T>(job: () => T | Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = this.#last.then(job).finally(() => { this.#waiting -= 1; });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
