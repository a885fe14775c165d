/**
 * The modules that an import loads.
 *
 * @module
 */

/** The part of `deno info --json` that is read here. */
interface Info {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** Returns the addresses of the modules that an import loads: not those of `import()` and of types. */
export async function graphOf(entry: URL): Promise<readonly string[]> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry.href],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { roots, redirects, modules }: Info = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const byAddress = new Map(modules.map((one) => [one.specifier, one]));
  const seen = new Set<string>();
  const open = [...roots];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    for (const { code, isDynamic } of byAddress.get(one)?.dependencies ?? []) {
      const { specifier } = code ?? {};
      if (specifier === undefined || isDynamic === true) continue;
      open.push(redirects[specifier] ?? specifier);
    }
  }
  return [...seen];
}
