/**
 * Work of many that is done one after the other.
 *
 * @module
 */

/** Lets one in at a time, in the order in which they came. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** Does this when all is done that came before. What fails holds nobody up. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
