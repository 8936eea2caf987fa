/** Takes secrets out of text before it reaches a log, an event, the audit log or a model. */
import { replaceShapes, secretValuesOf } from "./secret-shapes.ts";
import { createSecretFinder } from "./secret-text.ts";

/** Stands where a secret was. Tools refuse to write it, because it would replace what it hides. */
export const REDACTED = "«secret removed»";

export interface Redactor {
  /** Adds a value to hide wherever it appears, also in base64, hexadecimal, URL and JSON form. Short ones are ignored. */
  add(secret: string): void;
  /** Adds what looks like a secret in the text of a file that is known to hold some. */
  learn(text: string): void;
  redact(text: string): string;
}

/** A repository of keys must not fill the memory. */
const MAX_LEARNED = 2000;

export function createRedactor(): Redactor {
  const finder = createSecretFinder();
  const learned = new Set<string>();
  return {
    add: finder.add,
    learn(text) {
      for (const value of secretValuesOf(text)) {
        if (learned.has(value) || learned.size >= MAX_LEARNED) continue;
        learned.add(value);
        finder.add(value);
      }
    },
    redact: (text) => replaceShapes(finder.replace(text, REDACTED), REDACTED),
  };
}

/** True when the text holds something in the shape of a secret. */
export function hidesSecret(text: string): boolean {
  return replaceShapes(text, REDACTED) !== text;
}

const SECRET_NAME = /(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|KEY|PAT|AUTH|DSN)(?:$|_)/i;

/** Values of an environment whose names say that they are secret. */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && SECRET_NAME.test(name) && !/^[/.~]/.test(value) ? [value] : [],
  );
}
