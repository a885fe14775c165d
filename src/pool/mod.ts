/**
 * Many conversations with few processes: a session for each user or job of a server, and a
 * function over many items. See docs/pool.md.
 *
 * @module
 */

export { type PoolStats, SessionPool } from "./pool.ts";
export type { PoolOptions } from "./options.ts";
export {
  type MapContext,
  type MapFunction,
  type MapOptions,
  type MapOutcome,
  PoolMap,
} from "./map.ts";
