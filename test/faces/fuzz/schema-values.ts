/** Values that a JSON Schema allows: what a well-meaning client could send. */
import type { Random } from "./random.ts";

export interface Schema {
  readonly [key: string]: unknown;
}

/** Values for a property of this name, such as paths that exist; undefined: as the schema says. */
export type Pools = (name: string, random: Random) => unknown;

const MAX_DEPTH = 6;

export function valueFor(schema: Schema | boolean | undefined, random: Random, pools: Pools): unknown {
  const root = typeof schema === "object" ? schema : {};
  return make(root, "", 0);

  function make(at: Schema, name: string, depth: number): unknown {
    const reference = at["$ref"];
    if (typeof reference === "string") return depth > MAX_DEPTH ? null : make(resolve(reference), name, depth + 1);
    if ("const" in at) return at["const"];
    if (Array.isArray(at["enum"])) return random.pick(at["enum"]);
    for (const key of ["anyOf", "oneOf"]) {
      const choices = at[key];
      if (Array.isArray(choices)) return make(random.pick(choices) as Schema, name, depth + 1);
    }
    if (Array.isArray(at["allOf"])) return Object.assign({}, ...at["allOf"].map((part) => make(part, name, depth + 1)));
    const given = pools(name, random);
    const type = Array.isArray(at["type"]) ? random.pick(at["type"]) : at["type"];
    if (given !== undefined && (type === "string" || type === undefined)) return given;
    return ofType(at, type, name, depth);
  }

  function ofType(at: Schema, type: unknown, name: string, depth: number): unknown {
    if (type === "object" || "properties" in at) return objectOf(at, depth);
    if (type === "array") {
      const count = depth > MAX_DEPTH ? 0 : random.below(4);
      return Array.from({ length: count }, () => make(asSchema(at["items"]), name, depth + 1));
    }
    if (type === "integer") return numberIn(at, true);
    if (type === "number") return numberIn(at, false);
    if (type === "boolean") return random.chance(0.5);
    if (type === "null") return null;
    if (type === "string") return random.pick(["", "a", "add", "src/cart.ts", "the whole Cart", "1", "latest"]);
    return random.pick([null, 1, "x", {}, []]);
  }

  function objectOf(at: Schema, depth: number): unknown {
    const properties = asSchema(at["properties"]);
    const required = new Set(Array.isArray(at["required"]) ? at["required"] : []);
    const wanted = Object.keys(properties).filter(
      (key) => required.has(key) || (depth <= MAX_DEPTH && random.chance(0.4)),
    );
    return Object.fromEntries(wanted.map((key) => [key, make(asSchema(properties[key]), key, depth + 1)]));
  }

  function numberIn(at: Schema, isWhole: boolean): number {
    const [least = 0, most = 1000] = [at["minimum"], at["maximum"]].map((value) =>
      typeof value === "number" ? value : undefined,
    );
    const value = least + random.next() * (Math.min(most, least + 1000) - least);
    return isWhole ? Math.floor(value) : value;
  }

  function resolve(reference: string): Schema {
    let at: unknown = root;
    for (const key of reference.replace(/^#\/?/, "").split("/").filter(Boolean))
      at = asSchema(at)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
    return asSchema(at);
  }
}

function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}
