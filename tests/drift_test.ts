import { assertEquals, assertThrows } from "@std/assert";
import { Declarations, literalsOf } from "../scripts/_declarations.ts";

const FILE = `
import type { A } from 'a'; // declare type Hidden = { x: 1 };
/** Says "it's" { and } ; in a comment. */
export declare type Line = core.First | Second;
declare type Second = Third | Fourth;
export declare type First = {
    type: 'system';
    /** A field: not this one; */
    subtype: 'one' | "two";
    nested?: {
        inner: string;
        list: Map<string, () => void>;
    };
    'quoted-name': '; }';
    readonly run: (a: { b: string; }) => Promise<void>;
    method(x: number): void;
};
declare type Third = { type: 'third' };
export declare type Fourth = {
    type: 'fourth';
};
`;

Deno.test("Declarations takes unions apart, down to object types", () => {
  const members = new Declarations(FILE).members("Line");
  assertEquals(members, ["First", "Third", "Fourth"]);
});

Deno.test("Declarations reads the fields of an object, not those inside", () => {
  const fields = new Declarations(FILE).fields("First");
  assertEquals(fields.map((field) => field.name), [
    "type",
    "subtype",
    "nested",
    "quoted-name",
    "run",
    "method",
  ]);
  assertEquals(literalsOf(fields[1]?.type ?? ""), ["one", "two"]);
});

Deno.test("Declarations names the type that it cannot find or read", () => {
  const declarations = new Declarations(FILE);
  assertThrows(() => declarations.members("Hidden"), Error, '"Hidden"');
  assertThrows(() => declarations.fields("Line"), Error, '"Line"');
});
