// Stand-in types for `@std/cli/parse-args`; see scripts/setup.ts.
//
// Never more generous than the real ones, so that what checks here checks
// against JSR too: an option takes no explicit `undefined`, and a dotted name
// (`a.b`), which the real types unfold, stays `unknown` here. The type
// parameters are inferred and not meant to be written out: their order is not
// the real one.

type Plain<Name extends string> = Exclude<Name, `${string}.${string}`>;
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

/** One string flag: `false` comes from `--no-x`. */
type StringValue<Name, Negatable> = Name extends Negatable ? string | false
  : string;

/** What the flags are before defaults and aliases. */
type Values<
  B extends string,
  S extends string,
  C extends string,
  N extends string,
> =
  & { [K in Plain<Exclude<B, C>>]: boolean }
  & { [K in Plain<B & C>]: boolean[] }
  & { [K in Plain<Exclude<S, C>>]?: StringValue<K, N> }
  & { [K in Plain<S & C>]: StringValue<K, N>[] }
  & { [K in Plain<Exclude<C, B | S>>]: unknown[] };

type WithDefaults<V, D> = [D] extends [undefined] ? V
  :
    & Omit<V, keyof D>
    & {
      [K in keyof D]: K extends keyof V ? D[K] | NonNullable<V[K]> : unknown;
    };

/** As in the real types, only `{ help: "h" }` carries the type over to `h`. */
type WithAliases<V, A> = [A] extends [undefined] ? V
  : {
    [
      K in keyof V as K extends keyof A ? A[K] extends string ? K | A[K]
        : A[K] extends readonly (infer Name extends string)[] ? K | Name
        : K
        : K
    ]: V[K];
  };

export type Args<V, DoubleDash> =
  & V
  & { _: Array<string | number> }
  & (DoubleDash extends true ? { "--": string[] } : { "--"?: string[] });

export interface ParseOptions<
  B extends string,
  S extends string,
  C extends string,
  N extends string,
  D extends Record<string, unknown> | undefined,
  A extends Record<string, string | readonly string[]> | undefined,
  DoubleDash extends boolean | undefined,
> {
  /** Whether all after `--` goes to `"--"` instead of `_`. Default: false. */
  "--"?: DoubleDash;
  alias?: A;
  /** Flags without a value; `true` means each `--x` without `=`. */
  boolean?: boolean | B | readonly B[];
  default?: D;
  /** Whether the first positional argument ends the flags. Default: false. */
  stopEarly?: boolean;
  string?: S | readonly S[];
  /** Flags that may be given more than once. */
  collect?: C | readonly C[];
  /** Flags that know `--no-x`. */
  negatable?: N | readonly N[];
  /** Called for what no option names, positionals too; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
  const N extends string = never,
  D extends Record<string, unknown> | undefined = undefined,
  const A extends
    | Record<string, string | readonly string[]>
    | undefined = undefined,
  DoubleDash extends boolean | undefined = undefined,
>(
  args: string[],
  options?: ParseOptions<B, S, C, N, D, A, DoubleDash>,
): Args<
  [B | S | C] extends [never]
    // deno-lint-ignore no-explicit-any -- as in the real types
    ? Record<string, any>
    :
      & Record<string, unknown>
      & Flat<WithAliases<WithDefaults<Values<B, S, C, N>, D>, A>>,
  DoubleDash
>;
