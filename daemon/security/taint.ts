/**
 * What a run has been in touch with. Two of the three bits may come together; the third needs a person, for each action
 * (Meta's “Rule of Two”). Bits are only ever set, never cleared, and a child starts with its parent's.
 */
export interface Taint {
  /** It read what neither the user nor Nexus wrote and the user did not vouch for: web pages, foreign tools, untrusted folders. */
  readonly untrustedInput: boolean;
  /** It could see what is not public: the workspace's files, secret files that a person let it read. */
  readonly privateData: boolean;
  /** It acted outside: a page was fetched, a foreign tool or a network command ran. */
  readonly actedOutside: boolean;
}

export const UNTAINTED: Taint = { untrustedInput: false, privateData: false, actedOutside: false };
