/**
 * Patterns with `*`, matched in time that grows with the text and never blows up:
 * both text and pattern may come from somebody who wants it to. Pure.
 *
 * @module
 */

/** A pattern in which `*` stands for any characters, as a test of whole texts. */
export function wildcard(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== "");
  return (text) => {
    const end = text.length - last.length;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    // The leftmost place of a part leaves the most room for those behind it.
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** Any characters, of a path. */
const ANY = "**";
/** Any characters but `/`. */
const ANY_IN_PART = "*";

function tokensOf(pattern: string): readonly string[] {
  const tokens: string[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char !== "*") tokens.push(char);
    else if (pattern[at + 1] === "*") {
      tokens.push(ANY);
      at++;
    } else tokens.push(ANY_IN_PART);
  }
  return tokens;
}

/**
 * A pattern for paths, as a test of whole paths: `*` stands for any characters but
 * `/`, `**` for any.
 */
export function pathWildcard(pattern: string): (path: string) => boolean {
  const tokens = tokensOf(pattern);
  return (path) => {
    // Which tokens may come next, all at once: no way is ever tried twice.
    let states = reach(new Set([0]), tokens);
    for (let at = 0; at < path.length && states.size > 0; at++) {
      states = reach(step(states, path[at] as string, tokens), tokens);
    }
    return states.has(tokens.length);
  };
}

/** Where a character leads. */
function step(
  states: ReadonlySet<number>,
  char: string,
  tokens: readonly string[],
): Set<number> {
  const next = new Set<number>();
  for (const state of states) {
    const token = tokens[state];
    if (token === ANY || token === ANY_IN_PART && char !== "/") next.add(state);
    else if (token === char && char !== "*") next.add(state + 1);
  }
  return next;
}

/** A star may stand for nothing. */
function reach(states: Set<number>, tokens: readonly string[]): Set<number> {
  // A set that grows is iterated to its new end.
  for (const state of states) {
    const token = tokens[state];
    if (token === ANY || token === ANY_IN_PART) states.add(state + 1);
  }
  return states;
}
