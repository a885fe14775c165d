/**
 * Matches patterns with `*` without exponential backtracking, because both text and pattern may
 * come from an attacker. Pure.
 *
 * @module
 */

/** Returns a test of whole texts for a pattern in which `*` stands for any characters. */
export function wildcard(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== "");
  return (text) => {
    const end = text.length - last.length;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    // Matching a part at its leftmost position leaves the most room for the parts after it.
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** Any characters, including `/`. */
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
 * Returns a test of whole paths for a pattern in which `*` stands for any characters but `/`, and
 * `**` for any characters.
 */
export function pathWildcard(pattern: string): (path: string) => boolean {
  const tokens = tokensOf(pattern);
  return (path) => {
    // Track the set of all tokens that may come next, so that no path through the pattern is tried
    // twice.
    let states = reach(new Set([0]), tokens);
    for (let at = 0; at < path.length && states.size > 0; at++) {
      states = reach(step(states, path[at] as string, tokens), tokens);
    }
    return states.has(tokens.length);
  };
}

/** Returns the states after a character. */
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

/** Adds the states after stars, since a star may match nothing. */
function reach(states: Set<number>, tokens: readonly string[]): Set<number> {
  // Iterating a Set includes elements added during the loop.
  for (const state of states) {
    const token = tokens[state];
    if (token === ANY || token === ANY_IN_PART) states.add(state + 1);
  }
  return states;
}
