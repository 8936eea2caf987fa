/** `initializationOptions`: what the person wants of the face. Anything that does not fit counts as left out. */
import * as z from "zod/mini";

/** Languages for which most people who use them have a server; it answers references better than names can. */
const SERVED_ELSEWHERE = [
  ...["typescript", "typescriptreact", "javascript", "javascriptreact", "python", "go", "rust", "java", "kotlin"],
  ...["c", "cpp", "objective-c", "csharp", "swift", "dart", "scala", "haskell", "zig"],
];

const wish = <Schema extends z.ZodMiniType>(schema: Schema, otherwise: z.output<Schema>) =>
  z.catch(z._default(schema, otherwise as never), otherwise as never);

export const Choices = z.object({
  /** References and definitions: always, never, or (fallback) where the language has no server of its own. */
  references: wish(z.enum(["always", "never", "fallback"]), "fallback"),
  /** The client's names of the languages that another server answers for. */
  servedElsewhere: wish(z.array(z.string()).check(z.maxLength(500)), SERVED_ELSEWHERE),
  hover: wish(z.boolean(), true),
  codeLens: wish(z.boolean(), true),
  symbols: wish(z.boolean(), true),
  diagnostics: wish(z.boolean(), true),
  /** Whether what runs ask is shown here. */
  approvals: wish(z.boolean(), true),
  /** auto: the code of a folder is read when the first of its files is opened. */
  index: wish(z.enum(["auto", "never"]), "auto"),
});
export type Choices = z.infer<typeof Choices>;

export function choicesOf(options: unknown): Choices {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  return Choices.parse(isObject ? options : {});
}

/** Whether Nexus answers what is used where, and where it is defined. */
export function answersReferences({ references, servedElsewhere }: Choices, language: string): boolean {
  return references === "always" || (references === "fallback" && !servedElsewhere.includes(language));
}
