/**
 * The events: their types, their schemas, and the stages that read them from bytes and
 * lines. Pure, also for a browser.
 *
 * @module
 */

export * from "./public.ts";
// Not in the main entry point, which would load what few need.
export { type EventData, eventSchema } from "../events/event_schema.ts";
export { EVENT_TYPES } from "../events/mod.ts";
export type { ToolKind } from "../messages/builtin_tools.ts";
export type { Validation } from "../messages/_define.ts";
