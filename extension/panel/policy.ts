/** What a page of ours may load and run: its own bundle, and nothing else. */
export function pagePolicy(page: {
  readonly nonce: string;
  /** Where the editor serves the extension's files. */
  readonly source: string;
  /** Pictures that are data of the page's own. */
  readonly images: boolean;
}): string {
  const { nonce, source, images } = page;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    ...(images ? ["img-src data:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
