/** Writes JSON Schema as the short text that a person reads in a table. */

/** The parts of JSON Schema that zod's schemas of this project turn into. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** For example "`string` (1 to 80 characters)" or "list of [PlanTask](#plantask)". Never holds a line break. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return link(schema.$ref);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeText).join(" or ");
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(" or ");
  if (schema.type === "array") return `list of ${typeText(schema.items ?? {})}${limits(schema)}`;
  if (schema.type === "object") return objectText(schema);
  const types = [schema.type ?? "any value"].flat();
  return `${types.map(code).join(" or ")}${limits(schema)}`;
}

/** Rows of name, type and whether it may be left out. */
export function fieldTable(schema: JsonSchema): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return "Nothing.\n";
  const rows = fields.map(([name, field]) => {
    const optional = schema.required?.includes(name) ? "" : "optional; ";
    return `| \`${name}\` | ${optional}${typeText(field)} |`;
  });
  return ["| field | type |", "|---|---|", ...rows, ""].join("\n");
}

function link(reference: string): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  return `[${name}](#${name.toLowerCase()})`;
}

function objectText(schema: JsonSchema): string {
  const { additionalProperties: values } = schema;
  if (schema.properties === undefined)
    return typeof values === "object" ? `map from text to ${typeText(values)}` : code("object");
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    return `\`${name}${optional}\`: ${typeText(field)}`;
  });
  return fields.length === 0 ? "nothing" : `{ ${fields.join(", ")} }`;
}

function limits(schema: JsonSchema): string {
  const parts = [
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " entries"),
    range(schema.minimum, safe(schema.maximum), ""),
    schema.pattern === undefined ? "" : `matches ${code(schema.pattern)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** zod gives every integer the largest safe one as its limit, which says nothing. */
function safe(limit: number | undefined): number | undefined {
  return limit === Number.MAX_SAFE_INTEGER ? undefined : limit;
}

function range(low: number | undefined, high: number | undefined, unit: string): string {
  const least = low === undefined || low === Number.MIN_SAFE_INTEGER ? undefined : low;
  if (least !== undefined && high !== undefined) return `${least} to ${high}${unit}`;
  if (least === 1 && unit !== "") return "not empty";
  if (least !== undefined) return `at least ${least}${unit}`;
  return high === undefined ? "" : `at most ${high}${unit}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
