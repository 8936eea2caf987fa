import * as z from "zod/mini";

export const Taint = z.object({
  /** It read what neither the user nor Nexus wrote and the user did not vouch for. */
  untrustedInput: z.boolean(),
  /** It could see what is not public. */
  privateData: z.boolean(),
  /** It acted outside: a page was fetched, a foreign tool or a network command ran. */
  actedOutside: z.boolean(),
});
/** What a run has been in touch with. Bits are only ever set; of the three, the third needs a person each time. */
export type Taint = z.infer<typeof Taint>;

/** The bits of both. */
export function mergeTaint(first: Taint, second: Partial<Taint>): Taint {
  return {
    untrustedInput: first.untrustedInput || second.untrustedInput === true,
    privateData: first.privateData || second.privateData === true,
    actedOutside: first.actedOutside || second.actedOutside === true,
  };
}

const UNTAINTED: Taint = { untrustedInput: false, privateData: false, actedOutside: false };

/** Of a run's state; older daemons do not tell it. */
export function taintOf(state: { readonly taint?: Taint | undefined }): Taint {
  return state.taint ?? UNTAINTED;
}

/** The bits in words, for people: what the run has been in touch with. */
export function taintWords(state: { readonly taint?: Taint | undefined }): string[] {
  const { untrustedInput, privateData, actedOutside } = taintOf(state);
  return [
    ...(untrustedInput ? ["read what nobody vouched for"] : []),
    ...(privateData ? ["could see private files"] : []),
    ...(actedOutside ? ["acted outside this machine"] : []),
  ];
}
